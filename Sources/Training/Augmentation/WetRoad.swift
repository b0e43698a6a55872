// A road that mirrors what stands on it.
import Foundation
import Frames

/// Darkens the ground and lays over it, patch by patch, the mirror image of what rises above it.
struct WetRoad {
  private let strength: Float
  /// Where water stands, 0…1.
  private let water: SmoothField
  private let phase: Float

  init(_ canvas: Canvas, strength: Float, using random: inout SeededRandom) {
    self.strength = strength
    phase = random.real(0...6)
    let patches = (0..<4).map { _ in
      (random.real(0.01...0.035), random.real(0.03...0.09), random.real(0...6), random.real(0...6))
    }
    water = SmoothField(canvas) { x, y in
      let sum = patches.reduce(Float(0)) { $0 + sin(x * $1.0 + $1.2) * sin(y * $1.1 + $1.3) }
      return max(0.35, min(1, 0.7 + 0.45 * sum))
    }
  }

  func apply(to canvas: Canvas, _ view: SceneView) {
    let amounts = FloatBuffer(count: canvas.stride)
    // Of each column, the row where the ground that is being walked down began.
    var feet = [Int](repeating: -1, count: canvas.width)
    let start = max(0, Int(view.horizon))
    let sources = copy(canvas)
    for y in 0..<canvas.height {
      water.expand(y, to: amounts.data)
      let nearness = view.nearness(y, height: canvas.height)
      // Water mirrors more the flatter one looks at it.
      let mirror = strength * (0.75 - 0.5 * nearness)
      let ripple = Int((1.5 * nearness * sin(Float(y) * 0.9 + phase)).rounded())
      for x in 0..<canvas.width {
        guard y > start, view.isGround(canvas, x, y) else {
          feet[x] = -1
          continue
        }
        if feet[x] < 0 { feet[x] = y }
        let place = (x: max(0, min(canvas.width - 1, x + ripple)), y: 2 * feet[x] - y - 1)
        mix(canvas, sources, x, y, place, mirror: mirror * amounts.data[x])
      }
    }
  }

  /// The picture before, as `[3]` planes like the canvas's.
  private func copy(_ canvas: Canvas) -> [FloatBuffer] {
    (0..<3).map { plane in
      let buffer = FloatBuffer(count: canvas.stride * canvas.height)
      buffer.data.update(from: canvas.row(plane, 0) - Canvas.margin, count: buffer.count)
      return buffer
    }
  }

  /// Wet ground is darker; its mirror image is drawn out upright.
  @inline(__always)
  private func mix(
    _ canvas: Canvas, _ sources: [FloatBuffer], _ x: Int, _ y: Int, _ place: (x: Int, y: Int), mirror: Float
  ) {
    let darkness = 1 - 0.4 * strength
    for plane in 0..<3 {
      let source = sources[plane].data + Canvas.margin + place.x
      let upper = source[max(0, place.y - 4) * canvas.stride]
      let middle = source[max(0, place.y) * canvas.stride]
      let lower = source[max(0, min(canvas.height - 1, place.y + 4)) * canvas.stride]
      let line = canvas.row(plane, y)
      let image = (upper + 2 * middle + lower) / 4
      line[x] = line[x] * darkness * (1 - mirror) + image * mirror
    }
  }
}
