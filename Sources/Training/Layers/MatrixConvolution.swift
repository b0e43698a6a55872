// A convolution as products of window matrices: the plain form.

/// 3×3 windows copied to matrices that OpenBLAS multiplies; f32 only.
///
/// What the kernels are compared with, and what runs where the CPU has none.
final class MatrixConvolution: Convolution {
  private let ends: ConvolutionEnds
  private let windows: WindowSource
  /// Weights turned round for the sources' gradients: f32 `[3, 3, O, I]`, window mirrored both ways.
  private let mirrored: MemoryBlock?
  /// Weight gradients by share.
  private let parts: MemoryBlock?
  let shares: Int

  /// - Parameter backward: the step of the backward pass.
  init(_ ends: ConvolutionEnds, in plan: MemoryPlan, backward: Int) {
    self.ends = ends
    windows = WindowSource(ends.sources.map(\.value), stride: ends.stride)
    shares = shareCount(pixels: ends.result.shape.pixels)
    let bytes = 4 * ends.weight.count
    let isTrained = ends.gradient != nil
    mirrored = isTrained ? plan.reserve(byteCount: bytes, lifetime: backward...backward) : nil
    parts = isTrained ? plan.reserve(byteCount: bytes * shares, lifetime: backward...backward) : nil
  }

  private var outputs: Int { ends.result.shape.c }

  func forward(_ pass: Pass, moments: UnsafeMutablePointer<Double>?) {
    let (columns, outputs) = (windows.columns, outputs)
    let size = chunkPixels(columns: columns)
    let weights = Matrix(pass.parameters + ends.weight.offset, stride: columns)
    pass.workers.run(shares: shares, floats: size * columns) { share, matrix in
      forEachChunk(Workers.range(of: share, shares: shares, count: ends.result.shape.pixels), size: size) { chunk in
        windows.copyWindows(chunk, to: matrix)
        let target = ends.result.pixel(chunk.lowerBound)
        multiply(
          Matrix(matrix, stride: columns), weights.transposed, into: Matrix(target, stride: outputs), m: chunk.count,
          n: outputs, k: columns)
        guard let moments else { return }
        addMoments(target, count: chunk.count, to: moments + share * 2 * outputs)
      }
    }
  }

  private func addMoments(_ values: UnsafeMutablePointer<Float>, count: Int, to sums: UnsafeMutablePointer<Double>) {
    for i in 0..<(count * outputs) {
      let value = Double(values[i])
      sums[i % outputs] += value
      sums[outputs + i % outputs] += value * value
    }
  }
}

// Gradients.
extension MatrixConvolution {
  func backward(_ pass: Pass) {
    guard let gradient = ends.gradient, let mirrored, let parts else { preconditionFailure("made for inference") }
    if ends.needsSourceGradients { mirror(pass, into: mirrored.floats) }
    let gradientWindows = WindowSource([gradient])
    let size = chunkPixels(columns: max(windows.columns, 9 * outputs))
    pass.workers.run(shares: shares, floats: size * (windows.columns + 10 * outputs + windows.channels)) {
      share, scratch in
      let range = Workers.range(of: share, shares: shares, count: ends.result.shape.pixels)
      let part = parts.floats + share * ends.weight.count
      part.update(repeating: 0, count: ends.weight.count)
      forEachChunk(range, size: size) { chunk in
        let gradients = scratch + size * windows.columns
        differentiateWeights(chunk, gradient, windowMatrix: scratch, gradients: gradients, part: part)
        guard ends.needsSourceGradients else { return }
        gradientWindows.copyWindows(chunk, to: gradients)
        differentiateSources(chunk, gradients: gradients, room: gradients + size * 9 * outputs, mirrored.floats)
      }
    }
    addParts(
      parts.floats, shares: shares, count: ends.weight.count, to: pass.gradients + ends.weight.offset,
      workers: pass.workers)
  }

  /// `mirrored[ky][kx][o][i] = weight[o][2 − ky][2 − kx][i]`.
  private func mirror(_ pass: Pass, into target: UnsafeMutablePointer<Float>) {
    let inputs = windows.channels
    let weights = pass.parameters + ends.weight.offset
    pass.workers.run(shares: 9) { tap, _ in
      for o in 0..<outputs {
        (target + (tap * outputs + o) * inputs).update(from: weights + (o * 9 + 8 - tap) * inputs, count: inputs)
      }
    }
  }

  /// Adds to `part` `[O, 9·I]` what the pixels of `chunk` tell.
  private func differentiateWeights(
    _ chunk: Range<Int>, _ gradient: BatchTensor, windowMatrix: UnsafeMutablePointer<Float>,
    gradients: UnsafeMutablePointer<Float>, part: UnsafeMutablePointer<Float>
  ) {
    var out = gradients
    gradient.forEachRun(chunk) { run, pixels in
      out.update(from: run, count: pixels * outputs)
      out += pixels * outputs
    }
    windows.copyWindows(chunk, to: windowMatrix)
    multiply(
      Matrix(gradients, stride: outputs).transposed, Matrix(windowMatrix, stride: windows.columns),
      into: Matrix(part, stride: windows.columns), m: outputs, n: windows.columns, k: chunk.count, beta: 1)
  }

  /// The sources' gradients at the pixels of `chunk` (stride 1): windows of dY times the mirrored weights.
  private func differentiateSources(
    _ chunk: Range<Int>, gradients: UnsafeMutablePointer<Float>, room: UnsafeMutablePointer<Float>,
    _ mirrored: UnsafeMutablePointer<Float>
  ) {
    var first = 0
    for source in ends.sources {
      guard let target = source.gradient else { preconditionFailure("all sources or none have gradients") }
      let channels = source.shape.c
      multiply(
        Matrix(gradients, stride: 9 * outputs), Matrix(mirrored + first, stride: windows.channels),
        into: Matrix(room, stride: channels), m: chunk.count, n: channels, k: 9 * outputs)
      var from = room
      target.forEachRun(chunk) { run, pixels in
        run.update(from: from, count: pixels * channels)
        from += pixels * channels
      }
      first += channels
    }
  }
}
