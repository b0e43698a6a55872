// What travels between a session's stages.
public import Frames

/// A frame and the small picture that the network will see of it.
struct PreparedFrame: Sendable {
  let frame: Frame
  let picture: Frame
}

/// A frame and its label map; they stay together to the end.
public struct SegmentedFrame: Sendable {
  public let frame: Frame
  public let labels: PooledLabels
}
