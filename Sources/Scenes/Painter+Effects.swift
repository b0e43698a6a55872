// What changes colours only: shadows and reflections; and the bonnet in front of everything.

extension Painter {
  /// Shadows on the ground, before anything upright is painted.
  func paintShadow(of item: Item) {
    let shadow = light.weather.shadow
    switch item.kind {
    case .vehicle: shadeVehicle(item, deep: UInt32(256 - 150 * max(0.5, shadow)))
    case .pedestrian, .cyclist, .bin:
      shadeSpot(item, radius: 0.35, long: item.height * shadow, factor: UInt32(256 - 130 * max(0.3, shadow)))
    case .tree: if shadow > 0.1, item.near < 60 { shadeCrown(item, factor: UInt32(256 - 190 * shadow)) }
    case .building: if shadow > 0.1 { shadeHouse(item, factor: UInt32(256 - 190 * shadow)) }
    default: break
    }
  }

  /// How far the shadow of something a metre high reaches to the right and ahead.
  private var cast: SIMD2<Float> {
    let sun = light.weather.sun
    return SIMD2(-sun.x, -sun.z) / max(0.3, sun.y)
  }

  private func shadeVehicle(_ item: Item, deep: UInt32) {
    let model = VehicleModel(look: item.look)
    let half = item.heading.x != 0 ? model.width / 2 : model.length / 2
    let reach = item.heading.x != 0 ? model.length / 2 : model.width / 2
    let z = (item.near + item.far) / 2
    let shift = cast * light.weather.shadow
    for (grow, move) in [(Float(0.05), SIMD2<Float>.zero), (0.15, shift * 0.7)] {
      let (near, far) = (z - reach - grow + min(0, move.y), z + reach + max(0, move.y))
      guard far > View.nearest else { continue }
      let (left, right) = (item.middle - half - grow + min(0, move.x), item.middle + half + grow + max(0, move.x))
      quad(
        view.project(near, left, 0), view.project(far, left, 0), view.project(far, right, 0),
        view.project(near, right, 0))
      canvas.shade(deep)
    }
  }

  private func shadeSpot(_ item: Item, radius: Float, long: Float, factor: UInt32) {
    guard item.near > 1.5 else { return }
    let tip = cast * long
    canvas.begin()
    canvas.corner(view.project(item.near - radius, item.middle, 0))
    canvas.corner(view.project(item.near, item.middle - radius, 0))
    canvas.corner(view.project(max(1, item.near + tip.y), item.middle + tip.x, 0))
    canvas.corner(view.project(item.near, item.middle + radius, 0))
    canvas.shade(factor)
  }

  /// A broken shadow under the leaves.
  private func shadeCrown(_ item: Item, factor: UInt32) {
    let move = cast * item.height * 0.6
    let (z, t, half) = (item.near + move.y, item.middle + move.x, item.height * 0.4)
    guard z > 2 else { return }
    let tile = NoiseTile.cloud
    for y in rowsOnGround(from: z - half, to: z + half) {
      let depth = view.rowDepth[y]
      let part = (depth - z) / half
      let wide = half * max(0, 1 - part * part).squareRoot()
      let (left, right) = (view.project(depth, t - wide, 0), view.project(depth, t + wide, 0))
      let columns = canvas.columns(left.x, right.x)
      let row = canvas.inks + y * canvas.stride
      let v = UInt32(truncatingIfNeeded: Int64((view.travelled + Double(depth)) * 26))
      let step = 65536 * 26 / view.scale(depth)
      var u = fixed((Float(columns.lowerBound) - view.project(depth, 0, 0).x) * step)
      for x in columns {
        if tile.texel(u >> 16, v) < 150 { row[x] = Ink(bits: row[x]).scaled(by: factor).bits }
        u = u &+ fixed(step)
      }
    }
  }

  /// Rows that show ground between two depths.
  private func rowsOnGround(from near: Float, to far: Float) -> Range<Int> {
    let top = view.project(max(1, far), 0, 0).y
    let bottom = view.project(max(1, near), 0, 0).y
    let rows = canvas.rows(top, bottom)
    let first = max(rows.lowerBound, view.firstGroundRow)
    return first..<max(first, rows.upperBound)
  }

  /// The shadow of a house towards the road.
  private func shadeHouse(_ item: Item, factor: UInt32) {
    let onRight = item.left > view.eyeT
    let reach = min(26, abs(cast.x) * item.height)
    guard (cast.x < 0) == onRight, reach > 0.5 else { return }
    let (near, far) = (
      max(View.nearest, item.near + min(4, max(-4, cast.y * 2))), item.far + min(4, max(-4, cast.y * 2))
    )
    guard far > near else { return }
    let wall = onRight ? item.left : item.right
    for y in rowsOnGround(from: near, to: far) {
      let depth = view.rowDepth[y]
      guard depth >= near, depth < far else { continue }
      let (a, b) = (view.project(depth, wall, 0).x, view.project(depth, wall + (onRight ? -reach : reach), 0).x)
      canvas.shade(y, canvas.columns(min(a, b), max(a, b)), factor)
    }
  }

  /// A wet road mirrors what stands above it, smeared downwards.
  func paintReflections() {
    let wet = scene.weather.wetness
    guard wet > 0.05 else { return }
    let tile = NoiseTile.cloud
    let horizon = Int(view.horizon)
    for y in view.firstGroundRow..<canvas.height {
      let depth = view.rowDepth[y]
      let strength = UInt32(wet * 150 * Curves.step(2, 40, depth) + wet * 36)
      let row = canvas.inks + y * canvas.stride
      let labels = canvas.labels + y * canvas.width
      let v = UInt32(truncatingIfNeeded: Int64((view.travelled + Double(depth)) * 9))
      let lift = Float(y - horizon)
      for x in 0..<canvas.width
      where labels[x] == SceneClass.road.rawValue || labels[x] == SceneClass.laneMarking.rawValue {
        let ripple = Int(tile.texel(UInt32(x), v))
        let source = min(max(0, horizon - Int(lift * (0.7 + Float(ripple) * 0.0035))), canvas.height - 1)
        let mirrored = Ink(bits: canvas.inks[source * canvas.stride + x])
        row[x] = Ink(bits: row[x]).mixed(with: mirrored, by: (strength &* UInt32(64 + ripple * 3 / 4)) >> 8).bits
      }
    }
  }

  /// The bonnet of the camera's own car along the lower edge.
  func paintBonnet() {
    let height = scene.camera.bonnet * Float(canvas.height)
    guard height > 0 else { return }
    let tint = VehicleModel(look: scene.seed).tint * 0.8
    let width = Float(canvas.width)
    for x in 0..<canvas.width {
      let across = (Float(x) + 0.5) / width * 2 - 1
      let top = Float(canvas.height) - height * (1 - 0.45 * across * across)
      for y in canvas.rows(top, Float(canvas.height)) {
        let part = (Float(y) - top) / height
        let shine = light.lit(tint, .up, z: 1).mixed(with: light.weather.skyLow, by: 0.35 * max(0, 1 - part * 2))
        canvas.inks[y * canvas.stride + x] = Ink(shine * (1 - 0.3 * part)).bits
        canvas.labels[y * canvas.width + x] = SceneClass.egoVehicle.rawValue
      }
    }
  }
}
