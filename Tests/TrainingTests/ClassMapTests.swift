// Label sets, what their names mean, and maps between them.
import Foundation
import Frames
import Testing
import UNet

@testable import Training

@Suite struct ClassMapTests {
  /// What each label of one known label set teaches a network of another one.
  private func map(_ source: String, to target: String, _ changes: ClassMapFile? = nil) throws -> [String: [String]] {
    let (from, to) = (try ClassList.named(source), try ClassList.named(target))
    let names = to.classes.map(\.name)
    var sets = LabelSets(classes: names.count)
    let map = try ClassMap(from: from.classes.map(\.name), to: names, changes: changes, sets: &sets)
    let taught = from.classes.indices.map { label in sets[map.table[label]].map { names[Int($0)] } }
    return Dictionary(uniqueKeysWithValues: zip(from.classes.map(\.name), taught))
  }

  @Test func everyLabelSetOfOurOwnIsSound() throws {
    #expect(ClassList.known.count >= 7)
    for name in ClassList.known {
      let list = try ClassList.named(name)
      #expect(list.ids.count == list.classes.count)
      let map = try map(name, to: name)
      for entry in list.classes { #expect(map[entry.name] == [entry.name]) }
    }
  }

  @Test func labelsFindTheClassOfTheirMeaning() throws {
    let map = try map("carla-0.8", to: "camvid")
    #expect(map["sidewalk"] == ["pavement"])
    #expect(map["lane line"] == ["road"])
    #expect(map["none"] == ["sky"])
    #expect(map["vegetation"] == ["tree"])
    #expect(map["other"] == [])
  }

  @Test func whatIsOneLabelHereMayBeSeveralClassesThere() throws {
    #expect(try map("carla-0.8", to: "camvid")["vehicle"] == ["car", "bicyclist"])
    #expect(try map("camvid", to: "carla-0.8")["road"] == ["lane line", "road"])
    #expect(try map("camvid", to: "cityscapes-19")["car"] == ["car", "truck", "bus"])
  }

  @Test func coarseLabelsOfIndiaTeachFineClasses() throws {
    let camvid = try map("idd-lite", to: "camvid")
    #expect(camvid["drivable"] == ["road"])
    #expect(camvid["non-drivable"] == ["pavement", "tree"])
    #expect(camvid["living things"] == ["pedestrian", "bicyclist"])
    #expect(camvid["vehicles"] == ["car", "bicyclist"])
    #expect(camvid["roadside objects"] == ["building", "pole", "pavement", "sign", "fence"])
    #expect(camvid["far objects"] == ["building", "tree"])
    #expect(camvid["sky"] == ["sky"])
    let carla = try map("idd-lite", to: "carla-0.8")
    #expect(carla["living things"] == ["pedestrian", "vehicle"])
    #expect(carla["vehicles"] == ["vehicle"])
    #expect(carla["drivable"] == ["lane line", "road"])
  }

  @Test func fineLabelsOfIndiaTeachTheirClasses() throws {
    let camvid = try map("idd", to: "camvid")
    #expect(camvid["drivable fallback"] == ["road"])
    #expect(camvid["non-drivable fallback"] == ["pavement", "tree"])
    #expect(camvid["autorickshaw"] == ["car"] && camvid["vehicle fallback"] == ["car"])
    #expect(camvid["rider"] == ["bicyclist"] && camvid["motorcycle"] == ["bicyclist"])
    #expect(camvid["obs-str-bar-fallback"] == [])
    #expect(try map("idd", to: "carla-0.8")["obs-str-bar-fallback"] == ["other"])
  }

  @Test func classesThatMeanTheSameAreFoundByOtherNames() throws {
    let (carla, camvid) = (try ClassList.named("carla-0.8"), try ClassList.named("camvid"))
    let names = (carla.classes.map(\.name), camvid.classes.map(\.name))
    let found = try Meanings.load().equals(of: names.0, in: names.1).map { $0.map { names.1[$0] } }
    let expected = [
      "none": "sky", "building": "building", "fence": "fence", "pedestrian": "pedestrian", "pole": "pole",
      "road": "road", "sidewalk": "pavement", "vegetation": "tree", "traffic sign": "sign",
    ]
    #expect(zip(names.0, found).allSatisfy { expected[$0] == $1 }, "\(found)")
  }

  @Test func allVersionsOfCarlaTeachThe13Classes() throws {
    for version in ["carla-0.9", "carla-0.9.14"] {
      let map = try map(version, to: "carla-0.8")
      #expect(map["sky"] == ["none"])
      #expect(map["terrain"] == ["vegetation"])
      #expect(map["bridge"] == ["building"])
      #expect(map["traffic light"] == ["traffic sign"])
      #expect(map["static"] == ["other"])
    }
    #expect(try map("carla-0.9.14", to: "carla-0.8")["rider"] == ["vehicle"])
  }

  @Test func namesOfOnesOwnAreComparedLetterByLetter() throws {
    var sets = LabelSets(classes: 2)
    let map = try ClassMap(from: ["Puddles", "street"], to: ["road", "puddle"], sets: &sets)
    #expect(Array(map.table[0..<2]) == [1, 0])
    #expect(throws: TrainingError.self) { try ClassMap(from: ["cat"], to: ["road", "puddle"], sets: &sets) }
  }

  @Test func aFileChangesTheMap() throws {
    let file = try ClassMapFile(yaml: "vehicle: car\nother: [fence, pole]\nroad: ignore\n0: building", path: "m.yaml")
    let map = try map("carla-0.8", to: "camvid", file)
    #expect(map["vehicle"] == ["car"])
    #expect(map["other"] == ["pole", "fence"])
    #expect(map["road"] == [])
    #expect(map["none"] == ["building"])
    #expect(map["sidewalk"] == ["pavement"])
  }

  @Test func aFileWithUnknownNamesNamesTheNearest() throws {
    let wrongClass = try ClassMapFile(yaml: "vehicle: cart", path: "m.yaml")
    #expect {
      try map("carla-0.8", to: "camvid", wrongClass)
    } throws: {
      "\($0)".contains("m.yaml: the network has no class 'cart'") && "\($0)".contains("most like car")
    }
    let wrongLabel = try ClassMapFile(yaml: "vehicel: car", path: "m.yaml")
    #expect {
      try wrongLabel.check([["road"], ["vehicle"]])
    } throws: {
      "\($0)".contains("'vehicel' is most like vehicle")
    }
    try ClassMapFile(yaml: "vehicle: car", path: "m.yaml").check([["road"], ["vehicle"]])
  }

  @Test(arguments: ["", "- car", "car: {a: b}", "car: [", "12"])
  func aFileThatIsNoMapIsRefused(text: String) {
    #expect(throws: TrainingError.self) { try ClassMapFile(yaml: text, path: "m.yaml") }
  }

  @Test(arguments: [
    ("classes.txt", "# forest\nbackground #000000\n\ntall tree #00ff00\n"),
    ("classes.json", ##"[{"name": "background", "color": "#000000"}, {"name": "tall tree", "color": "#00ff00"}]"##),
    ("classes.yaml", "classes:\n  0: [background, 0, 0, 0]\n  1: [tall tree, 0, 255, 0]\n"),
  ])
  func classesAreReadFromFiles(name: String, text: String) throws {
    let path = try Fixtures.folder() + "/" + name
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let list = try ClassList(contentsOf: path)
    #expect(
      list.classes == [
        PixelClass(name: "background", color: ClassColor(0, 0, 0)),
        PixelClass(name: "tall tree", color: ClassColor(0, 255, 0)),
      ])
    #expect(list.ids == [0, 1])
  }

  @Test(arguments: ["", "road\nroad\n"])
  func listsOfNoUseAreRefused(text: String) throws {
    let path = try Fixtures.folder() + "/classes.txt"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: TrainingError.self) { try ClassList(contentsOf: path) }
  }

  @Test func anUnknownLabelSetNamesTheNearest() {
    #expect {
      try ClassList.named("cityscape-19")
    } throws: {
      "\($0)".contains("most like cityscapes-19")
    }
  }

  @Test func measuringIgnoresSets() throws {
    var sets = LabelSets(classes: 11)
    let names = try ClassList.named("camvid").classes.map(\.name)
    let map = try ClassMap(from: ["vehicles", "sky"], to: names, sets: &sets)
    #expect(Array(map.table[0..<2]) == [11, 0])
    #expect(Array(map.withoutSets(classes: 11).table[0..<2]) == [ignoreLabel, 0])
  }
}
