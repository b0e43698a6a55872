// A quantity that changes slowly over a picture.

/// Values at every fourth pixel of a canvas, linear between.
struct SmoothField {
  let columns, rows: Int
  var values: [Float]
  /// Pixels between values.
  static let step = 4

  init(_ canvas: Canvas) {
    columns = canvas.width / SmoothField.step + 2
    rows = canvas.height / SmoothField.step + 2
    values = [Float](repeating: 0, count: columns * rows)
  }

  /// Values from the pixel they are at.
  init(_ canvas: Canvas, _ value: (_ x: Float, _ y: Float) -> Float) {
    self.init(canvas)
    for row in 0..<rows {
      for column in 0..<columns {
        values[row * columns + column] = value(
          Float(column * SmoothField.step), Float(row * SmoothField.step))
      }
    }
  }

  /// Writes the values of row `y` for each pixel.
  func expand(_ y: Int, to target: UnsafeMutablePointer<Float>) {
    let row = y / SmoothField.step
    let share = Float(y % SmoothField.step) / Float(SmoothField.step)
    values.withUnsafeBufferPointer { values in
      let (upper, lower) = (values.baseAddress! + row * columns, values.baseAddress! + (row + 1) * columns)
      let places = SIMD4<Float>(0, 0.25, 0.5, 0.75)
      let quads = UnsafeMutableRawPointer(target).assumingMemoryBound(to: SIMD4<Float>.self)
      var left = upper[0] + (lower[0] - upper[0]) * share
      for column in 0..<(columns - 1) {
        let right = upper[column + 1] + (lower[column + 1] - upper[column + 1]) * share
        quads[column] = left + (right - left) * places
        left = right
      }
    }
  }
}

extension Canvas {
  /// Moves pixels towards a colour, by the field (0…1) times a factor for each channel.
  func blend(_ color: SIMD3<Float>, by field: SmoothField, factors: SIMD3<Float> = .one) {
    let amounts = FloatBuffer(count: stride)
    for y in 0..<height {
      field.expand(y, to: amounts.data)
      let amount = lanes(amounts.data)
      for plane in 0..<3 {
        let line = lanes(row(plane, y))
        for i in 0..<groups {
          let share = amount[i] * factors[plane]
          line[i] += share * (color[plane] - line[i])
        }
      }
    }
  }

  /// Multiplies pixels by a field and a factor for each channel.
  func multiply(by field: SmoothField, factors: SIMD3<Float>) {
    let amounts = FloatBuffer(count: stride)
    for y in 0..<height {
      field.expand(y, to: amounts.data)
      let amount = lanes(amounts.data)
      for plane in 0..<3 {
        let line = lanes(row(plane, y))
        for i in 0..<groups { line[i] *= amount[i] * factors[plane] }
      }
    }
  }
}
