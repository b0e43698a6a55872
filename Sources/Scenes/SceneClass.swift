// The classes that scenes are drawn with, and what they are called in other label sets.
public import Frames

/// What a pixel of a scene shows; the raw value is its label.
public enum SceneClass: UInt8, CaseIterable, Sendable {
  case sky, building, wall, fence, pole, trafficLight, sign, vegetation, terrain, road, laneMarking, pavement
  case car, truck, bus, pedestrian, bicyclist
  /// Street furniture that has no class of its own: bins, cabinets, benches.
  case object
  /// The bonnet of the car that carries the camera.
  case egoVehicle

  /// The name in lists and files.
  public var name: String {
    switch self {
    case .trafficLight: "traffic light"
    case .laneMarking: "lane marking"
    case .egoVehicle: "ego vehicle"
    default: "\(self)"
    }
  }

  /// The colour in overlays and palettes.
  public var color: RGB {
    switch self {
    case .sky: RGB(70, 130, 180)
    case .building: RGB(70, 70, 70)
    case .wall: RGB(102, 102, 156)
    case .fence: RGB(190, 153, 153)
    case .pole: RGB(153, 153, 153)
    case .trafficLight: RGB(250, 170, 30)
    case .sign: RGB(220, 220, 0)
    case .vegetation: RGB(107, 142, 35)
    case .terrain: RGB(152, 251, 152)
    case .road: RGB(128, 64, 128)
    case .laneMarking: RGB(157, 234, 50)
    case .pavement: RGB(244, 35, 232)
    case .car: RGB(0, 0, 142)
    case .truck: RGB(0, 0, 70)
    case .bus: RGB(0, 60, 100)
    case .pedestrian: RGB(220, 20, 60)
    case .bicyclist: RGB(119, 11, 32)
    case .object: RGB(110, 190, 160)
    case .egoVehicle: RGB(40, 40, 100)
    }
  }

  /// The colours of all classes, by label.
  public static let palette = Palette(allCases.map(\.color))
}
