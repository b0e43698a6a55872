import AllocationCount
import Tensors
import Testing

@testable import UNet

/// Serialized, and still other suites allocate meanwhile: the least of many runs counts.
@Suite(.serialized) struct AllocationTests {
  @Test(.enabled(if: allocation_count_works(), "needs glibc without a sanitizer"), arguments: [1, 2, 4])
  func aRunAllocatesNothingOnAnyNumberOfThreads(threads: Int) throws {
    let size = InputSize(height: 32, width: 64)
    let model = try quantizedModel(stem: 2, widths: [16, 40, 80], classCount: 5, size: size, seed: 3)
    let network = try Int8Network(model, inputSize: size, threads: threads)
    let picture = randomPicture(size, seed: 4)
    var labels = [UInt8](repeating: 0, count: network.plan.labelSize.pixels)
    let stride = network.plan.labelSize.width
    var least = Int64.max
    for _ in 0..<500 {
      let before = allocation_count()
      network.run(pixels: picture, stride: 4 * size.width, labels: &labels, labelStride: stride)
      least = min(least, allocation_count() - before)
    }
    #if DEBUG
      // Code that is not optimised boxes a value when it hands a layer to the pool.
      #expect(least <= Int64(network.plan.layers().count))
    #else
      #expect(least == 0)
    #endif
  }

  @Test(.enabled(if: allocation_count_works(), "needs glibc without a sanitizer"))
  func whatAllocatesIsCounted() {
    let before = allocation_count()
    let array = [Int](unsafeUninitializedCapacity: 100_000) { _, count in count = 0 }
    #expect(withExtendedLifetime(array) { allocation_count() } > before)
  }
}
