// What somebody may have meant who wrote a name that is none.

/// Finds the known name that an unknown one resembles.
public enum NearestName {
  /// The nearest of `known` in letters to insert, remove, replace or swap; nil when none is near.
  public static func find(_ name: String, among known: [String]) -> String? {
    let nearest = known.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= max(2, nearest.name.count / 2) else { return nil }
    return nearest.name
  }

  /// `adamw, sgd; 'adamm' is most like adamw`
  public static func text(unknown: String, known: [String]) -> String {
    let list = known.joined(separator: ", ")
    return find(unknown, among: known).map { "\(list); '\(unknown)' is most like \($0)" } ?? "\(list), not '\(unknown)'"
  }

  /// - Source: Damerau 1964, as optimal string alignment.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased().prefix(80)), Array(b.lowercased().prefix(80)))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
