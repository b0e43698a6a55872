// The checks of the training convolutions.
import CKernels
import Foundation
import Tensors

/// One layer with data, to be run by two tables.
struct TrainingCase {
  private let data: TrainingData
  private let rows: Range<Int>
  private let hasBias, rectifies: Bool

  init(_ data: TrainingData, _ random: inout SplitMix64) {
    self.data = data
    let count = data.shape.pictures * data.shape.height
    rows = random.next() % 2 == 0 ? 0..<count : count / 2..<count
    hasBias = random.next() % 2 == 0
    rectifies = random.next() % 3 == 0
  }

  /// What a table computed.
  private struct Outcome {
    var destinations: [GuardedBatch]
    var moments: [Double]
  }

  /// How `table` differs from `reference` beyond the bound, or nil.
  func failure(_ table: ck_train_table, _ reference: ck_train_table) -> String? {
    let actual = outcome(of: table, data.sources, data.weights, data.bias, rectifies: rectifies, data.resultReal)
    let expected = outcome(of: reference, data.sources, data.weights, data.bias, rectifies: rectifies, data.resultReal)
    // The sums of all products' magnitudes are what the reference makes of magnitudes.
    let sizes = outcome(
      of: reference, data.sources.map { $0.magnitudes() }, data.weights.map(abs), data.bias.map(abs), rectifies: false,
      CK_REAL_F32)
    let isWinograd = data.isWinograd(table)
    let factor = data.shape.factors.destination
    let written = factor * rows.lowerBound..<factor * rows.upperBound
    for (index, destination) in actual.destinations.enumerated() {
      if !destination.isUntouched(outside: written) { return "writes outside of its rows" }
      for r in written {
        for i in 0..<destination.rowCount {
          let (a, e) = (destination.value(r, i), expected.destinations[index].value(r, i))
          let size = isWinograd ? Float(largest) : sizes.destinations[index].value(r, i)
          if !(abs(a - e) <= bound(size, e, isWinograd: isWinograd)) {
            return "\(a) is not \(e) at row \(r), number \(i), of size \(size)"
          }
        }
      }
    }
    if isWinograd {
      let pairs = zip(actual.destinations, expected.destinations).flatMap { a, e in
        written.flatMap { r in (0..<a.rowCount).map { (a.value(r, $0), e.value(r, $0)) } }
      }
      let limit = data.resultReal == CK_REAL_BF16 || data.real == CK_REAL_BF16 ? 0x1p-7 : 0x1p-17
      if let failure = roughness(pairs, limit: limit) { return failure }
    }
    return momentFailure(actual.moments, expected.moments, sizes: sizes.moments, isWinograd: isWinograd)
  }

  /// What a result can be: inputs, weights and bias are within -1...1.
  private var largest: Int { data.shape.depth + 1 }

  /// The header's bound: two roundings for each product, and one of the result.
  private func bound(_ size: Float, _ value: Float, isWinograd: Bool) -> Float {
    (2 * Float(data.shape.depth + (isWinograd ? 72 : 2)) * 0x1p-24 + data.rounding(isWinograd)) * size
      + (data.resultReal == CK_REAL_BF16 ? abs(value) * 0x1p-7 : 0)
  }

  /// Sums over pixels have the results' errors and those of single precision along a row, or over many tiles.
  private func momentFailure(
    _ actual: [Double], _ expected: [Double], sizes: [Double], isWinograd: Bool
  ) -> String? {
    let width = isWinograd ? 192 : data.shape.factors.destination * data.shape.width
    let part = Double(2 * (data.shape.depth + 2) + width) * 0x1p-23 + 2 * Double(data.rounding(isWinograd))
    for (i, (a, e)) in zip(actual, expected).enumerated() where !(abs(a - e) <= part * sizes[i]) {
      return "moment \(i) of \(actual.count) is \(a), not \(e)"
    }
    return nil
  }

  private func outcome(
    of table: ck_train_table, _ sources: [GuardedBatch], _ weights: [Float], _ bias: [Float], rectifies: Bool,
    _ real: ck_real
  ) -> Outcome {
    let (shape, factor) = (data.shape, data.shape.factors.destination)
    var layer = shape.layer.layer
    let packed = GuardedBuffer(byteCount: table.packed_size(&layer), alignment: 64)
    for block in 0..<table.block_count(&layer) { table.pack(packed.base, weights, &layer, block, block + 1) }
    let scratch = GuardedBuffer(byteCount: table.convolve_scratch_size(&layer), alignment: 64)
    let destinations = shape.layer.outputs.map {
      GuardedBatch(
        real, pictures: shape.pictures, height: factor * shape.height, width: factor * shape.width, channels: $0)
    }
    var moments = [Double](repeating: 0, count: 2 * bias.count)
    bias.withUnsafeBufferPointer { bias in
      moments.withUnsafeMutableBufferPointer { moments in
        var args = ck_train_args()
        args.layer = layer
        args.weights = UnsafeRawPointer(packed.base)
        args.bias = hasBias ? bias.baseAddress : nil
        args.src = (sources[0].batch, sources[sources.count - 1].batch)
        args.dst = (destinations[0].batch, destinations[destinations.count - 1].batch)
        args.rectifies = rectifies
        args.moments = moments.baseAddress
        (args.row_begin, args.row_end) = (Int32(rows.lowerBound), Int32(rows.upperBound))
        args.scratch = UnsafeMutableRawPointer(scratch.base)
        table.convolve(&args)
      }
    }
    return Outcome(destinations: destinations, moments: moments)
  }
}

extension TrainingData {
  /// Whether a table computes the layer in Winograd's form.
  func isWinograd(_ table: ck_train_table) -> Bool {
    var layer = shape.layer.layer
    return table.convolve_scratch_size(&layer) > 0
  }

  /// What the rounding to bf16 after a transform can do to each product.
  func rounding(_ isWinograd: Bool) -> Float { isWinograd && real == CK_REAL_BF16 ? 9 * 0x1p-8 : 0 }
}

/// What is wrong with many results together: their errors are far smaller than the bound of each in Winograd's form.
///
/// - Parameter limit: the errors' root mean square as a share of the results'.
func roughness(_ pairs: some Sequence<(Float, Float)>, limit: Double) -> String? {
  var (error, size) = (0.0, 0.0)
  for (actual, expected) in pairs {
    error += pow(Double(actual - expected), 2)
    size += pow(Double(expected), 2)
  }
  let share = (error / max(size, 1e-30)).squareRoot()
  return share <= limit ? nil : "errors are \(share) of the results"
}
