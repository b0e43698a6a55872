import Foundation
import Frames
import Synchronization
import Testing
import Video

@testable import Pipeline

/// Pictures whose cells tell their number: a grid of colours that stand for labels, another one in each frame.
enum Pattern {
  static let columns = 8
  static let rows = 6
  static let names = ["grey", "red", "green", "blue"]
  static let palette = Palette([RGB(128, 128, 128), RGB(200, 30, 40), RGB(40, 180, 50), RGB(40, 60, 210)])
  /// Unlike any of `palette`.
  static let paint = Palette([RGB(10, 10, 10), RGB(230, 220, 40), RGB(220, 60, 220), RGB(40, 220, 220)])

  /// The label of each cell, row by row.
  static func labels(_ index: Int) -> [UInt8] {
    var state = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    return (0..<columns * rows).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 60 & 3)
    }
  }

  /// Frame `index`, drawn upright as it is displayed.
  static func frame(
    _ index: Int, width: Int = 160, height: Int = 96, format: PixelFormat = .yuv420p,
    color: ColorDescription = ColorDescription(matrix: 1, range: .limited), rotation: Rotation = .upright
  ) -> Frame {
    let frame = Frame(width: width, height: height, format: format)
    (frame.color, frame.rotation) = (color, rotation)
    let (shown, labels) = (frame.displaySize, labels(index))
    for (cell, label) in labels.enumerated() {
      let (column, row) = (cell % columns, cell / columns)
      let (x, y) = (column * shown.width / columns, row * shown.height / rows)
      let (right, bottom) = ((column + 1) * shown.width / columns, (row + 1) * shown.height / rows)
      Canvas(frame: frame).fill(.init(x: x, y: y, width: right - x, height: bottom - y), palette[Int(label)])
    }
    (frame.index, frame.pts, frame.timeBase) = (index, Int64(index), Rational(1, 25))
    return frame
  }

  /// The labels in the middle of the cells of a mask.
  static func cells(_ mask: LabelMap) -> [UInt8] {
    (0..<columns * rows).map { cell in
      let (column, row) = (cell % columns, cell / columns)
      return mask[x: (2 * column + 1) * mask.width / (2 * columns), y: (2 * row + 1) * mask.height / (2 * rows)]
    }
  }

  /// The colours in the middle of the cells of an upright picture, as the nearest of `palette`.
  static func cells(_ picture: Frame, left: Int = 0, width: Int? = nil, palette: Palette = palette) -> [UInt8] {
    let (span, bytes) = (width ?? picture.width, picture.format.bytesPerSample)
    return (0..<columns * rows).map { cell in
      let (column, row) = (cell % columns, cell / columns)
      let x = left + (2 * column + 1) * span / (2 * columns)
      let pixel = picture.planes[0].row((2 * row + 1) * picture.height / (2 * rows)) + x * bytes
      return nearest(RGB(pixel[0], pixel[1], pixel[2]), in: palette)
    }
  }

  static func nearest(_ color: RGB, in palette: Palette) -> UInt8 {
    func distance(_ other: RGB) -> Int {
      let (r, g, b) = (
        Int(color.red) - Int(other.red), Int(color.green) - Int(other.green), Int(color.blue) - Int(other.blue)
      )
      return r * r + g * g + b * b
    }
    return UInt8(palette.colors.indices.min { distance(palette.colors[$0]) < distance(palette.colors[$1]) }!)
  }

  static func options(alpha: Double = 1) -> SessionOptions {
    SessionOptions(style: OverlayStyle(names: names, palette: paint, alpha: alpha))
  }
}

/// Sees the pattern: each pixel's label is that of its colour.
final class ColorSegmenter: Segmenter {
  private let pause: TimeInterval
  private let failsAt: Int?
  let seen = Collected<Int>()

  init(pause: TimeInterval = 0, failsAt: Int? = nil) { (self.pause, self.failsAt) = (pause, failsAt) }

  func pictureSize(width: Int, height: Int) -> (width: Int, height: Int) { (80, 60) }
  func labelSize(width: Int, height: Int) -> (width: Int, height: Int) { (width / 2, height / 2) }

  func segment(_ picture: Frame, into labels: LabelMap) throws {
    if picture.index == failsAt { throw Broken(place: "network") }
    if pause > 0 { Thread.sleep(forTimeInterval: pause) }
    seen.append(picture.index)
    for y in 0..<labels.height {
      for x in 0..<labels.width {
        let pixel = picture.planes[0].row(2 * y + 1) + (2 * x + 1) * 4
        labels[x: x, y: y] = Pattern.nearest(RGB(pixel[0], pixel[1], pixel[2]), in: Pattern.palette)
        labels.confidence?[y * labels.width + x] = 51 * (labels[x: x, y: y] + 1)
      }
    }
  }
}

/// Pattern frames without a file, as fast as they are asked for or at a steady pace.
final class PatternSource: FrameSource {
  let video: VideoInfo
  private let count: Int
  private let pace: Duration?
  private let losses: Set<Int>
  private let state = Mutex((next: 0, start: ContinuousClock.Instant?.none, cancelled: false))

  init(count: Int, pace: Duration? = nil, losses: Set<Int> = []) {
    (self.count, self.pace, self.losses) = (count, pace, losses)
    video = VideoInfo(
      width: 160, height: 96, codec: "pattern", pixelFormat: "yuv420p", container: "test",
      timeBase: Rational(1, 25), frameRate: Rational(25, 1), frameCount: count)
  }

  func next() throws(VideoError) -> SourceEvent {
    let (index, start, cancelled) = state.withLock { state in
      defer { state.next += 1 }
      let start = state.start ?? .now
      state.start = start
      return (state.next, start, state.cancelled)
    }
    if cancelled { throw .cancelled }
    if index >= count { return .end(truncated: false) }
    if losses.contains(index) { return .undecodable(1) }
    if let pace { Thread.sleep(forTimeInterval: max(0, (start + pace * index - .now).inSeconds)) }
    return .frame(Pattern.frame(index))
  }

  func cancel() { state.withLock { $0.cancelled = true } }
}

/// A folder that goes with the test.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "verge-pipeline-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }  // nothing depends on it

  func callAsFunction(_ name: String) -> String { path + "/" + name }
  func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
  }
}

/// Writes pattern frames with the given times into a file with B-frames.
func writeClip(_ path: String, times: [Int64], make: (Int) -> Frame = { Pattern.frame($0) }) throws {
  var options = SinkOptions()
  options.crf = 10
  options.encoderOptions = ["bf": "3", "g": "12"]
  let sink = try MediaSink(path, options)
  for (index, time) in times.enumerated() {
    let frame = make(index)
    (frame.pts, frame.timeBase) = (time, Rational(1, 1000))
    try sink.write(frame)
  }
  try sink.finish()
}

/// All frames of a file as upright RGB.
func readClip(_ path: String) throws -> [Frame] {
  let source = try MediaSource(path)
  var (frames, scaler): ([Frame], Scaler?) = ([], nil)
  while true {
    switch try source.next() {
    case .frame(let frame):
      let made = scaler ?? Scaler(width: frame.displaySize.width, height: frame.displaySize.height, format: .rgb24)
      scaler = made
      frames.append(try made.scale(frame))
    case .end: return frames
    default: continue
    }
  }
}
