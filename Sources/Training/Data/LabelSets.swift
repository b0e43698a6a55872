// Labels that stand for one of several classes.
import Frames

/// What the label codes of training pictures mean, beside single classes.
///
/// With `classes` classes, codes 0..<classes are a class each, 255 is ignored, and `classes + i` says that the pixel is of
/// one of the classes `members[i]`, without telling which. The loss of such a pixel is −log of their summed probability.
public struct LabelSets: Sendable, Hashable {
  /// How many classes the network has.
  public let classes: Int
  /// The classes of each set, ascending; at least two and never all of them.
  public private(set) var members: [[UInt8]] = []

  public init(classes: Int) {
    precondition((1..<Int(ignoreLabel)).contains(classes), "a network has 1 to 254 classes, not \(classes)")
    self.classes = classes
  }

  /// The code for "one of these classes": the class itself when it is a single one, and to be ignored when they are none or
  /// all, from which nothing can be learnt. A new set is added to `members`.
  ///
  /// - Throws: `TrainingError.classes` when no code is left.
  public mutating func code(for set: Set<UInt8>) throws(TrainingError) -> UInt8 {
    precondition(set.allSatisfy { $0 < classes }, "a set holds a class that the network does not have")
    if set.isEmpty || set.count == classes { return ignoreLabel }
    let sorted = set.sorted()
    if sorted.count == 1 { return sorted[0] }
    if let known = members.firstIndex(of: sorted) { return UInt8(classes + known) }
    guard classes + members.count < Int(ignoreLabel) else {
      throw .classes("the class maps make more than \(Int(ignoreLabel) - classes) different sets of classes")
    }
    members.append(sorted)
    return UInt8(classes + members.count - 1)
  }

  /// The classes that a code stands for; empty when it is ignored.
  public subscript(code: UInt8) -> [UInt8] {
    if code < classes { return [code] }
    let place = Int(code) - classes
    return place < members.count ? members[place] : []
  }
}
