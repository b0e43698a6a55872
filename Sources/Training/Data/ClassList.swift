// The label sets that data comes with.
import Frames
public import UNet

/// Names and colours of a label set, and the numbers that stand for its classes in masks.
public struct ClassList: Sendable, Hashable {
  /// A number in masks that stands for no class.
  struct Ignored: Sendable, Hashable {
    let id: UInt8
    let color: ClassColor
  }

  /// As users name it: `camvid`, `carla-0.9.14`, or a file.
  public let name: String
  public let classes: [PixelClass]
  /// The number of each class in masks.
  let ids: [UInt8]
  let ignored: [Ignored]

  /// - Parameter ids: the numbers in masks; nil for 0, 1, 2, …
  init(name: String, classes: [PixelClass], ids: [UInt8]? = nil, ignored: [Ignored] = []) {
    precondition(!classes.isEmpty && classes.count < Int(ignoreLabel), "a label set has 1 to 254 classes")
    (self.name, self.classes, self.ignored) = (name, classes, ignored)
    self.ids = ids ?? classes.indices.map { UInt8($0) }
  }

  /// For each number in a mask the class's place in the list, 255 where it is to be ignored, nil where it means nothing.
  var table: [UInt8?] {
    var table = [UInt8?](repeating: nil, count: 256)
    for (label, id) in ids.enumerated() { table[Int(id)] = UInt8(label) }
    for entry in ignored { table[Int(entry.id)] = ignoreLabel }
    table[Int(ignoreLabel)] = ignoreLabel
    return table
  }
}

extension ClassList {
  /// A colour that tells class `label` from its neighbours in the list, for classes that nobody gave one.
  ///
  /// - Source: the colour map of the PASCAL VOC development kit: bits of the label, dealt to red, green and blue.
  static func standardColor(_ label: Int) -> ClassColor {
    func part(_ channel: Int) -> UInt8 {
      (0..<3).reduce(0) { $0 | UInt8(label >> (3 * $1 + channel) & 1) << UInt8(7 - $1) }
    }
    return ClassColor(part(0), part(1), part(2))
  }

  /// A list of names in order, with standard colours.
  init(name: String, names: [String]) {
    self.init(
      name: name, classes: names.enumerated().map { PixelClass(name: $1, color: Self.standardColor($0)) })
  }
}

extension ClassList {
  public static var camvid: [PixelClass] { (try? named("camvid"))?.classes ?? [] }
  public static var carla: [PixelClass] { (try? named("carla-0.8"))?.classes ?? [] }
}
