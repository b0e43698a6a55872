// Work that threads share by rows and by blocks of channels.

/// Rows and blocks to do, and what to do with them.
///
/// Blocks split what has too few rows for all threads to end together: a layer of 11 rows and 4 blocks of output channels
/// is 44 pieces.
public struct RowTask: @unchecked Sendable {  // `body` is `@Sendable`, or a pool's caller waits for its end
  let rows: Range<Int>
  let unit: Int
  let blocks: Int
  let body: (_ rows: Range<Int>, _ blocks: Range<Int>) -> Void

  /// - Parameters:
  ///   - rows: all rows.
  ///   - unit: rows that stay together, ≥ 1: 2 where pooling needs pairs. Every range starts a multiple of it after
  ///     `rows.lowerBound`.
  ///   - blocks: how many times all rows are to be done, ≥ 1.
  ///   - body: called on several threads at the same time, with disjoint pieces: ranges of rows of one block, or of all
  ///     where there is a single thread.
  public init(
    rows: Range<Int>, unit: Int = 1, blocks: Int = 1,
    body: @escaping @Sendable (_ rows: Range<Int>, _ blocks: Range<Int>) -> Void
  ) {
    self.init(unchecked: body, rows: rows, unit: unit, blocks: blocks)
  }

  /// The same for a body that the caller knows to be safe on several threads.
  init(
    unchecked body: @escaping (_ rows: Range<Int>, _ blocks: Range<Int>) -> Void, rows: Range<Int>, unit: Int,
    blocks: Int
  ) {
    precondition(unit >= 1 && blocks >= 1, "a unit of \(unit) rows, \(blocks) blocks")
    self.rows = rows
    self.unit = unit
    self.blocks = blocks
    self.body = body
  }

  /// Units of one block.
  private var unitsPerBlock: Int { (rows.count + unit - 1) / unit }

  /// Units of all blocks, numbered block by block.
  var unitCount: Int { unitsPerBlock * blocks }

  /// Where the claim that begins with unit `start` ends: a share of what is left, so that all threads end together however
  /// fast each is, and no further than its block.
  func claimEnd(from start: Int, threads: Int) -> Int {
    let share = max(1, (unitCount - start) / (2 * threads))
    return min(start + share, (start / unitsPerBlock + 1) * unitsPerBlock)
  }

  /// Does the units from `start` to `end`, which are of one block.
  func run(from start: Int, to end: Int) {
    let block = start / unitsPerBlock
    let (first, last) = (start - block * unitsPerBlock, end - block * unitsPerBlock)
    let begin = rows.lowerBound + first * unit
    body(begin..<min(rows.lowerBound + last * unit, rows.upperBound), block..<block + 1)
  }
}
