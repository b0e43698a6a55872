// Houses: walls, windows, doors, shop fronts and roofs.

extension Painter {
  func paintBuilding(_ item: Item) {
    let look = BuildingLook(item)
    let onRight = item.left > view.eyeT
    if look.pitch > 0 { paintRoof(item, look, onRight: onRight) }
    if item.near > View.nearest {
      let front = Facade(
        isAlong: false, place: item.near, start: item.left, length: item.right - item.left, facing: .near)
      paintWalls(front, item, look, isFront: false)
      if look.pitch > 0 { paintGable(item, look) }
    }
    let side = Facade(
      isAlong: true, place: onRight ? item.left : item.right, start: item.near, length: item.far - item.near,
      facing: onRight ? .left : .right)
    paintWalls(side, item, look, isFront: true)
  }

  private func paintWalls(_ facade: Facade, _ item: Item, _ look: BuildingLook, isFront: Bool) {
    let wall = Material(tint: look.wall, label: .building, roughness: look.roughness, texture: look.texture)
    panel(facade, 0, facade.length, 0, item.height, wall)
    let middle = min(facade.length, max(0, (facade.isAlong ? 12 - facade.start : facade.length / 2)))
    guard pixelsPerMetre(facade, middle) * look.windowWidth > 1.2 else { return }
    let trim = Material(tint: look.trim, label: .building)
    panel(facade, 0, facade.length, item.height - 0.35, item.height, trim)
    if isFront || look.seed & 3 == 0 { paintWindows(facade, item, look, trim) }
    guard isFront else { return }
    if look.hasShop { paintShop(facade, look) } else { paintDoor(facade, look, trim) }
  }

  /// All windows of a facade, row by row.
  private func paintWindows(_ facade: Facade, _ item: Item, _ look: BuildingLook, _ trim: Material) {
    let pitch = look.windowWidth + look.windowGap
    let count = Int(facade.length / pitch)
    guard count > 0 else { return }
    let margin = (facade.length - Float(count) * pitch + look.windowGap) / 2
    let floors = max(1, Int(item.height / look.floorHeight))
    var dice = Dice(look.seed)
    for floor in (look.hasShop ? 1 : 0)..<max(1, floors) {
      let sill = Float(floor) * look.floorHeight + (look.hasShop ? 1.3 : 0.9)
      guard sill + look.windowHeight < item.height - 0.3 else { continue }
      if look.hasBands, floor > 0 { panel(facade, 0, facade.length, sill - 0.75, sill - 0.6, trim) }
      for column in 0..<count {
        let (left, roll) = (margin + Float(column) * pitch, dice.unit())
        if floor == 0, column == count / 2, !look.hasShop { continue }
        paintWindow(facade, left, sill, look, trim, roll: roll)
      }
    }
  }

  private func paintWindow(
    _ facade: Facade, _ left: Float, _ sill: Float, _ look: BuildingLook, _ trim: Material, roll: Float
  ) {
    let pixels = pixelsPerMetre(facade, left)
    let right = left + look.windowWidth
    guard pixels * look.windowWidth > 1, !facade.isAlong || facade.start + right > View.nearest else { return }
    let night = light.weather.night
    let isLit = roll < night * 0.45
    var glass = look.glass * (0.7 + 0.6 * roll)
    // Panes mirror the sky; more so where they face its bright part.
    if roll > 0.55 { glass = glass.mixed(with: light.weather.skyLow, by: 0.4 * (1 - night)) }
    let pane = Material(tint: isLit ? Tint(1, 0.86, 0.58) * (0.5 + roll) : glass, label: .building, glows: isLit)
    let top = sill + look.windowHeight
    if pixels > 9 { panel(facade, left - 0.09, right + 0.09, sill - 0.12, top + 0.09, trim) }
    panel(facade, left, right, sill, top, pane)
    guard pixels > 22 else { return }
    let middle = (left + right) / 2
    panel(facade, middle - 0.03, middle + 0.03, sill, top, trim)
    panel(facade, left, right, sill + look.windowHeight * 0.55, sill + look.windowHeight * 0.55 + 0.05, trim)
    if roll < 0.3 {
      panel(facade, left, right, top - look.windowHeight * 0.3, top, Material(tint: look.trim * 0.8, label: .building))
    }
  }

  private func paintDoor(_ facade: Facade, _ look: BuildingLook, _ trim: Material) {
    let middle = facade.length / 2
    panel(facade, middle - 0.65, middle + 0.65, 0, 2.35, trim)
    panel(facade, middle - 0.5, middle + 0.5, 0, 2.15, Material(tint: look.doorTint, label: .building))
  }

  /// Show windows, a door and a board above them.
  private func paintShop(_ facade: Facade, _ look: BuildingLook) {
    let night = light.weather.night
    let glass = Material(
      tint: night > 0.3 ? Tint(1, 0.9, 0.7) * 0.85 : look.glass * 0.9, label: .building, glows: night > 0.3)
    panel(facade, 0.3, facade.length - 0.3, 0, 3, Material(tint: look.shopTint * 0.8, label: .building))
    let count = max(1, Int(facade.length / 3))
    let width = (facade.length - 0.8) / Float(count)
    for index in 0..<count {
      let left = 0.4 + Float(index) * width
      panel(facade, left + 0.1, left + width - 0.1, index == count / 2 ? 0.1 : 0.6, 2.4, glass)
    }
    panel(facade, 0.3, facade.length - 0.3, 2.5, 3.1, Material(tint: look.shopTint, label: .building))
    let letters = look.shopTint.x + look.shopTint.y > 1.2 ? Tint(repeating: 0.15) : Tint(repeating: 0.92)
    panel(facade, facade.length * 0.3, facade.length * 0.7, 2.68, 2.92, Material(tint: letters, label: .building))
  }

  /// The slope towards the road, up to a ridge along it.
  private func paintRoof(_ item: Item, _ look: BuildingLook, onRight: Bool) {
    let (near, far) = (max(View.nearest, item.near), item.far)
    let eave = onRight ? item.left - 0.3 : item.right + 0.3
    let ridge = item.height + look.pitch * (item.right - item.left) / 2
    quad(
      view.project(near, eave, item.height), view.project(far, eave, item.height),
      view.project(far, item.middle, ridge), view.project(near, item.middle, ridge))
    canvas.fill(light.ink(look.roof, .up, z: (near + far) / 2), .building)
    guard look.seed & 8 != 0 else { return }
    let chimney = Facade(
      isAlong: false, place: max(near, item.near + 0.6), start: item.middle - 0.5, length: 1, facing: .near)
    panel(chimney, 0, 1, ridge - 0.6, ridge + 1, Material(tint: look.wall * 0.85, label: .building, roughness: 60))
  }

  private func paintGable(_ item: Item, _ look: BuildingLook) {
    let ridge = item.height + look.pitch * (item.right - item.left) / 2
    canvas.begin()
    canvas.corner(view.project(item.near, item.left, item.height))
    canvas.corner(view.project(item.near, item.middle, ridge))
    canvas.corner(view.project(item.near, item.right, item.height))
    canvas.fill(light.ink(look.wall * 0.88, .near, z: item.near), .building)
  }

  /// Starts a polygon of four corners.
  func quad(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>, _ d: SIMD2<Float>) {
    canvas.begin()
    canvas.corner(a)
    canvas.corner(b)
    canvas.corner(c)
    canvas.corner(d)
  }
}
