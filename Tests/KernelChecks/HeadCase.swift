// The check of the head.
import CKernels

/// One head with data, to be run by two tables.
struct HeadCase {
  private let shape: LayerShape
  private let source: GuardedView
  private let data: LayerData
  private let labelStride: Int
  private let withLogits, withConfidence: Bool

  static func check(in run: inout CheckRun) {
    var shapes = run.shapes.filter { $0.kind == .head }
    for classes in [1, 2, 3, 11, 13, 16, 17, 34, 255] {
      for inputs in checkedChannels {
        for width in checkedWidths + [31, 32, 33] {
          shapes.append(LayerShape(kind: .head, height: 2, width: width, inputs: [inputs], outputs: classes))
        }
      }
    }
    for (number, var shape) in shapes.enumerated() {
      shape.height = min(shape.height, 4)
      let content = InputClass.allCases[number % InputClass.allCases.count]
      let test = HeadCase(shape, content, withLogits: number % 4 == 0, withConfidence: number % 3 != 1, &run.random)
      run.note(test.failure(run.table, run.reference).map { "\(shape) \(content): \($0)" })
    }
  }

  private init(
    _ shape: LayerShape, _ content: InputClass, withLogits: Bool, withConfidence: Bool, _ random: inout SplitMix64
  ) {
    self.shape = shape
    (self.withLogits, self.withConfidence) = (withLogits, withConfidence)
    source = GuardedView(height: shape.height, width: shape.width, channels: shape.inputs[0], extraStride: 4, tail: 64)
    source.fill(content, zeroPoint: 0, &random)
    var data = LayerData(content, depth: shape.inputs[0], outputs: shape.outputs, &random)
    // Scores that lie closer together, so that many classes have a share in the softmax.
    if withConfidence { data.multiplier = data.multiplier.map { $0 * 0.02 } }
    self.data = data
    labelStride = shape.width + Int(random.next() % 5)
  }

  private func failure(_ table: ck_table, _ reference: ck_table) -> String? {
    let (expected, actual) = (outputs(of: reference), outputs(of: table))
    if let offset = actual.labels.firstDifference(from: expected.labels) {
      return "the label at (\(offset / labelStride), \(offset % labelStride)) differs"
    }
    if withLogits, let offset = actual.logits.firstDifference(from: expected.logits) {
      return "logit \(offset / 4) differs"
    }
    if let offset = actual.confidence.firstDifference(from: expected.confidence) {
      return "the confidence at (\(offset / labelStride), \(offset % labelStride)) differs"
    }
    return nil
  }

  private func outputs(
    of table: ck_table
  ) -> (labels: GuardedBuffer, logits: GuardedBuffer, confidence: GuardedBuffer) {
    let labels = GuardedBuffer(byteCount: (shape.height - 1) * labelStride + shape.width)
    let confidence = GuardedBuffer(byteCount: labels.byteCount)
    let logits = GuardedBuffer(byteCount: 4 * shape.height * shape.width * shape.outputs, alignment: 4)
    let (stored, logical, classes) = (source.view.channels, Int32(shape.inputs[0]), Int32(shape.outputs))
    let packed = data.packed(size: table.head_packed_size(stored, classes)) {
      table.head_pack($0, $1, logical, stored, classes)
    }
    data.bias.withUnsafeBufferPointer { bias in
      data.multiplier.withUnsafeBufferPointer { multiplier in
        var args = ck_head_args()
        args.src = source.view
        args.weights = UnsafePointer(packed.base.assumingMemoryBound(to: Int8.self))
        args.bias = bias.baseAddress
        args.multiplier = multiplier.baseAddress
        args.classes = classes
        args.labels = labels.base.assumingMemoryBound(to: UInt8.self)
        args.labels_stride = labelStride
        args.logits = withLogits ? logits.base.assumingMemoryBound(to: Float.self) : nil
        args.confidence = withConfidence ? confidence.base.assumingMemoryBound(to: UInt8.self) : nil
        args.confidence_stride = labelStride
        args.row_begin = 0
        args.row_end = Int32(shape.height)
        table.head_argmax(&args)
      }
    }
    return (labels, logits, confidence)
  }
}
