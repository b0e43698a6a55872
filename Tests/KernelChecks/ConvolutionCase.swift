// The checks of the 3×3 convolutions and of the transposed convolution.
import CKernels

/// One layer with data, to be run by two tables.
struct ConvolutionCase {
  private let shape: LayerShape
  private let content: InputClass
  private let sources: [GuardedView]
  private let data: LayerData
  private let zeroPoint: UInt8
  /// Of Winograd sources.
  private let winograd: [ck_winograd_source]
  private let rows: Range<Int>
  /// The tiles of `rows`, in one piece or in two that meet anywhere.
  private let tiles: [Range<Int>]
  private let extraStride: Int
  /// Whether blocks of outputs are done one by one, as several threads do them.
  private let isSplit: Bool

  /// Runs every case of `kind`.
  static func check(_ kind: LayerKind, in run: inout CheckRun) {
    for (number, shape) in shapes(of: kind, run.shapes).enumerated() {
      let content = InputClass.allCases[number % InputClass.allCases.count]
      let test = ConvolutionCase(shape, content, &run.random)
      run.note(test.failure(run.table, run.reference).map { "\(shape) \(content) \(test.rows): \($0)" })
    }
  }

  /// Small shapes around the edges of tiles, and the real layers with a few rows.
  private static func shapes(of kind: LayerKind, _ real: [LayerShape]) -> [LayerShape] {
    var shapes: [LayerShape] = []
    for outputs in checkedChannels {
      for inputs in checkedChannels {
        for width in checkedWidths {
          let odd = (width + inputs + outputs) % 3
          let two = kind.takesTwoSources && odd == 1
          let pooled = kind.takesTwoSources && odd == 2 && width % 2 == 0
          shapes.append(
            LayerShape(
              kind: kind, height: pooled ? 4 : kind == .winograd3x3 ? 5 : 3, width: width,
              inputs: two ? [inputs, 16] : [inputs], outputs: outputs, pooled: pooled))
        }
      }
    }
    // The first layer may have a kernel that takes wide rows in parts.
    shapes.append(LayerShape(kind: kind, height: 2, width: 1030, inputs: [3], outputs: 16))
    for var shape in real where shape.kind == kind || kind == .winograd3x3 && shape.kind == .conv3x3 {
      shape.kind = kind
      shape.height = min(shape.height, 4)
      shapes += [shape, shape]  // two input classes each
    }
    return shapes
  }

  private init(_ shape: LayerShape, _ content: InputClass, _ random: inout SplitMix64) {
    self.shape = shape
    self.content = content
    let extraStride = [0, 4, 64, 92].randomElement(using: &random) ?? 0
    let factor = shape.kind == .conv3x3Stride2 ? 2 : 1
    let zeroPoint: UInt8 = content == .uniform || content == .zeroPoint ? UInt8(random.next() % 256) : 0
    sources = shape.inputs.map {
      let view = GuardedView(
        height: factor * shape.height, width: factor * shape.width, channels: $0, extraStride: extraStride, tail: 64)
      view.fill(content, zeroPoint: zeroPoint, &random)
      return view
    }
    let zeroPoints = sources.map { _ in zeroPoint }
    winograd = zeroPoints.map { ck_winograd_source(zeroPoint: $0, content, &random) }
    let taps = shape.kind.weightTaps
    data = LayerData(content, depth: taps * shape.inputs.reduce(0, +), outputs: shape.outputs, &random)
    self.zeroPoint = UInt8(random.next() % 3 == 0 ? random.next() % 256 : 0)
    self.extraStride = extraStride
    let isSplit = random.next() % 2 == 0
    self.isSplit = isSplit && shape.kind != .winograd3x3
    let unit = shape.pooled || shape.kind == .winograd3x3 ? 2 : 1
    let first = Int.random(in: 0..<shape.height / unit, using: &random) * unit
    rows = random.next() % 2 == 0 ? 0..<shape.height : first..<shape.height
    let across = (shape.width + 1) / 2
    let (begin, end) = (rows.lowerBound / 2 * across, (rows.upperBound + 1) / 2 * across)
    let cut = isSplit ? Int.random(in: begin...end, using: &random) : end
    tiles = [begin..<cut, cut..<end].filter { !$0.isEmpty }
  }

  /// What `table` does differently from `reference`, or nil.
  private func failure(_ table: ck_table, _ reference: ck_table) -> String? {
    let expected = outputs(of: reference)
    let actual = outputs(of: table)
    let written = shape.kind.doubles ? 2 * rows.lowerBound..<2 * rows.upperBound : rows
    if !expected.output.isUntouched(outside: written) { return "tier c writes outside of its rows" }
    if let offset = actual.output.buffer.firstDifference(from: expected.output.buffer) {
      return "the output differs at \(place(offset, in: actual.output))"
    }
    if let pooled = actual.pooled, let other = expected.pooled,
      let offset = pooled.buffer.firstDifference(from: other.buffer)
    {
      return "the pooled output differs at \(place(offset, in: pooled))"
    }
    return nil
  }

  private func place(_ offset: Int, in output: GuardedView) -> String {
    let (view, buffer) = (output.view, output.buffer)
    let (stored, stride) = (Int(view.channels), view.row_stride)
    let fromFirst = offset + stride + stored - (UnsafeMutableRawPointer(view.data) - buffer.base)
    let x = fromFirst % stride / stored - 1
    return "(\(fromFirst / stride - 1), \(x)) channel \(fromFirst % stored) of \(view.height)x\(view.width)x\(stored)"
  }

  private func outputs(of table: ck_table) -> (output: GuardedView, pooled: GuardedView?) {
    let factor = shape.kind.doubles ? 2 : 1
    let output = GuardedView(
      height: factor * shape.height, width: factor * shape.width, channels: shape.outputs, extraStride: extraStride,
      tail: 0)
    let pooled =
      shape.pooled
      ? GuardedView(
        height: shape.height / 2, width: shape.width / 2, channels: shape.outputs, extraStride: extraStride, tail: 0)
      : nil
    let packed = pack(table)
    run(table, packed, output, pooled)
    return (output, pooled)
  }

  private func pack(_ table: ck_table) -> GuardedBuffer {
    let logical = shape.inputs.map(Int32.init) + [0]
    let stored = logical.map { ($0 + 3) / 4 * 4 }
    let out = Int32(shape.outputs)
    if shape.kind == .upconv2x2 {
      return data.packed(size: table.upconv2x2_packed_size(stored[0], out)) {
        table.upconv2x2_pack($0, $1, logical[0], stored[0], out)
      }
    }
    if shape.kind == .upconv4x4 {
      return data.packed(size: table.upconv4x4_packed_size(stored[0], out)) {
        table.upconv4x4_pack($0, $1, logical[0], stored[0], out)
      }
    }
    if shape.kind == .winograd3x3 {
      return data.packed(size: table.winograd3x3_packed_size(stored[0], stored[1], out)) {
        table.winograd3x3_pack($0, $1, logical[0], stored[0], logical[1], stored[1], out)
      }
    }
    return data.packed(size: table.conv3x3_packed_size(stored[0], stored[1], out)) {
      table.conv3x3_pack($0, $1, logical[0], stored[0], logical[1], stored[1], out)
    }
  }

  private func run(_ table: ck_table, _ packed: GuardedBuffer, _ output: GuardedView, _ pooled: GuardedView?) {
    data.bias.withUnsafeBufferPointer { bias in
      data.multiplier.withUnsafeBufferPointer { multiplier in
        var args = ck_conv_args()
        args.src.0 = sources[0].view
        if sources.count == 2 { args.src.1 = sources[1].view }
        args.weights = UnsafePointer(packed.base.assumingMemoryBound(to: Int8.self))
        args.bias = bias.baseAddress
        args.multiplier = multiplier.baseAddress
        args.in_channels = Int32(shape.inputs[0])
        args.out_channels = Int32(shape.outputs)
        args.zero_point = Int32(zeroPoint)
        args.dst = output.view
        if let pooled { args.pooled = pooled.view }
        args.row_begin = Int32(rows.lowerBound)
        args.row_end = Int32(rows.upperBound)
        if !isSplit { return run(table, &args) }
        let outputs = args.dst.channels * (shape.kind == .upconv2x2 ? 2 : 1)
        for block in 0..<ck_block_count(table.block, outputs) {
          (args.block_begin, args.block_end) = (block, block + 1)
          run(table, &args)
        }
      }
    }
  }

  private func run(_ table: ck_table, _ args: inout ck_conv_args) {
    switch shape.kind {
    case .conv3x3Stride2: table.conv3x3_stride2(&args)
    case .winograd3x3:
      let source = (winograd[0], winograd[winograd.count - 1])
      for tiles in tiles {
        var args = ck_winograd_args(
          conv: args, source: source, tile_begin: Int32(tiles.lowerBound), tile_end: Int32(tiles.upperBound))
        table.winograd3x3(&args)
      }
    case .upconv2x2: table.upconv2x2(&args)
    case .upconv4x4: table.upconv4x4(&args)
    default: table.conv3x3(&args)
    }
  }
}

extension LayerKind {
  /// Stride-1 convolutions read one source or two and may pool.
  fileprivate var takesTwoSources: Bool { self == .conv3x3 || self == .winograd3x3 }
}

extension ck_winograd_source {
  /// Scales of all sizes; the extremes with extreme codes.
  fileprivate init(zeroPoint: UInt8, _ content: InputClass, _ random: inout SplitMix64) {
    self.init()
    zero_point = Int32(zeroPoint)
    withUnsafeMutableBytes(of: &scale) { bytes in
      for tap in 0..<16 {
        let scale =
          switch content {
          case .extremeHigh, .ties: Int16.max
          case .extremeLow: Int16(1)
          default: Int16.random(in: 6000...Int16.max, using: &random)
          }
        bytes.storeBytes(of: scale, toByteOffset: 2 * tap, as: Int16.self)
      }
    }
  }
}
