// Upright rectangles along and across the road: what walls, windows, doors and boards are made of.
import Frames

/// What a surface is made of.
struct Material {
  var tint: Tint
  var label: SceneClass
  /// How much the noise darkens, 0...256.
  var roughness: UInt32 = 0
  /// Texels of noise a metre, along and up.
  var texture = SIMD2<Float>(24, 24)
  /// Whether it shines by itself.
  var glows = false

  /// The colour where the noise takes nothing.
  var brightTint: Tint { tint / (1 - Float(roughness) / 512) }
}

/// A plane that panels lie on; places along it are metres from its start.
struct Facade {
  /// Whether it runs along the road, at `place` metres right of the middle; else across, at depth `place`.
  var isAlong: Bool
  var place: Float
  /// Depth, or metres right of the middle, where it starts.
  var start: Float
  var length: Float
  var facing: Facing
}

extension Painter {
  /// The colour before noise, which only darkens: what it takes on average is added.
  private func ink(_ material: Material, _ facing: Facing, z: Float) -> Ink {
    material.glows ? light.glowing(material.tint, z: z) : light.ink(material.brightTint, facing, z: z)
  }

  /// Paints the part of a facade between `u` along it and `h` up.
  func panel(_ facade: Facade, _ u1: Float, _ u2: Float, _ h1: Float, _ h2: Float, _ material: Material) {
    if facade.isAlong {
      sidePanel(facade, facade.start + u1, facade.start + u2, h1, h2, material)
    } else {
      crossPanel(facade, facade.start + u1, facade.start + u2, h1, h2, material)
    }
  }

  /// How many pixels a metre along the facade takes at `u`.
  func pixelsPerMetre(_ facade: Facade, _ u: Float) -> Float {
    guard facade.isAlong else { return view.scale(facade.place) }
    let z = max(View.nearest, facade.start + u)
    return abs(view.project(z, facade.place, 0).x - view.project(z + 1, facade.place, 0).x)
  }

  private func crossPanel(
    _ facade: Facade, _ t1: Float, _ t2: Float, _ h1: Float, _ h2: Float, _ material: Material
  ) {
    let z = facade.place
    guard z > View.nearest else { return }
    let (low, high) = (view.project(z, t1, h1), view.project(z, t2, h2))
    let ink = ink(material, facade.facing, z: z)
    let columns = canvas.columns(low.x, high.x)
    guard material.roughness > 0, !columns.isEmpty else {
      return canvas.rect(low.x, high.y, high.x, low.y, ink, material.label)
    }
    let step = 65536 / view.scale(z) * material.texture
    let phase = material.texture * 65536
    let u = fixed((t1 * phase.x) + (Float(columns.lowerBound) - low.x) * step.x)
    for y in canvas.rows(high.y, low.y) {
      let v = fixed(h1 * phase.y + (low.y - Float(y)) * step.y) >> 16
      texturedSpan(y, columns, ink, material, u: u, step: fixed(step.x), v: v)
    }
  }

  /// 16.16 fixed point that wraps around.
  @inline(__always)
  func fixed(_ value: Float) -> UInt32 { UInt32(truncatingIfNeeded: Int64(min(1e15, max(-1e15, value)))) }

  /// Part of a row, darkened by noise.
  @inline(__always)
  private func texturedSpan(
    _ y: Int, _ columns: Range<Int>, _ ink: Ink, _ material: Material, u: UInt32, step: UInt32, v: UInt32
  ) {
    let row = canvas.inks + y * canvas.stride
    let grain = NoiseTile.grain
    var u = u
    for x in columns {
      row[x] = ink.scaled(by: 256 &- ((grain.texel(u >> 16, v) &* material.roughness) >> 8)).bits
      u = u &+ step
    }
    (canvas.labels + y * canvas.width + columns.lowerBound).update(
      repeating: material.label.rawValue, count: columns.count)
  }

  /// A panel along the road: upright columns whose depth is even in its inverse.
  private func sidePanel(
    _ facade: Facade, _ near: Float, _ far: Float, _ h1: Float, _ h2: Float, _ material: Material
  ) {
    let (z1, z2) = (max(View.nearest, near), max(View.nearest, far))
    guard z2 > z1 else { return }
    let (a, b) = (view.project(z1, facade.place, h1), view.project(z2, facade.place, h1))
    // Only the side that looks at the road is ever painted.
    guard facade.facing == .left ? a.x > b.x : a.x < b.x else { return }
    let columns = canvas.columns(min(a.x, b.x), max(a.x, b.x))
    let (w1, w2) = (1 / z1, 1 / z2)
    let slope = (w2 - w1) / (b.x - a.x)
    let (rise1, rise2) = (view.rise(z1), view.rise(z2))
    let climb = (rise2 - rise1) / (z2 - z1)
    let base = ink(material, facade.facing, z: (z1 + z2) / 2)
    let lit = Ink(light.lit(material.brightTint, facade.facing, z: (z1 + z2) / 2))
    let fades = !material.glows && z2 > z1 * 1.3
    for x in columns {
      let w = min(w1, max(w2, w1 + (Float(x) + 0.5 - a.x) * slope))
      let z = 1 / w
      let scale = view.focal * w
      let ground = view.horizon + (view.eyeHeight - rise1 - (z - z1) * climb) * scale
      let ink = fades ? lit.mixed(with: light.airInk, by: light.veil(z)) : base
      column(x, from: ground - h2 * scale, to: ground - h1 * scale, ground: ground, scale: scale, z: z, ink, material)
    }
  }

  /// One column of a panel along the road.
  @inline(__always)
  private func column(
    _ x: Int, from top: Float, to bottom: Float, ground: Float, scale: Float, z: Float, _ ink: Ink, _ material: Material
  ) {
    let rows = canvas.rows(top, bottom)
    var inks = canvas.inks + rows.lowerBound * canvas.stride + x
    var labels = canvas.labels + rows.lowerBound * canvas.width + x
    let along = (view.travelled + Double(z)) * Double(material.texture.x)
    let u = UInt32(truncatingIfNeeded: Int64(along))
    let step = fixed(material.texture.y * 65536 / scale)
    var v = fixed((ground - Float(rows.lowerBound)) / scale * material.texture.y * 65536)
    let grain = NoiseTile.grain
    for _ in rows {
      inks.pointee = ink.scaled(by: 256 &- ((grain.texel(u, v >> 16) &* material.roughness) >> 8)).bits
      labels.pointee = material.label.rawValue
      inks += canvas.stride
      labels += canvas.width
      v = v &- step
    }
  }
}
