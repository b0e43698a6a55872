// The checks of the frame path's loops.
import CKernels

enum FrameCases {
  private static let counts = [0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 130, 1000]

  static func checkBlend8(in run: inout CheckRun) {
    for count in counts + counts + counts {
      let table = BlendCase(maximum: 255, &run.random)
      let (labels, source) = (labels(count, &run.random), GuardedBuffer(byteCount: count))
      run.random.fill(source.bytes)
      let (expected, actual) = (GuardedBuffer(byteCount: count), GuardedBuffer(byteCount: count))
      for (kernels, output) in [(run.reference, expected), (run.table, actual)] {
        kernels.blend_row_u8(
          output.base.assumingMemoryBound(to: UInt8.self), source.base.assumingMemoryBound(to: UInt8.self),
          labels.base.assumingMemoryBound(to: UInt8.self), table.keep, table.add, count)
      }
      run.note(actual.firstDifference(from: expected).map { "\(count) samples: sample \($0) differs" })
    }
  }

  static func checkBlend16(in run: inout CheckRun) {
    // Samples of 10 bits, and of all 16.
    for (count, most) in counts.flatMap({ [($0, 1023), ($0, 65535)] as [(Int, UInt64)] }) {
      let table = BlendCase(maximum: most, &run.random)
      let (labels, source) = (labels(count, &run.random), GuardedBuffer(byteCount: 2 * count))
      let samples = source.base.bindMemory(to: UInt16.self, capacity: count)
      for i in 0..<count { samples[i] = UInt16(run.random.next() % (most + 1)) }
      let (expected, actual) = (GuardedBuffer(byteCount: 2 * count), GuardedBuffer(byteCount: 2 * count))
      for (kernels, output) in [(run.reference, expected), (run.table, actual)] {
        kernels.blend_row_u16(
          output.base.assumingMemoryBound(to: UInt16.self), samples, labels.base.assumingMemoryBound(to: UInt8.self),
          table.keep, table.add, count)
      }
      run.note(actual.firstDifference(from: expected).map { "\(count) samples: sample \($0 / 2) differs" })
    }
  }

  static func checkCount(in run: inout CheckRun) {
    for count in counts {
      let labels = labels(count, &run.random)
      var expected = [UInt32](repeating: 3, count: 256)
      var actual = expected
      run.reference.count_labels(&expected, labels.base.assumingMemoryBound(to: UInt8.self), count)
      run.table.count_labels(&actual, labels.base.assumingMemoryBound(to: UInt8.self), count)
      run.note(actual == expected ? nil : "\(count) labels: the counts differ")
    }
  }

  /// Runs of few labels, as in pictures; longer runs of any; labels below 64; and all 256.
  private static func labels(_ count: Int, _ random: inout SplitMix64) -> GuardedBuffer {
    let buffer = GuardedBuffer(byteCount: count)
    let bytes = buffer.bytes
    random.fill(bytes)
    switch random.next() % 4 {
    case 0: for i in bytes.indices { bytes[i] = bytes[i / 7 * 7] % 3 }
    case 1: for i in bytes.indices { bytes[i] = bytes[i / 40 * 40] }
    case 2: for i in bytes.indices { bytes[i] %= 64 }
    default: break
    }
    return buffer
  }

  /// A random blend for each label; some labels leave the sample as it is.
  private struct BlendCase {
    var keep = [UInt16](repeating: 256, count: 256)
    var add = [UInt32](repeating: 128, count: 256)

    init(maximum: UInt64, _ random: inout SplitMix64) {
      for label in keep.indices where label % 4 != 3 {
        let alpha = UInt32(random.next() % 257)
        keep[label] = UInt16(256 - alpha)
        add[label] = UInt32(random.next() % (maximum + 1)) * alpha + 128
      }
    }
  }
}
