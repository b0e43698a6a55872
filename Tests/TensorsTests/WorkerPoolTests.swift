import Synchronization
import Testing

@testable import Tensors

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8]) func everyPieceIsDoneOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    #expect(pool.threadCount == threads)
    for (rows, unit, blocks) in [
      (0..<1, 1, 1), (0..<100, 1, 1), (3..<101, 7, 1), (5..<5, 2, 3), (0..<11, 2, 4), (2..<9, 9, 3),
    ] {
      let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 512)
      defer { counts.deallocate() }
      counts.initialize(repeating: 0)
      nonisolated(unsafe) let shared = counts  // disjoint pieces
      pool.run(rows: rows, unit: unit, blocks: blocks) { range, taken in
        #expect((range.lowerBound - rows.lowerBound) % unit == 0)
        #expect(range.count % unit == 0 || range.upperBound == rows.upperBound)
        for block in taken { for row in range { shared[128 * block + row] += 1 } }
      }
      for place in counts.indices {
        let isAsked = place / 128 < blocks && rows.contains(place % 128)
        #expect(counts[place] == (isAsked ? 1 : 0))
      }
    }
  }

  @Test func claimsShrinkTowardsTheEndAndKeepToTheirBlock() {
    let task = RowTask(rows: 0..<22, unit: 2, blocks: 3) { _, _ in }
    var (start, sizes) = (0, [Int]())
    while start < 33 {
      let end = task.claimEnd(from: start, threads: 2)
      #expect(end > start && (end - 1) / 11 == start / 11)
      sizes.append(end - start)
      start = end
    }
    #expect(start == 33)
    #expect(sizes.first == 8 && sizes.suffix(3) == [1, 1, 1])
  }

  @Test func aTaskRunsAgainAndAgain() {
    let pool = WorkerPool(threads: 2)
    let counter = Counter()
    let task = RowTask(rows: 0..<10, unit: 2) { rows, _ in
      counter.sum.add(rows.count, ordering: .relaxed)
    }
    for _ in 0..<100 { pool.run(task) }
    #expect(counter.sum.load(ordering: .relaxed) == 1000)
  }

  private final class Counter: Sendable {
    let sum = Atomic<Int>(0)
  }

  @Test func thousandsOfShortTasksFollowEachOther() {
    let pool = WorkerPool(threads: 4)
    let sum = Atomic<Int>(0)
    for task in 0..<20_000 {
      pool.run(rows: 0..<8) { rows, _ in
        for row in rows { sum.add(row + task, ordering: .relaxed) }
      }
    }
    #expect(sum.load(ordering: .relaxed) == 20_000 * 28 + 8 * (19_999 * 20_000 / 2))
  }

  @Test func parkedWorkersWakeAndPoolsEnd() async throws {
    for _ in 0..<20 {
      let pool = WorkerPool(threads: 3)
      let rows = Atomic<Int>(0)
      for _ in 0..<3 {
        try await Task.sleep(for: .milliseconds(2))
        pool.run(rows: 0..<64, unit: 2) { range, _ in rows.add(range.count, ordering: .relaxed) }
      }
      #expect(rows.load(ordering: .relaxed) == 192)
    }
  }
}
