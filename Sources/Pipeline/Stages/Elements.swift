// What travels between a session's stages.
import Frames

/// A frame and the small picture that the network will see of it.
struct PreparedFrame: Sendable {
  let frame: Frame
  let picture: Frame
}

/// A frame and its label map; they stay together to the end.
struct SegmentedFrame: Sendable {
  let frame: Frame
  let labels: PooledLabels
}
