// What JPEG and video compression leave in a picture.

/// Quantises a picture as JPEG does: 8×8 blocks of luma, and of chroma at half the size both ways.
///
/// - Source: ITU-T T.81, annexes A.3 and K.1; qualities as libjpeg counts them.
struct Compression {
  private let luma, chroma: Quantizer

  /// Steps by place in a block, and what they make of the transform's scaled numbers.
  private struct Quantizer {
    /// 1 / step and step, each with the transform's scales, in the order of a transposed block.
    var toLevels = [Lanes](repeating: .zero, count: 8)
    var fromLevels = [Lanes](repeating: .zero, count: 8)

    init(_ table: [Int], quality: Int) {
      let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
      for row in 0..<8 {
        for column in 0..<8 {
          let step = Float(max(1, min(255, (table[8 * row + column] * percent + 50) / 100)))
          let scale = Block.scales[row] * Block.scales[column]
          toLevels[column][row] = 1 / (step * scale * 8)
          fromLevels[column][row] = step * scale / 8
        }
      }
    }

    /// Transforms, rounds and restores a block of samples about 0.
    @inline(__always)
    func apply(_ samples: UnsafeMutablePointer<Float>, stride: Int) {
      func row(_ y: Int) -> UnsafeMutablePointer<Lanes> { lanes(samples + y * stride) }
      var block = Block(
        a: row(0).pointee, b: row(1).pointee, c: row(2).pointee, d: row(3).pointee, e: row(4).pointee,
        f: row(5).pointee, g: row(6).pointee, h: row(7).pointee)
      block.transformColumns()
      block.transpose()
      block.transformColumns()
      round(&block)
      block.restoreColumns()
      block.transpose()
      block.restoreColumns()
      (row(0).pointee, row(1).pointee, row(2).pointee, row(3).pointee) = (block.a, block.b, block.c, block.d)
      (row(4).pointee, row(5).pointee, row(6).pointee, row(7).pointee) = (block.e, block.f, block.g, block.h)
    }

    @inline(__always)
    private func round(_ block: inout Block) {
      // Adding and taking away 1.5·2²³ rounds to whole numbers.
      let magic: Float = 12_582_912
      withUnsafeMutableBytes(of: &block) { bytes in
        let rows = bytes.assumingMemoryBound(to: Lanes.self)
        for i in 0..<8 { rows[i] = (rows[i] * toLevels[i] + magic - magic) * fromLevels[i] }
      }
    }
  }

  /// - Parameter quality: 1…100.
  init(quality: Int) {
    luma = Quantizer(Compression.lumaSteps, quality: quality)
    chroma = Quantizer(Compression.chromaSteps, quality: quality)
  }

  /// Compresses and restores a canvas, sixteen rows at a time.
  func apply(to canvas: Canvas) {
    let width = (canvas.width + 15) / 16 * 16
    let memory = FloatBuffer(count: width * (16 + 8))
    let strip = Strip(canvas: canvas, width: width, memory: memory.data)
    for plane in 0..<3 { canvas.extendRows(plane) }
    for top in stride(from: 0, to: canvas.height, by: 16) {
      strip.load(top)
      for x in stride(from: 0, to: width, by: 8) {
        luma.apply(strip.luma + x, stride: width)
        luma.apply(strip.luma + 8 * width + x, stride: width)
      }
      for x in stride(from: 0, to: width / 2, by: 8) {
        chroma.apply(strip.blue + x, stride: width / 2)
        chroma.apply(strip.red + x, stride: width / 2)
      }
      strip.store(top)
    }
  }

  /// Sixteen rows as Y, Cb and Cr, −128…127.
  private struct Strip {
    let canvas: Canvas
    let width: Int
    /// `[16, width]`.
    let luma: UnsafeMutablePointer<Float>
    /// `[8, width / 2]` each.
    let blue, red: UnsafeMutablePointer<Float>

    init(canvas: Canvas, width: Int, memory: UnsafeMutablePointer<Float>) {
      (self.canvas, self.width, luma) = (canvas, width, memory)
      (blue, red) = (memory + 16 * width, memory + 20 * width)
    }

    func load(_ top: Int) {
      (blue).update(repeating: 0, count: 8 * width)
      for line in 0..<16 {
        let y = min(top + line, canvas.height - 1)
        let (r, g, b) = (canvas.row(0, y), canvas.row(1, y), canvas.row(2, y))
        let target = luma + line * width
        let (cb, cr) = (blue + line / 2 * (width / 2), red + line / 2 * (width / 2))
        for x in 0..<width {
          let value = 255 * (0.299 * r[x] + 0.587 * g[x] + 0.114 * b[x])
          target[x] = value - 128
          cb[x / 2] += (255 * b[x] - value) * (0.25 / 1.772)
          cr[x / 2] += (255 * r[x] - value) * (0.25 / 1.402)
        }
      }
    }

    func store(_ top: Int) {
      for line in 0..<min(16, canvas.height - top) {
        let (r, g, b) = (canvas.row(0, top + line), canvas.row(1, top + line), canvas.row(2, top + line))
        let source = luma + line * width
        let (cb, cr) = (blue + line / 2 * (width / 2), red + line / 2 * (width / 2))
        for x in 0..<canvas.width {
          let (value, u, v) = (source[x] + 128, cb[x / 2], cr[x / 2])
          r[x] = (value + 1.402 * v) / 255
          g[x] = (value - 0.344_136 * u - 0.714_136 * v) / 255
          b[x] = (value + 1.772 * u) / 255
        }
      }
    }
  }

  private static let lumaSteps = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]

  private static let chromaSteps = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99,
  ]
}
