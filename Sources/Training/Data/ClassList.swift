// The label sets that data formats come with, and maps between label sets.
import Frames
public import UNet

/// Names and colours of a label set.
public enum ClassList {
  /// CamVid's 11 classes, as SegNet groups them.
  public static let camvid: [PixelClass] = [
    entry("sky", 70, 130, 180), entry("building", 70, 70, 70), entry("pole", 230, 200, 150),
    entry("road", 128, 64, 128), entry("pavement", 244, 35, 232), entry("tree", 60, 160, 50),
    entry("sign", 250, 220, 0), entry("fence", 190, 110, 80), entry("car", 0, 60, 230),
    entry("pedestrian", 220, 20, 60), entry("bicyclist", 255, 130, 0),
  ]

  /// The 13 classes of CARLA 0.8; what has no class, the sky above all, is `none`.
  public static let carla: [PixelClass] = [
    entry("none", 70, 130, 180), entry("building", 70, 70, 70), entry("fence", 190, 110, 80),
    entry("other", 110, 190, 160), entry("pedestrian", 220, 20, 60), entry("pole", 230, 200, 150),
    entry("lane line", 255, 255, 255), entry("road", 128, 64, 128), entry("sidewalk", 244, 35, 232),
    entry("vegetation", 60, 160, 50), entry("vehicle", 0, 60, 230), entry("wall", 102, 102, 156),
    entry("traffic sign", 250, 220, 0),
  ]

  private static func entry(_ name: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> PixelClass {
    PixelClass(name: name, color: ClassColor(red, green, blue))
  }
}

/// Which class of a network each label of a data set teaches.
public struct ClassMap: Sendable, Hashable {
  /// Codes by source label, as `LabelSets` has them: a class, a set of classes, or 255 for ignored.
  public let table: [UInt8]

  /// Names in one label set that mean a class of another name in another one.
  static let synonyms: [String: [String]] = [
    "none": ["sky"], "sky": ["none"], "sidewalk": ["pavement"], "pavement": ["sidewalk"], "vegetation": ["tree"],
    "tree": ["vegetation"], "terrain": ["tree", "vegetation"], "vehicle": ["car"], "car": ["vehicle"],
    "truck": ["car", "vehicle"], "bus": ["car", "vehicle"], "traffic sign": ["sign"], "sign": ["traffic sign"],
    "traffic light": ["sign", "traffic sign"], "lane line": ["lane marking", "road"],
    "lane marking": ["lane line", "road"], "wall": ["building"], "object": ["other"], "ego vehicle": ["vehicle"],
  ]

  /// Maps by equal names, then by `synonyms`; what has no counterpart is ignored.
  ///
  /// - Throws: `TrainingError.classes` when not a single name fits.
  public init(from source: [String], to target: [String], sets: inout LabelSets) throws(TrainingError) {
    var table = [UInt8](repeating: ignoreLabel, count: 256)
    for (label, name) in source.enumerated() {
      let names = [name] + (ClassMap.synonyms[name] ?? [])
      if let index = names.lazy.compactMap({ target.firstIndex(of: $0) }).first {
        table[label] = try sets.code(for: [UInt8(index)])
      }
    }
    guard table.contains(where: { $0 != ignoreLabel }) else {
      throw .classes("none of the classes \(source.joined(separator: ", ")) is one of the network's")
    }
    self.table = table
  }

  /// The map for measuring, where a pixel that may be of several classes says nothing: sets become ignored.
  func withoutSets(classes: Int) -> ClassMap {
    ClassMap(table: table.map { Int($0) < classes ? $0 : ignoreLabel })
  }

  private init(table: [UInt8]) { self.table = table }

  /// Replaces source labels by the network's.
  func apply(to labels: inout [UInt8]) {
    for i in labels.indices { labels[i] = table[Int(labels[i])] }
  }

  /// Whether labels stay as they are.
  var isIdentity: Bool {
    table.enumerated().allSatisfy { $1 == ignoreLabel || Int($1) == $0 }
  }
}
