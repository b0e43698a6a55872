// Reads a turned and scaled part of a picture.
import Frames

/// Draws pixels and labels of a variation on a canvas.
///
/// Places are in 1/65536 of a pixel. Samples are interpolated linearly, averaged over 2×2 places where the picture
/// shrinks; one that shrinks much is halved first, so that no pixel is passed over. Labels are those of the nearest pixel.
/// Beyond the picture's edge samples are mirrored, so that a batch's statistics stay those of pictures, and labels ignored.
struct PictureCrop {
  private let picture: LabelledPicture
  private let variation: Variation
  private let samples: [UInt8]
  /// How often samples are halved, and their size.
  private let halvings, width, height: Int

  init(_ picture: LabelledPicture, _ variation: Variation) {
    (self.picture, self.variation) = (picture, variation)
    var (samples, width, height, halvings) = (picture.rgb, picture.width, picture.height, 0)
    var step = max(abs(variation.xx), abs(variation.yy))
    while step > 2.6, width > 1, height > 1 {
      samples = PictureCrop.halved(samples, width: width, height: height)
      (width, height, halvings, step) = (width / 2, height / 2, halvings + 1, step / 2)
    }
    (self.samples, self.width, self.height, self.halvings) = (samples, width, height, halvings)
  }

  func draw(on canvas: Canvas) {
    let step = (x: fixed(variation.xx), y: fixed(variation.yx))
    samples.withUnsafeBufferPointer { samples in
      picture.labels.withUnsafeBufferPointer { labels in
        for y in 0..<canvas.height {
          let start = place(row: y, canvas)
          drawLabels(labels.baseAddress!, from: start, step: step, to: canvas.labels + y * canvas.width, canvas.width)
          drawSamples(samples.baseAddress!, from: start, step: step, canvas, row: y)
        }
      }
    }
  }

  private func fixed(_ value: Double) -> Int { Int((value * 65536).rounded()) }

  /// The place in the picture of a row's first pixel.
  private func place(row: Int, _ canvas: Canvas) -> (x: Int, y: Int) {
    let (dx, dy) = (0.5 - Double(canvas.width) / 2, Double(row) + 0.5 - Double(canvas.height) / 2)
    return (
      fixed(variation.centerX + variation.xx * dx + variation.xy * dy),
      fixed(variation.centerY + variation.yx * dx + variation.yy * dy)
    )
  }

  private func drawLabels(
    _ labels: UnsafePointer<UInt8>, from start: (x: Int, y: Int), step: (x: Int, y: Int),
    to target: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    var (x, y) = start
    for i in 0..<count {
      let (column, row) = (x >> 16, y >> 16)
      let isInside = column >= 0 && row >= 0 && column < picture.width && row < picture.height
      target[i] = isInside ? labels[row &* picture.width &+ column] : ignoreLabel
      x &+= step.x
      y &+= step.y
    }
  }

  private func drawSamples(
    _ samples: UnsafePointer<UInt8>, from start: (x: Int, y: Int), step: (x: Int, y: Int), _ canvas: Canvas, row: Int
  ) {
    let (red, green, blue) = (canvas.row(0, row), canvas.row(1, row), canvas.row(2, row))
    let (limitX, limitY) = (width << 16, height << 16)
    let (quarterX, quarterY) = (fixed(variation.xx / 4) >> halvings, fixed(variation.yy / 4) >> halvings)
    let shrinks = variation.shrinks
    let factor: Float = 1 / (255 * 65536 * (shrinks ? 4 : 1))
    var (fullX, fullY) = start
    for i in 0..<canvas.width {
      var (x, y) = (fullX >> halvings, fullY >> halvings)
      fullX &+= step.x
      fullY &+= step.y
      if x < 0 || x >= limitX { x = mirrored(x, limitX) }
      if y < 0 || y >= limitY { y = mirrored(y, limitY) }
      var sum: (Int32, Int32, Int32) = (0, 0, 0)
      if shrinks {
        add(samples, x &- quarterX, y &- quarterY, to: &sum)
        add(samples, x &+ quarterX, y &- quarterY, to: &sum)
        add(samples, x &- quarterX, y &+ quarterY, to: &sum)
        add(samples, x &+ quarterX, y &+ quarterY, to: &sum)
      } else {
        add(samples, x, y, to: &sum)
      }
      red[i] = Float(sum.0) * factor
      green[i] = Float(sum.1) * factor
      blue[i] = Float(sum.2) * factor
    }
  }

  /// The place as far within an edge as `place` is beyond it.
  private func mirrored(_ place: Int, _ limit: Int) -> Int {
    max(0, min(limit - 1, place < 0 ? -place : 2 * limit - 1 - place))
  }

  /// Adds 65536 times the samples at a place, linearly between pixel centres; the edge's beyond it.
  @inline(__always)
  private func add(_ samples: UnsafePointer<UInt8>, _ x: Int, _ y: Int, to sum: inout (Int32, Int32, Int32)) {
    let px = min(max(0, x &- 32768), (width &- 1) << 16)
    let py = min(max(0, y &- 32768), (height &- 1) << 16)
    let (left, top) = (px >> 16, py >> 16)
    let (fx, fy) = (Int32(truncatingIfNeeded: (px >> 8) & 255), Int32(truncatingIfNeeded: (py >> 8) & 255))
    let upper = samples + 3 &* (top &* width &+ left)
    let right = left &+ 1 < width ? 3 : 0
    let lower = upper + (top &+ 1 < height ? 3 &* width : 0)
    let (a, b) = ((256 &- fx) &* (256 &- fy), fx &* (256 &- fy))
    let (c, d) = ((256 &- fx) &* fy, fx &* fy)
    @inline(__always) func mixed(_ i: Int) -> Int32 {
      let first = Int32(upper[i]) &* a &+ Int32(upper[right + i]) &* b
      return first &+ Int32(lower[i]) &* c &+ Int32(lower[right + i]) &* d
    }
    sum.0 &+= mixed(0)
    sum.1 &+= mixed(1)
    sum.2 &+= mixed(2)
  }

  /// Means of 2×2 pixels; an odd last row or column is left out.
  private static func halved(_ samples: [UInt8], width: Int, height: Int) -> [UInt8] {
    let (w, h) = (width / 2, height / 2)
    return [UInt8](unsafeUninitializedCapacity: 3 * w * h) { target, count in
      samples.withUnsafeBufferPointer { source in
        for y in 0..<h {
          let (upper, lower) = (source.baseAddress! + 6 * y * width, source.baseAddress! + (6 * y + 3) * width)
          for i in 0..<(3 * w) {
            let at = i / 3 * 6 + i % 3
            let sum = Int(upper[at]) + Int(upper[at + 3]) + Int(lower[at]) + Int(lower[at + 3])
            target[3 * y * w + i] = UInt8(truncatingIfNeeded: (sum + 2) >> 2)
          }
        }
      }
      count = 3 * w * h
    }
  }
}
