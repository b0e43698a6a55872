// Names of photographs and masks that differ in the word which says what a file is.
import Foundation

/// Finds what `10452_sat_08` and `10452_mask_08`, or `0001TP_006690` and `0001TP_006690_L`, have in common.
enum PairNames {
  private static let imageWords: Set = ["sat", "image", "img", "photo", "rgb"]
  private static let maskWords: Set = ["mask", "masks", "label", "labels", "gt", "seg", "l"]

  /// Gives files without a partner of the same name, which are one photograph and one mask but for such a word, the name
  /// that they have in common. Files are by name; those with a partner, and those that several would fit, stay as they are.
  static func unify(_ images: inout [String: String], _ masks: inout [String: String]) {
    let imageNames = names(of: images.keys.filter { masks[$0] == nil }, without: imageWords)
    let maskNames = names(of: masks.keys.filter { images[$0] == nil }, without: maskWords)
    for (common, name) in imageNames {
      guard let maskName = maskNames[common] else { continue }
      images[common] = images.removeValue(forKey: name)
      masks[common] = masks.removeValue(forKey: maskName)
    }
  }

  /// Names by what is left of them, where only one leaves that.
  private static func names(of names: [String], without words: Set<String>) -> [String: String] {
    let groups = Dictionary(grouping: names) { name in
      let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
      let parts = name.dropFirst(folder.count).split(separator: "_", omittingEmptySubsequences: false)
      return folder + parts.filter { !words.contains($0.lowercased()) }.joined(separator: "_")
    }
    return groups.filter { $1.count == 1 }.compactMapValues(\.first)
  }
}
