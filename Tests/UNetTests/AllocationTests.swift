import AllocationCount
import Tensors
import Testing

@testable import UNet

/// In processes of their own, since other tests allocate too and the count is the process's.
@Suite(.enabled(if: allocation_count_works(), "needs glibc without a sanitizer")) struct AllocationTests {
  @Test func aRunAllocatesNothingOnAnyNumberOfThreads() async {
    await #expect(processExitsWith: .success) {
      for threads in [1, 2, 4] { try expectNoAllocation(threads: threads) }
    }
  }

  @Test func whatAllocatesIsCounted() {
    let before = allocation_count()
    let array = [Int](unsafeUninitializedCapacity: 100_000) { _, count in count = 0 }
    #expect(withExtendedLifetime(array) { allocation_count() } > before)
  }
}

/// The least of several runs counts: threads that end or begin allocate once, at a moment of their own.
private func expectNoAllocation(threads: Int) throws {
  let size = InputSize(height: 32, width: 64)
  let model = try quantizedModel(stem: 2, widths: [16, 40, 80], classCount: 5, size: size, seed: 3)
  let network = try Int8Network(model, inputSize: size, threads: threads)
  let picture = randomPicture(size, seed: 4)
  var labels = [UInt8](repeating: 0, count: network.plan.labelSize.pixels)
  let stride = network.plan.labelSize.width
  var least = Int64.max
  for _ in 0..<100 {
    let before = allocation_count()
    network.run(pixels: picture, stride: 4 * size.width, labels: &labels, labelStride: stride)
    least = min(least, allocation_count() - before)
  }
  #if DEBUG
    // Code that is not optimised boxes a value when it hands a layer to the pool.
    let most = Int64(network.plan.layers().count)
  #else
    let most: Int64 = 0
  #endif
  #expect(least <= most, "on \(threads) threads")
}
