// Everything that is made of label maps alone.
import Frames

/// Writes masks and records, and passes the frames on.
final class MaskStage: Stage {
  private let sinks: [any MaskSink]
  private let maker = MaskMaker()
  /// Told each frame here when no overlay is made.
  private let tally: Tally?

  init(_ sinks: [any MaskSink], tally: Tally?) { (self.sinks, self.tally) = (sinks, tally) }

  func process(_ segmented: SegmentedFrame, into outlet: Outlet<SegmentedFrame>) throws {
    let mask = maker.mask(of: segmented.labels.map, size: segmented.frame.displaySize)
    for sink in sinks { try sink.write(mask, of: segmented.frame) }
    try outlet.emit(segmented)
    tally?.shown(segmented.frame)
  }

  func finish(into outlet: Outlet<SegmentedFrame>) throws {
    for sink in sinks { try sink.finish() }
  }

  func close() {
    for sink in sinks { sink.close() }
  }
}

/// Something that is made of the masks of a session; used by one stage.
protocol MaskSink: AnyObject {
  /// - Parameter mask: class indices, upright, of the displayed frame's size, with their confidence where asked for.
  func write(_ mask: PooledLabels, of frame: Frame) throws
  /// After the last frame.
  func finish() throws
  /// The last call, with or without `finish` before it.
  func close()
}

extension MaskSink {
  func finish() throws {}
  func close() {}
}
