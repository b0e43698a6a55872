// Specks on the lens.

/// Soft dark blots and pale drops, anywhere.
enum Dirt {
  static func add(to canvas: Canvas, strength: Float, using random: inout SeededRandom) {
    let size = Float(canvas.height) / 352
    for _ in 0..<(3 + Int(20 * strength)) {
      let radius = size * (2 + random.real(0...1) * random.real(0...1) * (8 + 30 * strength))
      let grey: Float = random.happens(0.6) ? random.real(0.05...0.3) : random.real(0.5...0.8)
      blot(
        canvas, x: random.real(0...Float(canvas.width)), y: random.real(0...Float(canvas.height)), radius: radius,
        stretch: random.real(0.7...1.4), color: SIMD3(grey * 1.05, grey, grey * 0.9), alpha: random.real(0.3...0.9))
    }
  }

  private static func blot(
    _ canvas: Canvas, x: Float, y: Float, radius: Float, stretch: Float, color: SIMD3<Float>, alpha: Float
  ) {
    let (wide, high) = (Int(radius * stretch) + 1, Int(radius / stretch) + 1)
    for row in max(0, Int(y) - high)..<max(0, min(canvas.height, Int(y) + high + 1)) {
      for column in max(0, Int(x) - wide)..<max(0, min(canvas.width, Int(x) + wide + 1)) {
        let (dx, dy) = ((Float(column) - x) / (radius * stretch), (Float(row) - y) * stretch / radius)
        let amount = alpha * max(0, min(1, 1.4 * (1 - (dx * dx + dy * dy))))
        for plane in 0..<3 {
          let line = canvas.row(plane, row)
          line[column] += (color[plane] - line[column]) * amount
        }
      }
    }
  }
}
