// train+val@1,3: folders of a data set, and drives in them.
import Settings

/// One part of a split: a folder, and which of its drives.
struct SplitFolder: Sendable, Hashable {
  /// Below the data set's folder; empty for itself.
  let folder: String
  /// Drives to take, or to leave out; empty for all.
  let drives: [String]
  let leavesOut: Bool

  /// The parts of a split such as `train+val` or `train@-2,5`.
  static func parts(of split: String) -> [SplitFolder] {
    split.split(separator: "+", omittingEmptySubsequences: false).map { part in
      let halves = part.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let names = halves.count > 1 ? halves[1] : ""
      let leavesOut = names.hasPrefix("-")
      let drives = names.dropFirst(leavesOut ? 1 : 0).split(separator: ",").map(String.init)
      return SplitFolder(folder: halves[0], drives: drives, leavesOut: leavesOut)
    }
  }

  /// The pairs of the drives that are wanted.
  ///
  /// - Throws: `TrainingError.data` for a drive that there is not, and when nothing is left.
  func choose(from pairs: [PicturePair], path: String) throws(TrainingError) -> [PicturePair] {
    guard !drives.isEmpty else { return pairs }
    let known = Set(pairs.map(\.drive)).sorted()
    if let unknown = drives.first(where: { !known.contains($0) }) {
      throw .data(
        path: path, reason: "no drive '\(unknown)'; drives: \(NearestName.text(unknown: unknown, known: known))")
    }
    let left = pairs.filter { drives.contains($0.drive) != leavesOut }
    guard !left.isEmpty else { throw .data(path: path, reason: "no drive is left") }
    return left
  }
}
