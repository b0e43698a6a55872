// How steady labels are on a video whose true labels nobody knows.
public import Frames
public import UNet
public import Video

/// Pixels of a video that change their label from frame to frame.
public struct VideoFlicker: Sendable {
  public private(set) var frames = 0
  /// Pixels of label maps that have an earlier frame, and of them those with another label than there.
  public private(set) var (pixels, changed) = (0, 0)
  /// Pixels that have frames on both sides, and of them those whose label is another one for this frame only.
  public private(set) var (inner, returned) = (0, 0)
  private var earlier: [LabelMap] = []

  public init() {}

  /// Share of pixels whose label changes from one frame to the next, whatever moves included.
  public var changedShare: Double? { pixels == 0 ? nil : Double(changed) / Double(pixels) }

  /// Share of pixels whose label leaves for one frame and comes back: hardly ever true, even where things move.
  public var returnedShare: Double? { inner == 0 ? nil : Double(returned) / Double(inner) }

  /// Counts the next frame's labels.
  public mutating func add(_ map: LabelMap) {
    frames += 1
    if let last = earlier.last, (last.width, last.height) != (map.width, map.height) { earlier = [] }
    if let last = earlier.last {
      pixels += map.count
      changed += (0..<map.count).count { map.labels[$0] != last.labels[$0] }
    }
    if earlier.count == 2 {
      inner += map.count
      returned += Self.returns(earlier[0], earlier[1], map)
    }
    earlier = earlier.suffix(1) + [map]
  }

  /// Pixels that have one label before and after, and another one in between.
  static func returns(_ before: LabelMap, _ between: LabelMap, _ after: LabelMap) -> Int {
    (0..<after.count).count { i in
      before.labels[i] == after.labels[i] && between.labels[i] != after.labels[i]
    }
  }
}

extension VideoFlicker {
  /// Runs a network over a video.
  ///
  /// - Parameters:
  ///   - budget: pixels of the network's input.
  ///   - progress: called after each frame with the number done; false ends early with what there is.
  /// - Throws: `VideoError` for a source that is no video; `TrainingError` for frames the network cannot take, and for a
  ///   source of less than two frames.
  public static func measure(
    _ source: MediaSource, name: String, _ architecture: Architecture, budget: Int, with predictor: any Predictor,
    progress: (Int) -> Bool = { _ in true }
  ) throws -> VideoFlicker {
    var result = VideoFlicker()
    reading: while true {
      switch try source.next() {
      case .frame(let frame):
        result.add(try predictor.predict(try picture(frame, name: name, architecture, budget: budget)))
        if !progress(result.frames) { break reading }
      case .end: break reading
      case .packet, .undecodable: continue
      }
    }
    guard result.frames > 1 else {
      throw TrainingError.data(
        path: name, reason: "has \(result.frames) frame\(result.frames == 1 ? "" : "s"); flicker needs two at least")
    }
    return result
  }

  private static func picture(
    _ frame: Frame, name: String, _ architecture: Architecture, budget: Int
  ) throws(VideoError) -> EvaluationPicture {
    let shown = frame.displaySize
    let size = architecture.inputSize(width: shown.width, height: shown.height, budget: budget)
    let small = try Scaler(width: size.width, height: size.height, format: .rgb24).scale(frame)
    let rgb = (0..<size.height).flatMap { y in
      UnsafeBufferPointer(start: small.planes[0].row(y), count: 3 * size.width)
    }
    return EvaluationPicture(
      rgb: rgb, input: size, width: shown.width, height: shown.height, labels: [], name: name)
  }
}
