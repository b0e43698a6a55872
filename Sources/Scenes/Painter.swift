// What all painters of things share.

/// Paints one scene from one view onto one canvas; the extensions know what things look like.
final class Painter {
  let canvas: Canvas
  let view: View
  /// What stands and moves in sight, farthest first.
  var items: [Item] = []
  private(set) var scene: Scene
  private(set) var light: Light
  /// Seconds since the start of the scene.
  private(set) var time = 0.0

  init(canvas: Canvas, view: View, scene: Scene) {
    self.canvas = canvas
    self.view = view
    self.scene = scene
    light = Light(scene.weather)
    items.reserveCapacity(1024)
  }

  /// Paints the moment `time` seconds after the start of a scene; every pixel gets a colour and a label.
  func paint(_ scene: Scene, time: Double) {
    if scene.seed != self.scene.seed { light = Light(scene.weather) }
    self.scene = scene
    self.time = time
    view.aim(scene, time: time)
    layOutItems()
    paintSky()
    paintBackdrop()
    paintGround()
    for item in items { paintShadow(of: item) }
    for item in items { paint(item) }
    paintReflections()
    paintLampGlow()
    paintBonnet()
  }

  /// Paints a thing that stands or moves.
  private func paint(_ item: Item) {
    switch item.kind {
    case .building: paintBuilding(item)
    case .treeLine: paintTreeLine(item)
    case .hedge: paintHedge(item)
    case .wall: paintWall(item)
    case .fence, .railing, .guardRail: paintFence(item)
    case .tree, .bush: paintTree(item)
    case .lamp: paintLamp(item)
    case .pole: paintPole(item)
    case .sign: paintSign(item)
    case .trafficLight: paintTrafficLight(item)
    case .bin, .shelter: paintObject(item)
    case .vehicle: paintVehicle(item)
    case .pedestrian: paintPedestrian(item)
    case .cyclist: paintCyclist(item)
    }
  }
}
