// 3×3 convolution, batch norm and ReLU: the block that does nearly all of a U-Net's work.

/// `out = ReLU(norm(conv3×3(sources)))`, as products of window matrices with the weights.
final class ConvolutionBlock: TrainingLayer {
  let name: String
  let sources: [Activation]
  let output: Activation
  let windows: WindowSource
  let norm: ChannelNorm
  /// f32 `[O, 3, 3, I]`.
  let weight: Parameter
  /// The convolution's result before the norm, f32 compact `[n, h, w, O]`.
  let result: BatchTensor
  /// What only the backward pass needs; nil in a network for inference.
  let backwardMemory: BackwardMemory?

  /// - Parameters:
  ///   - sources: one activation, or two that are read as one with their channels in a row.
  ///   - stride: 1 or 2.
  ///   - wantsGradient: whether `backward` will be called.
  init(
    name: String, sources: [Activation], channels: Int, stride: Int = 1, layout: inout ParameterLayout,
    wantsGradient: Bool
  ) {
    self.name = name
    self.sources = sources
    windows = WindowSource(sources.map(\.value), stride: stride)
    let shape = BatchShape(n: sources[0].shape.n, h: windows.outHeight, w: windows.outWidth, c: channels)
    output = Activation(shape, wantsGradient: wantsGradient)
    result = BatchTensor(shape)
    weight = layout.add("\(name).weight", shape: [channels, 3, 3, windows.channels], kind: .weight)
    norm = ChannelNorm(name: name, channels: channels, layout: &layout)
    backwardMemory =
      wantsGradient
      ? BackwardMemory(shape: shape, weights: weight.count, shares: shareCount(pixels: shape.pixels)) : nil
  }

  var multiplyAccumulates: Int { output.shape.pixels * weight.count }

  func forward(_ pass: Pass) {
    let shares = shareCount(pixels: output.shape.pixels)
    norm.withParts(shares: shares) { parts in convolve(pass, shares: shares, parts: parts) }
    if pass.usesBatchStatistics {
      norm.useBatchStatistics(count: output.shape.pixels, pass: pass)
    } else {
      norm.useRunningStatistics(pass)
    }
    normalize(pass)
  }

  /// The product of windows and weights, with the moments of the result by share.
  private func convolve(_ pass: Pass, shares: Int, parts: UnsafeMutablePointer<Double>) {
    let (columns, channels) = (windows.columns, output.shape.c)
    let size = chunkPixels(columns: columns)
    let weights = Matrix(pass.parameters + weight.offset, stride: columns)
    pass.workers.run(shares: shares, floats: size * columns) { share, matrix in
      let sums = parts + share * 2 * channels
      forEachChunk(Workers.range(of: share, shares: shares, count: output.shape.pixels), size: size) { chunk in
        windows.copyWindows(chunk, to: matrix)
        let target = result.pixel(chunk.lowerBound)
        multiply(
          Matrix(matrix, stride: columns), weights.transposed, into: Matrix(target, stride: channels), m: chunk.count,
          n: channels,
          k: columns)
        guard pass.usesBatchStatistics else { return }
        addMoments(target, count: chunk.count, channels: channels, sums: sums, squares: sums + channels)
      }
    }
  }

  private func normalize(_ pass: Pass) {
    let shape = output.shape
    let rows = shape.n * shape.h
    let shares = min(rows, 16)
    pass.workers.run(shares: shares) { share, _ in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        normalizeRow(
          result.row(row), to: output.value.row(row), count: shape.w, channels: shape.c, scale: norm.factor.data,
          shift: norm.addend.data)
      }
    }
  }
}
