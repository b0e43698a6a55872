// The pairs of a split, added up.
import Frames

/// Sums over the pairs of a split, and the names of those that something is wrong with.
struct SplitTally: Sendable {
  let split: LintSplit
  /// How many pictures have which size.
  private(set) var sizes: [String: Int] = [:]
  /// By label.
  private(set) var pixels = [Int](repeating: 0, count: 256)
  private(set) var pictures = [Int](repeating: 0, count: 256)
  /// Pairs that training can use.
  private(set) var usable = 0
  /// Fingerprints of readable photographs, with their names.
  private(set) var prints: [(name: String, print: Fingerprint)] = []
  /// Numbers in masks that the format does not know.
  private(set) var unknown: Set<UInt8> = []
  /// Names by what is wrong with them.
  private(set) var troubled: [Kind: [String]] = [:]
  /// The first reason of each kind that has one.
  private(set) var reasons: [Kind: String] = [:]

  enum Kind: Sendable, Hashable {
    case unreadable, jpegMask, colorMask, sizes, unknownLabels
    case deepPhotograph, alphaPhotograph, alphaMask, deepMask, jpegColors, foreignColors
    case allIgnored, oneLabel, onlyExtremes
  }

  init(_ split: LintSplit) { self.split = split }

  /// Pairs that training passes over, as long as they are few.
  var unusable: Int {
    let kinds: [Kind] = [.unreadable, .jpegMask, .colorMask, .sizes, .unknownLabels]
    return Set(kinds.flatMap { troubled[$0] ?? [] }).count
  }

  /// Share of pixels that training leaves out; 0 without pixels.
  var ignoredShare: Double {
    let total = pixels.reduce(0, +)
    return total == 0 ? 0 : Double(pixels[Int(ignoreLabel)]) / Double(total)
  }

  /// Pixels of any class.
  var labelledPixels: Int { split.classes.indices.reduce(0) { $0 + pixels[$1] } }

  /// Whether a class has less than a thousandth of the labelled pixels.
  func isRare(_ label: Int) -> Bool { pixels[label] * 1000 < labelledPixels }

  /// Whether rare classes may be nothing but the borders of others, whose colours JPEG has mixed.
  var rareIsDoubtful: Bool { troubled[.jpegColors] != nil }

  mutating func add(_ facts: PairFacts) {
    for trouble in facts.troubles { add(trouble, of: facts.name) }
    if let size = facts.size { sizes[size, default: 0] += 1 }
    if let print = facts.print { prints.append((facts.name, print)) }
    if let header = facts.imageHeader {
      if header.bitDepth > 8 { note(.deepPhotograph, facts.name) }
      if header.hasAlpha { note(.alphaPhotograph, facts.name) }
    }
    if let header = facts.maskHeader { add(header, of: facts.name) }
    if facts.isMaskLossy, split.readsColors { note(.jpegColors, facts.name) }
    guard let counts = facts.counts else { return }
    add(counts, of: facts.name)
    if facts.isExtreme { note(.onlyExtremes, facts.name) }
    // Less than that may be smooth edges between the classes.
    if facts.foreignShare > 0.3 { note(.foreignColors, facts.name) }
    if !facts.unknown.isEmpty { note(.unknownLabels, facts.name) }
    unknown.formUnion(facts.unknown)
    if facts.troubles.isEmpty, facts.unknown.isEmpty { usable += 1 }
  }

  private mutating func add(_ maskHeader: PictureHeader, of name: String) {
    if maskHeader.hasAlpha { note(.alphaMask, name) }
    if maskHeader.bitDepth > 8 { note(.deepMask, name) }
  }

  private mutating func add(_ trouble: PairFacts.Trouble, of name: String) {
    switch trouble {
    case .unreadable(let reason): note(.unreadable, name, reason)
    case .jpegMask: note(.jpegMask, name)
    case .colorMask: note(.colorMask, name)
    case .sizes(let image, let mask): note(.sizes, name, "mask \(mask), photograph \(image)")
    }
  }

  /// Adds a mask's labels.
  private mutating func add(_ counts: [Int], of name: String) {
    let labels = counts.indices.filter { counts[$0] > 0 }
    for label in labels {
      pixels[label] += counts[label]
      pictures[label] += 1
    }
    let classes = labels.count { $0 != Int(ignoreLabel) }
    if classes == 0 { note(.allIgnored, name) }
    if classes == 1 { note(.oneLabel, name) }
  }

  private mutating func note(_ kind: Kind, _ name: String, _ reason: String? = nil) {
    troubled[kind, default: []].append(name)
    if let reason, reasons[kind] == nil { reasons[kind] = reason }
  }
}
