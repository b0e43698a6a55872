import Synchronization
import Tensors
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8]) func everyRowIsDoneOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    #expect(pool.threadCount == threads)
    for (rows, grain) in [(0..<1, 1), (0..<100, 1), (3..<101, 7), (5..<5, 2), (0..<4, 100)] {
      let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 128)
      defer { counts.deallocate() }
      counts.initialize(repeating: 0)
      nonisolated(unsafe) let shared = counts  // disjoint rows
      pool.run(rows: rows, grain: grain) { range in
        #expect(range.count <= grain && (range.lowerBound - rows.lowerBound) % grain == 0)
        for row in range { shared[row] += 1 }
      }
      for row in counts.indices { #expect(counts[row] == (rows.contains(row) ? 1 : 0)) }
    }
  }

  @Test func grainsAreWholeMultiplesAndEnoughForAll() {
    #expect(RowTask.grain(rows: 256, threads: 2) == 32)
    #expect(RowTask.grain(rows: 16, threads: 8) == 2)
    #expect(RowTask.grain(rows: 100, threads: 2, multiple: 8) == 8)
    #expect(RowTask.grain(rows: 37, threads: 1) == 37)
  }

  @Test func aTaskRunsAgainAndAgain() {
    let pool = WorkerPool(threads: 2)
    let counter = Counter()
    let task = RowTask(rows: 0..<10, grain: 2) { counter.sum.add($0.count, ordering: .relaxed) }
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
      pool.run(rows: 0..<8, grain: 1) { sum.add($0.lowerBound + task, ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == 20_000 * 28 + 8 * (19_999 * 20_000 / 2))
  }

  @Test func parkedWorkersWakeAndPoolsEnd() async throws {
    for _ in 0..<20 {
      let pool = WorkerPool(threads: 3)
      let rows = Atomic<Int>(0)
      for _ in 0..<3 {
        try await Task.sleep(for: .milliseconds(2))
        pool.run(rows: 0..<64, grain: 2) { rows.add($0.count, ordering: .relaxed) }
      }
      #expect(rows.load(ordering: .relaxed) == 192)
    }
  }
}
