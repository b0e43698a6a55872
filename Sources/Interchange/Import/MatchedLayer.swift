// One convolution with what follows it: norm, constants, ReLU.
import UNet

/// A convolution or transposed convolution, its norms and its ReLU, and what it reads.
struct MatchedLayer {
  let label: String
  let window: Operation.Window
  let isTransposed: Bool
  let isRectified: Bool
  /// Norms and constants between the convolution and the ReLU, the one after the convolution first.
  let norms: [Operation]
  let input: Operation.Input
  /// Rows and columns that were taken away behind it: top, left, bottom, right.
  let crop: [Int]
  /// Height and width of what it reads, and of what comes out in the end.
  let inputSize, outputSize: Operation.Size

  /// - Throws: `Unmappable` for anything else than a convolution, norms and a ReLU, in this order.
  init(_ operations: [Operation], endingAt end: Operation.Input) throws(Unmappable) {
    var (source, isRectified, norms, crop) = (end, false, [Operation](), [0, 0, 0, 0])
    while true {
      let operation = operations[source.operation]
      switch source.change {
      case .none: break
      case .framed(let top, let left, let bottom, let right):
        crop = zip(crop, [top, left, bottom, right]).map { $0 - $1 }
      case .doubled:
        throw Unmappable(
          operation.label, "what it makes is enlarged without a convolution of its own behind; Verge's U-Net has one")
      }
      switch operation.kind {
      case .relu:
        guard norms.isEmpty else {
          throw Unmappable(norms[0].label, "it comes after a ReLU; Verge's U-Net norms before it")
        }
        isRectified = true
        source = operation.inputs[0]
      case .affine, .norm:
        norms.insert(operation, at: 0)
        source = operation.inputs[0]
      case .convolution(let window), .transposed(let window):
        if case .transposed = operation.kind { isTransposed = true } else { isTransposed = false }
        (label, self.window, self.isRectified, self.norms, self.crop) = (
          operation.label, window, isRectified, norms, crop
        )
        input = operation.inputs[0]
        var outputSize = operation.size
        outputSize.height -= crop[0] + crop[2]
        outputSize.width -= crop[1] + crop[3]
        self.outputSize = outputSize
        inputSize = operations[input.operation].size
        return
      default:
        throw Unmappable(
          operation.label, "a convolution belongs here; Verge's U-Net has two 3×3 convolutions per level")
      }
    }
  }

  /// - Throws: `Unmappable` unless the layer is such a convolution with zeros all around, as far as its window reaches.
  func require(side: Int, stride: Int, isRectified: Bool, as role: String) throws(Unmappable) {
    guard !isTransposed else { throw Unmappable(label, "\(role) belongs here") }
    guard window.side == side, window.stride == stride else {
      throw Unmappable(label, "window \(window.side)×\(window.side), stride \(window.stride); here belongs \(role)")
    }
    guard self.isRectified == isRectified else {
      throw Unmappable(label, "\(isRectified ? "no ReLU follows it" : "a ReLU follows it"); here belongs \(role)")
    }
    var frame = [0, 0, 0, 0]
    if case .framed(let top, let left, let bottom, let right) = input.change { frame = [top, left, bottom, right] }
    let pads = zip([window.top, window.left, window.bottom, window.right], frame).map { $0 + $1 }
    let whole = side / 2
    // A stride of 2 over an even picture never reaches its last row of padding.
    let fits =
      pads[0] == whole && pads[1] == whole && outputSize.height * stride == inputSize.height
      && outputSize.width * stride == inputSize.width
    guard fits, crop == [0, 0, 0, 0], input.change != .doubled else {
      throw Unmappable(
        label, "pads \(pads); Verge's reads \(whole) pixel\(whole == 1 ? "" : "s") of zeros before the first")
    }
  }
}

extension Operation {
  /// scale · x + shift of a norm or a constant; nil for anything else.
  var factors: (scale: [Float], shift: [Float])? {
    switch kind {
    case .affine(let scale, let shift): return (scale, shift)
    case .norm(let scale, let shift, let mean, let variance, let epsilon):
      let factors = zip(scale, variance).map { $0 / ($1 + epsilon).squareRoot() }
      return (factors, shift.indices.map { shift[$0] - mean[$0] * factors[$0] })
    default: return nil
    }
  }
}
