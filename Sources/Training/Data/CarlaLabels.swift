// Which version of CARLA's labels masks hold.
import Frames
import UNet
import Video

/// Finds out the version of CARLA's labels from what lies where in the masks of a drive.
///
/// 0.9.10 added tags to those of 0.8, and 0.9.14 put all of them into another order. The numbers alone cannot tell (every
/// number up to 22 means something in both), but places can: what lies in the lower third of a driver's view is road,
/// pavement or a vehicle, and what lies in the upper third is sky, building or tree, in the right version only.
struct CarlaLabels {
  /// One version's label set, and what is likely where.
  private struct Version {
    let list: ClassList
    let table: [UInt8?]
    /// Numbers that are likely in the lower and in the upper third.
    let below, above: Set<UInt8>

    private static let low: Set = ["road", "lane line", "sidewalk", "vehicle", "car", "terrain", "ground"]
    private static let high: Set = ["none", "sky", "building", "vegetation"]

    init(_ name: String) throws(TrainingError) {
      list = try ClassList.named(name)
      table = list.table
      let entries = Array(zip(list.ids, list.classes.map(\.name)))
      below = Set(entries.filter { Self.low.contains($0.1) }.map(\.0))
      above = Set(entries.filter { Self.high.contains($0.1) }.map(\.0))
    }

    /// Share of the pixels that are likely where they are; nil when the version does not know one of the numbers.
    func likelihood(_ mask: Thirds) -> Double? {
      guard mask.all.allSatisfy({ table[$0] != nil }) else { return nil }
      let likely = below.reduce(0) { $0 + mask.lower[Int($1)] } + above.reduce(0) { $0 + mask.upper[Int($1)] }
      return Double(likely) / Double(max(1, mask.lower.reduce(0, +) + mask.upper.reduce(0, +)))
    }
  }

  /// How often each number occurs in the lower and the upper third of a mask, and which occur at all.
  private struct Thirds {
    var lower = [Int](repeating: 0, count: 256)
    var upper = [Int](repeating: 0, count: 256)
    var all: Set<Int> = []

    init(_ map: LabelMap) {
      for y in stride(from: 0, to: map.height, by: 2) {
        for x in stride(from: y / 2 % 2, to: map.width, by: 2) {
          let label = Int(map[x: x, y: y])
          all.insert(label)
          if 3 * y >= 2 * map.height { lower[label] += 1 } else if 3 * y < map.height { upper[label] += 1 }
        }
      }
      lower[Int(ignoreLabel)] = 0
      upper[Int(ignoreLabel)] = 0
    }
  }

  /// Masks to look at, evenly spread over the set.
  private static let sample = 24

  private let specification: DataSpecification

  init(_ specification: DataSpecification) { self.specification = specification }

  /// The label set of the masks: the given one where they hold nothing else, or the one they look like.
  ///
  /// A given one that the masks clearly do not look like is believed, and a note says so.
  ///
  /// - Throws: `TrainingError.data` when it does not fit, or cannot be told.
  func masks(_ pairs: [PicturePair], given: ClassList?) throws(TrainingError) -> FolderFormat.Masks {
    var votes: [String: [String]] = [:]
    var versions: [Version] = []
    for name in ["carla-0.8", "carla-0.9", "carla-0.9.14"] { versions.append(try Version(name)) }
    for place in stride(from: 0, to: pairs.count, by: max(1, pairs.count / Self.sample)) {
      // A mask that cannot be read is named when its turn comes.
      guard let map = try? ImageFile.readRed(pairs[place].mask) else { continue }
      let mask = Thirds(map)
      if let given, let unknown = mask.all.filter({ given.table[$0] == nil }).min() {
        throw .data(
          path: pairs[place].mask, reason: "holds label \(unknown), which \(given.name) does not know; \(advice)")
      }
      do throws(TrainingError) {
        votes[try vote(mask, versions, path: pairs[place].mask), default: []].append(pairs[place].mask)
      } catch {
        // A list of the user's own may know other labels.
        if given == nil { throw error }
      }
    }
    if let given {
      return FolderFormat.Masks(
        list: given, form: .red(given.table),
        notes: ["labels of \(given.name)" + doubt(about: given, votes, path: pairs[0].mask)])
    }
    let name = try decide(votes, path: pairs[0].mask)
    guard let version = versions.first(where: { $0.list.name == name }) else { preconditionFailure("a vote for none") }
    return FolderFormat.Masks(
      list: version.list, form: .red(version.table), notes: ["labels of \(name), found out from the masks"])
  }

  /// Says what the masks look like where that is clearly another numbering than the given one's.
  private func doubt(about given: ClassList, _ votes: [String: [String]], path: String) -> String {
    // Masks that cannot be told contradict nobody.
    guard given.name.hasPrefix("carla-"), let seen = try? decide(votes, path: path),
      seen.hasSuffix("14") != given.name.hasSuffix("14")
    else { return "" }
    return " as given, but the masks look like \(seen)"
  }

  private var advice: String {
    let split = specification.split.isEmpty ? "" : ":" + specification.split
    return "give the version: carla@0.8:\(specification.path)\(split), or carla@0.9, or carla@0.9.14"
  }

  /// The version that a mask looks like; of equals the older one, which 0.9 before 0.9.10 shares with 0.8.
  private func vote(_ mask: Thirds, _ versions: [Version], path: String) throws(TrainingError) -> String {
    let rated = versions.compactMap { version in version.likelihood(mask).map { (version.list.name, $0) } }
    guard let best = rated.max(by: { $0.1 < $1.1 }) else {
      let unknown = mask.all.filter { label in versions.allSatisfy { $0.table[label] == nil } }.min() ?? 0
      throw .data(path: path, reason: "holds label \(unknown), which no version of CARLA knows")
    }
    // A picture in which little lies where it should says nothing.
    let second = rated.filter { $0.0.hasSuffix("14") != best.0.hasSuffix("14") }.map(\.1).max() ?? 0
    return best.1 - second < 0.15 ? "" : best.0
  }

  /// One version from the votes of all masks: 0.8 and 0.9 agree where the newer tags are not in sight.
  private func decide(_ votes: [String: [String]], path: String) throws(TrainingError) -> String {
    let clear = votes.filter { !$0.key.isEmpty }
    let old = (clear["carla-0.8"] ?? []) + (clear["carla-0.9"] ?? [])
    let new = clear["carla-0.9.14"] ?? []
    if let one = old.first, let other = new.first {
      throw .data(
        path: one, reason: "looks like labels of CARLA before 0.9.14, but \(other) like later ones; \(advice)")
    }
    guard !clear.isEmpty else {
      throw .data(path: path, reason: "does not tell its version of CARLA's labels, nor do the others; \(advice)")
    }
    return !new.isEmpty ? "carla-0.9.14" : clear["carla-0.9"] != nil ? "carla-0.9" : "carla-0.8"
  }
}
