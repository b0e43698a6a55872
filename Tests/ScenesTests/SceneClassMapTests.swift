// The label sets that scenes can speak.
import Frames
import Scenes
import Testing

@Suite struct SceneClassMapTests {
  @Test(arguments: [SceneClassMap.fine, .camvid, .carla])
  func everyClassBecomesALabelOfTheSetOrNone(map: SceneClassMap) {
    #expect(map.table.count == SceneClass.allCases.count)
    #expect(map.table.allSatisfy { Int($0) < map.classNames.count || $0 == ignoreLabel })
  }

  @Test func camvidHasAllItsClasses() {
    #expect(Set(SceneClassMap.camvid.table) == Set(0...10).union([ignoreLabel]))
    #expect(SceneClassMap.camvid[.laneMarking] == 3)
  }

  @Test func carlaHasAllItsClasses() {
    #expect(Set(SceneClassMap.carla.table) == Set(0...12).union([ignoreLabel]))
    #expect(SceneClassMap.carla[.egoVehicle] == 10)
  }

  @Test func labelsAreReplacedInPlace() {
    let labels = LabelMap(width: 3, height: 1)
    labels[x: 1, y: 0] = SceneClass.bus.rawValue
    labels[x: 2, y: 0] = SceneClass.object.rawValue
    SceneClassMap.camvid.apply(to: labels)
    #expect(Array(labels.buffer) == [0, 8, 255])
  }
}
