// One pair of rows for training's passes over pixels.
import CKernels
import Tensors

/// Rows of numbers in guarded memory, to be run through any pass of any tier.
struct NormCase: CustomStringConvertible {
  enum Pass: String, Sendable, CaseIterable {
    case forward, forwardPool, unpool, moments, sums, backward, close, drop, widen, narrow

    /// Whether rows have an even number of pixels.
    var takesPairs: Bool { self == .forwardPool || self == .unpool }
  }

  private let pixels, channels: Int
  private let real: RealType
  /// Rows `[pixels, channels]`: results of a convolution, and gradients.
  private let y, gradient: [GuardedBuffer]
  /// `[pixels / 2, channels]`: the gradient of a pooled row.
  private let pooled: GuardedBuffer
  /// f32 `[pixels, channels]`.
  private let floats: GuardedBuffer
  /// f32 `[2 · channels]`, all channels twice: scale, shift, and the three of the gradient by y.
  private let factors: [GuardedBuffer]
  /// f64 `[2, channels]`.
  private let sums: GuardedBuffer
  private let key: UInt32

  init(pixels: Int, channels: Int, _ real: RealType, _ random: inout SplitMix64) {
    (self.pixels, self.channels, self.real) = (pixels, channels, real)
    key = UInt32(truncatingIfNeeded: random.next())
    // Quarters come out equal often, which is what maxima and ReLUs at 0 are about; others round.
    let isCoarse = random.next() % 2 == 0
    let numbers = (0..<997).map { _ in
      isCoarse ? Float(Int.random(in: -8...8, using: &random)) / 4 : Float.random(in: -2...2, using: &random)
    }
    var place = 0
    func row(_ count: Int, _ real: RealType) -> GuardedBuffer {
      let buffer = GuardedBuffer(byteCount: count * real.byteCount)
      for i in 0..<count {
        place = (place + 1) % numbers.count
        if real == .f32 {
          buffer.base.storeBytes(of: numbers[place], toByteOffset: 4 * i, as: Float.self)
        } else {
          buffer.base.storeBytes(of: ck_bf16(numbers[place]), toByteOffset: 2 * i, as: UInt16.self)
        }
      }
      return buffer
    }
    y = (0..<2).map { _ in row(pixels * channels, real) }
    gradient = (0..<2).map { _ in row(pixels * channels, real) }
    pooled = row(pixels / 2 * channels, real)
    floats = row(pixels * channels, .f32)
    factors = (0..<5).map { _ in
      let once = row(channels, .f32)
      let twice = GuardedBuffer(byteCount: 2 * once.byteCount)
      for half in 0..<2 { (twice.base + half * once.byteCount).copyMemory(from: once.base, byteCount: once.byteCount) }
      return twice
    }
    sums = GuardedBuffer(byteCount: 2 * channels * 8)
    for i in 0..<2 * channels { sums.base.storeBytes(of: Double(numbers[i]), toByteOffset: 8 * i, as: Double.self) }
  }

  var description: String { "\(pixels)x\(channels)" }

  /// What a pass writes: new rows, or copies of those that it changes.
  func outcome(of pass: Pass, _ passes: NormPasses) -> [GuardedBuffer] {
    let (size, count) = ((pixels: pixels, channels: channels), pixels * channels)
    let slopes = factors.map { UnsafePointer($0.base.assumingMemoryBound(to: Float.self)) }
    let norm = NormPasses.Factors(scale: slopes[0], shift: slopes[1])
    let (rows, changed) = ([empty(y[0]), empty(y[1])], gradient.map(\.copy))
    let (half, total) = (empty(pooled), sums.copy)
    let totals = total.base.assumingMemoryBound(to: Double.self)
    switch pass {
    case .forward:
      passes.normalize(y[0].base, to: rows[0].base, size, norm)
      return [rows[0]]
    case .forwardPool:
      passes.normalizeAndPool(pair(y), to: pair(rows), pooled: half.base, size, norm)
      return rows + [half]
    case .unpool:
      passes.unpool(pooled.base, into: pair(changed), y: pair(y), size, norm)
      return changed
    case .moments:
      passes.addMoments(of: y[0].base, size, to: totals)
      return [total]
    case .sums:
      passes.addGradientSums(gradient[0].base, y: y[0].base, size, norm, to: totals)
      return [total]
    case .backward:
      passes.combine(changed[0].base, y: y[0].base, size, norm, a: slopes[2], b: slopes[3], c: slopes[4])
      return [changed[0]]
    case .close:
      passes.close(changed[0].base, where: y[0].base, count: count)
      return [changed[0]]
    case .drop:
      passes.drop(changed[0].base, count: count, key: key, first: key / 3, threshold: .max / 4, scale: 4 / 3)
      return [changed[0]]
    case .widen:
      let wide = empty(floats)
      passes.widen(y[0].base, to: wide.base.assumingMemoryBound(to: Float.self), count: count)
      return [wide]
    case .narrow:
      passes.narrow(floats.base.assumingMemoryBound(to: Float.self), to: rows[0].base, count: count)
      return [rows[0]]
    }
  }

  private func empty(_ buffer: GuardedBuffer) -> GuardedBuffer { GuardedBuffer(byteCount: buffer.byteCount) }

  private func pair(_ rows: [GuardedBuffer]) -> RowPair { RowPair(rows[0].base, rows[1].base) }
}

extension GuardedBuffer {
  /// The same bytes in other memory.
  fileprivate var copy: GuardedBuffer {
    let copy = GuardedBuffer(byteCount: byteCount)
    copy.base.copyMemory(from: base, byteCount: byteCount)
    return copy
  }
}
