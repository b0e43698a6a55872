// Columns that line up.

/// Rows of cells under a head; numbers to the right, words to the left.
struct Table {
  enum Alignment { case left, right }

  private let alignment: [Alignment]
  private var rows: [[String]]

  /// - Parameter columns: the heads, each with the side that its cells keep to.
  init(_ columns: [(head: String, alignment: Alignment)]) {
    alignment = columns.map(\.alignment)
    rows = [columns.map(\.head)]
  }

  mutating func add(_ cells: String...) { add(cells) }

  mutating func add(_ cells: [String]) {
    precondition(cells.count == alignment.count, "\(cells.count) cells for \(alignment.count) columns")
    rows.append(cells)
  }

  /// One line a row, columns two spaces apart.
  var lines: [String] {
    let widths = alignment.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return alignment[column] == .left ? row[column] + space : space + row[column]
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}

/// `12.3 MB`: bytes in the unit that keeps the number short.
func byteText(_ bytes: Int) -> String {
  let units = ["bytes", "kB", "MB", "GB", "TB"]
  var (value, unit) = (Double(bytes), 0)
  while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
  return unit == 0 ? "\(bytes) bytes" : "\(value.formatted(decimals: value < 10 ? 1 : 0)) \(units[unit])"
}
