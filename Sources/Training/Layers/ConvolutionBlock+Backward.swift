// Gradients of a convolution block.

extension ConvolutionBlock {
  /// Memory that the backward pass of one block uses.
  final class BackwardMemory {
    /// dY, the gradient by the convolution's result; bordered, since the gradient by its input is a convolution of it.
    let resultGradient: BatchTensor
    /// Weights turned round for that convolution: f32 `[3, 3, O, I]`, window mirrored both ways.
    let mirrored: FloatBuffer
    /// Weight gradients by share.
    let parts: FloatBuffer

    init(shape: BatchShape, weights: Int, shares: Int) {
      resultGradient = BatchTensor(shape, border: 1)
      mirrored = FloatBuffer(count: weights)
      parts = FloatBuffer(count: weights * shares)
    }
  }

  func backward(_ pass: Pass) {
    guard let memory = backwardMemory, let gradient = output.gradient else {
      preconditionFailure("\(name) was made for inference")
    }
    let shares = shareCount(pixels: output.shape.pixels)
    norm.withParts(shares: shares) { parts in close(gradient, pass, shares: shares, parts: parts) }
    norm.setBackwardFactors(count: output.shape.pixels, pass: pass)
    combine(gradient, into: memory.resultGradient, pass)
    if sources.contains(where: { $0.gradient != nil }) { mirror(pass, into: memory.mirrored) }
    differentiate(memory, pass, shares: shares)
    addParts(
      memory.parts.data, shares: shares, count: weight.count, to: pass.gradients + weight.offset, workers: pass.workers)
    for source in sources where source.gradient != nil { source.hasGradient = true }
    output.hasGradient = false
  }

  /// From the gradient by the activation to dz, with the sums that the norm needs.
  private func close(_ gradient: BatchTensor, _ pass: Pass, shares: Int, parts: UnsafeMutablePointer<Double>) {
    let channels = output.shape.c
    pass.workers.run(shares: shares) { share, _ in
      let sums = parts + share * 2 * channels
      // Chunks keep the sums' single precision over few terms and both operands in the cache for the channel loop.
      forEachChunk(Workers.range(of: share, shares: shares, count: output.shape.pixels), size: 256) { chunk in
        closeGradient(
          gradient.pixel(chunk.lowerBound), values: result.pixel(chunk.lowerBound), count: chunk.count,
          channels: channels, scale: norm.factor.data, shift: norm.addend.data, sums: sums, products: sums + channels)
      }
    }
  }

  /// dY from dz and y.
  private func combine(_ gradient: BatchTensor, into target: BatchTensor, _ pass: Pass) {
    let shape = output.shape
    let rows = shape.n * shape.h
    let shares = min(rows, 16)
    let factors = norm.backwardFactors.map(\.data)
    pass.workers.run(shares: shares) { share, _ in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        combineRow(
          gradient.row(row), values: result.row(row), to: target.row(row), count: shape.w, channels: shape.c,
          factors: (factors[0], factors[1], factors[2]))
      }
    }
  }

  /// `mirrored[ky][kx][o][i] = weight[o][2 − ky][2 − kx][i]`.
  private func mirror(_ pass: Pass, into target: FloatBuffer) {
    let (outputs, inputs) = (output.shape.c, windows.channels)
    let weights = pass.parameters + weight.offset
    pass.workers.run(shares: 9) { tap, _ in
      for o in 0..<outputs {
        let source = weights + (o * 9 + 8 - tap) * inputs
        (target.data + (tap * outputs + o) * inputs).update(from: source, count: inputs)
      }
    }
  }

  /// Weight gradients by share, and gradients of the sources.
  private func differentiate(_ memory: BackwardMemory, _ pass: Pass, shares: Int) {
    let gradientWindows = WindowSource([memory.resultGradient])
    let (outputs, columns) = (output.shape.c, windows.columns)
    let needsInput = sources.contains { $0.gradient != nil }
    let size = chunkPixels(columns: max(columns, 9 * outputs))
    pass.workers.run(shares: shares, floats: size * (columns + 9 * outputs)) { share, scratch in
      let gradients = scratch + size * columns
      // The middle tap of the gradient's windows is the gradient itself; alone it needs no windows.
      let middle =
        needsInput
        ? Matrix(gradients + 4 * outputs, stride: 9 * outputs) : Matrix(gradients, stride: outputs)
      let part = Matrix(memory.parts.data + share * weight.count, stride: columns)
      let range = Workers.range(of: share, shares: shares, count: output.shape.pixels)
      forEachChunk(range, size: size) { chunk in
        if needsInput {
          gradientWindows.copyWindows(chunk, to: gradients)
        } else {
          memory.resultGradient.copyPixels(chunk, to: gradients)
        }
        windows.copyWindows(chunk, to: scratch)
        multiply(
          middle.transposed, Matrix(scratch, stride: columns), into: part, m: outputs, n: columns, k: chunk.count,
          beta: chunk.lowerBound == range.lowerBound ? 0 : 1)
        if needsInput { differentiateSources(chunk, gradients: gradients, mirrored: memory.mirrored) }
      }
    }
  }

  /// The sources' gradients at the pixels of `chunk` (stride 1): windows of dY times the mirrored weights.
  private func differentiateSources(
    _ chunk: Range<Int>, gradients: UnsafeMutablePointer<Float>, mirrored: FloatBuffer
  ) {
    let outputs = output.shape.c
    var first = 0
    for source in sources {
      guard let target = source.gradient else { preconditionFailure("\(name): all sources or none have gradients") }
      multiply(
        Matrix(gradients, stride: 9 * outputs), Matrix(mirrored.data + first, stride: windows.channels),
        into: Matrix(target.pixel(chunk.lowerBound), stride: source.shape.c), m: chunk.count, n: source.shape.c,
        k: 9 * outputs, beta: source.hasGradient ? 1 : 0)
      first += source.shape.c
    }
  }
}
