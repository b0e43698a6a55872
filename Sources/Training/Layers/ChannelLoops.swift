// Loops over pixels by channel, eight channels at a time.
//
// Channels are multiples of 8 and rows are 32-byte aligned, so a pixel is a whole number of vectors. The channel loop is
// outside where sums are kept (they stay in registers), inside where pixels are rewritten (memory is read in order).

/// Eight channels.
typealias Lanes = SIMD8<Float>

@inline(__always)
func lanes(_ pointer: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Lanes> {
  UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Lanes.self)
}

/// Adds each channel's sum and sum of squares over `count` compact pixels to `sums` `[c]`, `squares` `[c]`.
func addMoments(
  _ pixels: UnsafeMutablePointer<Float>, count: Int, channels: Int, sums: UnsafeMutablePointer<Double>,
  squares: UnsafeMutablePointer<Double>
) {
  let groups = channels / 8
  for group in 0..<groups {
    var sum = Lanes.zero
    var square = Lanes.zero
    var source = lanes(pixels) + group
    for _ in 0..<count {
      let value = source.pointee
      sum += value
      square += value * value
      source += groups
    }
    for lane in 0..<8 {
      sums[8 * group + lane] += Double(sum[lane])
      squares[8 * group + lane] += Double(square[lane])
    }
  }
}

/// `out = max(0, in · scale + shift)` by channel, over a row of `count` pixels.
func normalizeRow(
  _ input: UnsafeMutablePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int, channels: Int,
  scale: UnsafeMutablePointer<Float>, shift: UnsafeMutablePointer<Float>
) {
  let groups = channels / 8
  let (source, target, scales, shifts) = (lanes(input), lanes(output), lanes(scale), lanes(shift))
  for pixel in 0..<count {
    for group in 0..<groups {
      let value = source[pixel * groups + group] * scales[group] + shifts[group]
      target[pixel * groups + group] = value.replacing(with: 0, where: value .< 0)
    }
  }
}

/// Zeroes the gradient where the ReLU was closed, and adds Σ dz and Σ dz·y by channel to `sums`, `products`.
///
/// - Parameters:
///   - gradient: f32 `[count, c]`, by the activation; becomes dz, by the norm's output.
///   - values: y, f32 `[count, c]`, the norm's input.
func closeGradient(
  _ gradient: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>, count: Int, channels: Int,
  scale: UnsafeMutablePointer<Float>, shift: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Double>,
  products: UnsafeMutablePointer<Double>
) {
  let groups = channels / 8
  for group in 0..<groups {
    let (scales, shifts) = (lanes(scale)[group], lanes(shift)[group])
    var sum = Lanes.zero
    var product = Lanes.zero
    var (target, source) = (lanes(gradient) + group, lanes(values) + group)
    for _ in 0..<count {
      let value = source.pointee
      let open = target.pointee.replacing(with: 0, where: value * scales + shifts .<= 0)
      sum += open
      product += open * value
      target.pointee = open
      target += groups
      source += groups
    }
    for lane in 0..<8 {
      sums[8 * group + lane] += Double(sum[lane])
      products[8 * group + lane] += Double(product[lane])
    }
  }
}

/// `out = dz · a + y · b + c` by channel, over a row of `count` pixels: the norm's gradient by its input.
func combineRow(
  _ gradient: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>, to output: UnsafeMutablePointer<Float>,
  count: Int, channels: Int,
  factors: (a: UnsafeMutablePointer<Float>, b: UnsafeMutablePointer<Float>, c: UnsafeMutablePointer<Float>)
) {
  let groups = channels / 8
  let (a, b, c) = (lanes(factors.a), lanes(factors.b), lanes(factors.c))
  let (source, value, target) = (lanes(gradient), lanes(values), lanes(output))
  for pixel in 0..<count {
    let at = pixel * groups
    for group in 0..<groups {
      target[at + group] = source[at + group] * a[group] + value[at + group] * b[group] + c[group]
    }
  }
}
