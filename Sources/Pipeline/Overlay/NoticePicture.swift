// A picture that says why there is none.
public import Frames

/// Draws notices: the last picture there was, darkened, or black, with lines of text in the middle.
///
/// Used by one thread at a time.
public final class NoticePicture {
  private var pool: FramePool?

  public init() {}

  /// - Parameters:
  ///   - last: planar YUV or GBR, its layout is the notice's; nil makes a black 4:2:0 picture of the given size.
  ///   - size: in pixels, even; where there is no last picture.
  ///   - lines: ASCII.
  public func draw(over last: Frame?, size: (width: Int, height: Int) = (1280, 720), lines: [String]) -> Frame {
    let frame = fresh(like: last, size)
    let canvas = Canvas(frame: frame)
    let (width, height) = canvas.size
    let everything = Canvas.Rectangle(x: 0, y: 0, width: width, height: height)
    if let last {
      for (from, to) in zip(last.planes, frame.planes) {
        from.copy(to: to, bytesPerSample: last.format.bytesPerSample)
      }
      canvas.fill(everything, RGB(0, 0, 0), alpha: 170)
    } else {
      canvas.fill(everything, RGB(0, 0, 0))
    }
    let longest = lines.map(\.utf8.count).max() ?? 1
    let dot = max(1, min(width / 320, height / 180, width * 9 / (10 * longest * Font.advance)))
    for (number, line) in lines.enumerated() {
      let (x, y) = (
        (width - line.utf8.count * Font.advance * dot) / 2, height / 2 + (12 * number - 6 * lines.count) * dot
      )
      canvas.write(line, x: x, y: y, dot: dot, RGB(255, 255, 255))
    }
    return frame
  }

  private func fresh(like last: Frame?, _ size: (width: Int, height: Int)) -> Frame {
    let (width, height) = last.map { ($0.width, $0.height) } ?? size
    let format = last?.format ?? .yuv420p
    if pool?.layout != FrameLayout(width: width, height: height, format: format) {
      pool = FramePool(width: width, height: height, format: format)
    }
    let frame = pool?.makeFrame() ?? Frame(width: width, height: height, format: format)
    if let last {
      frame.copyProperties(from: last)
    } else {
      frame.color = ColorDescription(matrix: 1, range: .limited, primaries: 1, transfer: 1)
      frame.sampleAspectRatio = Rational(1, 1)
    }
    frame.arrival = .now
    return frame
  }
}
