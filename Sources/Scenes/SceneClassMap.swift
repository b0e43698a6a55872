// From the classes of scenes to the classes of other label sets.
public import Frames

/// A label set, and which of its labels each class of a scene becomes.
public struct SceneClassMap: Sendable {
  /// The classes of the label set, by label.
  public let classNames: [String]
  /// The label of each `SceneClass`, by raw value; `ignoreLabel` where the set has none.
  public let table: [UInt8]

  /// Scenes' own classes, unchanged.
  public static let fine = SceneClassMap(classNames: SceneClass.allCases.map(\.name)) { $0.rawValue }

  /// The 11 classes of CamVid as SegNet groups them: walls are buildings, grass is tree, traffic lights are signs.
  public static let camvid = SceneClassMap(
    classNames: [
      "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
    ]
  ) { sceneClass in
    switch sceneClass {
    case .sky: 0
    case .building, .wall: 1
    case .pole: 2
    case .road, .laneMarking: 3
    case .pavement: 4
    case .vegetation, .terrain: 5
    case .sign, .trafficLight: 6
    case .fence: 7
    case .car, .truck, .bus: 8
    case .pedestrian: 9
    case .bicyclist: 10
    case .object, .egoVehicle: ignoreLabel
    }
  }

  /// The 13 classes of CARLA 0.8, whose bonnet is a vehicle; it has no bicyclists.
  public static let carla = SceneClassMap(
    classNames: [
      "none", "building", "fence", "other", "pedestrian", "pole", "lane line", "road", "sidewalk", "vegetation",
      "vehicle", "wall", "traffic sign",
    ]
  ) { sceneClass in
    switch sceneClass {
    case .sky: 0
    case .building: 1
    case .fence: 2
    case .object: 3
    case .pedestrian: 4
    case .pole: 5
    case .laneMarking: 6
    case .road: 7
    case .pavement: 8
    case .vegetation, .terrain: 9
    case .car, .truck, .bus, .egoVehicle: 10
    case .wall: 11
    case .sign, .trafficLight: 12
    case .bicyclist: ignoreLabel
    }
  }

  init(classNames: [String], _ label: (SceneClass) -> UInt8) {
    self.classNames = classNames
    table = SceneClass.allCases.map(label)
  }

  /// The label that a class of a scene becomes.
  public subscript(sceneClass: SceneClass) -> UInt8 { table[Int(sceneClass.rawValue)] }

  /// Replaces the labels of a scene by those of this set.
  ///
  /// - Parameter map: u8 `[height, width]` of `SceneClass` raw values, overwritten.
  /// - Complexity: O(pixels); allocates nothing.
  public func apply(to map: LabelMap) {
    table.withUnsafeBufferPointer { table in
      for index in map.buffer.indices { map.labels[index] = table[Int(map.labels[index])] }
    }
  }
}
