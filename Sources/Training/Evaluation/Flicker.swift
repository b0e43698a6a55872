// How steady labels are from one frame to the next.
import Frames

/// Pixels that change their label between consecutive frames.
public struct Flicker: Sendable, Hashable {
  /// Pairs of consecutive frames.
  public internal(set) var pairs = 0
  /// Pixels whose true label is known in both frames and stays, and of them those whose predicted label changes.
  public internal(set) var (steady, flickering) = (0, 0)
  /// All pixels of the pairs, and of them those whose predicted label changes.
  public internal(set) var (pixels, changed) = (0, 0)

  public init() {}

  /// Share of pixels whose predicted label changes where the true one does not; nil where nothing was compared.
  public var share: Double? { steady == 0 ? nil : Double(flickering) / Double(steady) }

  /// Share of pixels whose predicted label changes, things that move included; nil where nothing was compared.
  public var changedShare: Double? { pixels == 0 ? nil : Double(changed) / Double(pixels) }

  /// Counts one pair of frames of the same size.
  ///
  /// - Parameters:
  ///   - truth, earlierTruth: u8 labels, 255 unknown.
  ///   - rows: the upper ones that count.
  mutating func add(truth: [UInt8], prediction: LabelMap, earlierTruth: [UInt8], earlier: LabelMap, rows: Int) {
    pairs += 1
    let count = rows * prediction.width
    pixels += count
    for i in 0..<count {
      let differs = prediction.labels[i] != earlier.labels[i]
      if differs { changed += 1 }
      guard truth[i] == earlierTruth[i], truth[i] != ignoreLabel else { continue }
      steady += 1
      if differs { flickering += 1 }
    }
  }
}

/// Which pictures of a set are neighbours in time.
enum FrameSequence {
  /// The largest step between the numbers of neighbours: some drives keep every second frame.
  static let longestStep = 2

  /// Whether a picture comes right after another one in a video: the same folder and name but for the number at the end,
  /// which is one or two higher.
  ///
  /// - Parameters: paths of picture files; other names follow nothing.
  static func follows(_ name: String, _ earlier: String) -> Bool {
    guard let (a, b) = split(earlier).flatMap({ a in split(name).map { (a, $0) } }), a.prefix == b.prefix else {
      return false
    }
    return b.number > a.number && b.number - a.number <= longestStep
  }

  /// `drive/0016E5_07961.jpg` as `drive/0016E5_` and 7961.
  private static func split(_ name: String) -> (prefix: Substring, number: Int)? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    let stem = name[..<dot]
    let digits = stem.reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard digits > 0, let number = Int(stem.suffix(digits)) else { return nil }
    return (stem.dropLast(digits), number)
  }
}
