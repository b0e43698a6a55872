// Work that threads share by rows.

/// Rows to do, and what to do with them.
public struct RowTask: @unchecked Sendable {  // `body` is `@Sendable`, or a pool's caller waits for its end
  let rows: Range<Int>
  let grain: Int
  let body: (Range<Int>) -> Void

  /// - Parameters:
  ///   - rows: all rows.
  ///   - grain: rows claimed at once, ≥ 1; every range starts a multiple of `grain` after `rows.lowerBound`.
  ///   - body: called on several threads at the same time, with disjoint ranges.
  public init(rows: Range<Int>, grain: Int, body: @escaping @Sendable (Range<Int>) -> Void) {
    self.init(rows: rows, grain: grain, unchecked: body)
  }

  /// The same for a body that the caller knows to be safe on several threads.
  init(rows: Range<Int>, grain: Int, unchecked body: @escaping (Range<Int>) -> Void) {
    precondition(grain >= 1, "a grain has at least one row, not \(grain)")
    self.rows = rows
    self.grain = grain
    self.body = body
  }

  /// A grain that gives each thread some ranges to even out what its neighbours take, and each range rows enough.
  ///
  /// - Parameters:
  ///   - multiple: what every range but the last is a multiple of; 2 where pooling needs pairs of rows, 8 where a layer's
  ///     weights are large and should meet several rows while they are in the cache.
  public static func grain(rows: Int, threads: Int, multiple: Int = 2) -> Int {
    precondition(
      rows >= 0 && threads >= 1 && multiple >= 1, "\(rows) rows, \(threads) threads, multiples of \(multiple)")
    if threads == 1 { return max(rows, 1) }
    return max(rows / (4 * threads) / multiple, 1) * multiple
  }
}
