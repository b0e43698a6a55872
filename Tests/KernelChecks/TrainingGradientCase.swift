// The checks of the gradients by the weights.
import CKernels
import Tensors

/// One layer with a gradient, to be run by two tables.
struct TrainingGradientCase {
  private let data: TrainingData
  private let gradient: GuardedBatch
  /// The rows, in one piece or in two of which the second adds.
  private let pieces: [Range<Int>]
  /// Whether outputs are done block by block, as several threads do them.
  private let isSplit: Bool

  init(_ data: TrainingData, _ random: inout SplitMix64) {
    self.data = data
    let (shape, factor) = (data.shape, data.shape.factors.destination)
    let real = data.real == CK_REAL_F32 ? data.resultReal : CK_REAL_BF16
    gradient = GuardedBatch(
      real, pictures: shape.pictures, height: factor * shape.height, width: factor * shape.width,
      channels: shape.layer.outputs[0])
    var numbers = RandomNumbers(in: -1...1, &random)
    gradient.fill { numbers.next() }
    let count = shape.pictures * shape.height
    pieces = random.next() % 2 == 0 ? [0..<count] : [0..<count / 2, count / 2..<count]
    isSplit = random.next() % 2 == 0
  }

  /// How `table` differs from `reference` beyond the bound, or nil.
  func failure(_ table: ck_train_table, _ reference: ck_train_table) -> String? {
    let actual = part(of: table, data.sources, gradient)
    let expected = part(of: reference, data.sources, gradient)
    let sizes = part(of: reference, data.sources.map { $0.magnitudes() }, gradient.magnitudes())
    let count = data.shape.pictures * data.shape.height * data.shape.width
    let isWinograd = data.isWinograd(table)
    let factor = 2 * Float(count + (isWinograd ? 72 : 2)) * 0x1p-24 + data.rounding(isWinograd)
    for i in expected.indices {
      let size = isWinograd ? 16 * Float(count) : sizes[i]  // inputs and gradients are within -1...1
      if abs(actual[i] - expected[i]) <= factor * size { continue }
      return "\(actual[i]) is not \(expected[i]) at weight \(i) of \(expected.count), of size \(size)"
    }
    return isWinograd ? roughness(zip(actual, expected), limit: data.real == CK_REAL_BF16 ? 0x1p-7 : 0x1p-17) : nil
  }

  private func part(of table: ck_train_table, _ sources: [GuardedBatch], _ gradient: GuardedBatch) -> [Float] {
    var layer = data.shape.layer.layer
    let outputs = data.shape.layer.outputs[0]
    let part = GuardedBuffer(byteCount: 4 * data.shape.layer.weightCount, alignment: 4)
    let scratch = GuardedBuffer(
      byteCount: table.gradient_scratch_size(&layer, Int32(data.shape.width)), alignment: 64)
    let block = isSplit ? Int(table.gradient_block(&layer)) : outputs
    for (index, rows) in pieces.enumerated() {
      for first in stride(from: 0, to: outputs, by: block) {
        var args = ck_train_gradient_args()
        args.layer = layer
        args.src = (sources[0].batch, sources[sources.count - 1].batch)
        args.gradient = gradient.batch
        args.part = part.base.assumingMemoryBound(to: Float.self)
        args.adds = index > 0
        (args.row_begin, args.row_end) = (Int32(rows.lowerBound), Int32(rows.upperBound))
        (args.channel_begin, args.channel_end) = (Int32(first), Int32(min(first + block, outputs)))
        args.scratch = scratch.base
        table.weight_gradient(&args)
      }
    }
    return Array(part.bytes.bindMemory(to: Float.self))
  }
}
