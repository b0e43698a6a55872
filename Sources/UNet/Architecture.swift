// The shape of a U-Net as data: everything else about the network follows from it.

/// A U-Net's stem, widths, upsampling and classes, checked, with the layers that follow from them.
///
/// - Source: Ronneberger et al. 2015, fig. 1, with "same" padding, batch norm and an optional stride-2 stem.
public struct Architecture: Sendable {
  /// 1: the first level works at the input's size. 2: a stride-2 convolution halves it first.
  public let stem: Int
  /// Channels of each level, full resolution first.
  public let widths: [Int]
  /// The way from each level to the next larger one.
  public let up: Upsampling
  /// The classes in label order.
  public let classes: [PixelClass]
  /// The layers in the order they run.
  public let layers: [Layer]

  /// - Throws: `ModelError.architecture` naming the first number that is out of bounds.
  public init(
    stem: Int, widths: [Int], up: Upsampling = .standard, classes: [PixelClass]
  ) throws(ModelError) {
    try Self.check(stem: stem, widths: widths)
    guard up.window == 2 || up.window == 4 else {
      throw .architecture(reason: "an upsampling window of \(up.window); it is 2 or 4")
    }
    try Self.check(classes)
    self.stem = stem
    self.widths = widths
    self.up = up
    self.classes = classes
    layers = Self.makeLayers(stem: stem, widths: widths, up: up, classCount: classes.count)
    guard parameterCount <= Limits.parameters else {
      throw .architecture(reason: "\(parameterCount) weights; at most \(Limits.parameters)")
    }
  }

  /// Width and height of the input must be multiples of this.
  public var stride: Int { stem << (widths.count - 1) }

  /// Weights of all layers, without biases and norms.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.weightCount } }

  /// The layer called `name`.
  public func layer(named name: String) -> Layer? { layers.first { $0.name == name } }

  /// Multiply-accumulates of one picture.
  public func macs(_ size: InputSize) -> Int { layers.reduce(0) { $0 + $1.macs(size) } }

  private static func check(stem: Int, widths: [Int]) throws(ModelError) {
    guard stem == 1 || stem == 2 else { throw .architecture(reason: "stem \(stem); it is 1 or 2") }
    guard (1...Limits.levels).contains(widths.count) else {
      throw .architecture(reason: "\(widths.count) levels; from 1 to \(Limits.levels)")
    }
    for width in widths where !(1...Limits.width).contains(width) {
      throw .architecture(reason: "a level of \(width) channels; from 1 to \(Limits.width)")
    }
  }

  private static func check(_ classes: [PixelClass]) throws(ModelError) {
    guard (1...Limits.classes).contains(classes.count) else {
      throw .architecture(reason: "\(classes.count) classes; from 1 to \(Limits.classes)")
    }
    for entry in classes where entry.name.isEmpty || entry.name.utf8.count > Limits.name {
      throw .architecture(reason: "a class name of \(entry.name.utf8.count) bytes; from 1 to \(Limits.name)")
    }
    guard Set(classes.map(\.name)).count == classes.count else {
      throw .architecture(reason: "two classes have the same name")
    }
  }
}

extension Architecture: Hashable {
  public static func == (a: Self, b: Self) -> Bool {
    a.stem == b.stem && a.widths == b.widths && a.up == b.up && a.classes == b.classes
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(stem)
    hasher.combine(widths)
    hasher.combine(up)
    hasher.combine(classes)
  }
}
