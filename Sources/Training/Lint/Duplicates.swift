// Photographs that appear twice.

/// Finds pictures that show the same, by fingerprints.
enum Duplicates {
  /// Two pictures by their places in two lists.
  struct Match: Sendable, Hashable {
    let first, second: Int
    let correlation: Double
  }

  /// For each picture of `second` the likest one of `first` that differs by no more than a few pixels or a moment.
  ///
  /// - Complexity: O(first · second) exclusive-ors of 64 bits, a closer look at few.
  static func across(_ first: [Fingerprint], _ second: [Fingerprint]) -> [Match] {
    let hashes = first.map(\.hash)
    return second.indices.compactMap { place in
      let wanted = second[place]
      var best: Match?
      for (candidate, hash) in hashes.enumerated() where (hash ^ wanted.hash).nonzeroBitCount <= 14 {
        let correlation = first[candidate].correlation(with: wanted)
        if correlation >= 0.98, correlation > best?.correlation ?? 0 {
          best = Match(first: candidate, second: place, correlation: correlation)
        }
      }
      return best
    }
  }

  /// Pictures that equal an earlier one of the same list in every grey value, with that one.
  static func within(_ prints: [Fingerprint]) -> [Match] {
    var seen: [[UInt8]: Int] = [:]
    return prints.indices.compactMap { place in
      let values = prints[place].grid.values
      guard let earlier = seen[values] else {
        seen[values] = place
        return nil
      }
      return Match(first: earlier, second: place, correlation: 1)
    }
  }
}
