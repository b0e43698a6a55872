// How many rows a thread takes at once.

/// The rows claimed at once, so that all threads end together and none that is held up holds up much.
///
/// Of the grains that give each thread two to eight turns, the one whose longest thread has the fewest rows, and the
/// largest among equals. With few rows a thread may have a single turn.
///
/// - Parameters:
///   - rows: rows of the layer, even when `even`.
///   - even: whether ranges must begin and end on even rows.
func rowGrain(rows: Int, threads: Int, even: Bool) -> Int {
  guard threads > 1 else { return rows }
  let unit = even ? 2 : 1
  var best = (longest: Int.max, grain: rows)
  for grain in Swift.stride(from: unit, through: rows, by: unit) {
    let turns = (rows + grain - 1) / grain
    let isSmallest = grain == unit
    guard (2 * threads...8 * threads).contains(turns) || isSmallest && turns <= 8 * threads else { continue }
    let longest = (turns + threads - 1) / threads * grain
    if longest <= best.longest { best = (longest, grain) }
  }
  return best.grain
}
