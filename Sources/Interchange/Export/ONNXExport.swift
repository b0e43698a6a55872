// A model as an ONNX network that other programs run.
public import UNet

/// An ONNX model (opset 17) made from one of Verge's.
///
/// Input `image`: float32 `[1, 3, H, W]`, R, G, B in 0…1, as they are: what normalisation there is lies in the weights.
/// Output `logits`: float32 `[1, classes, H / stem, W / stem]`; the label of a pixel is the index of its largest logit.
///
/// The float form has its norms folded and differs from `FloatNetwork` by rounding only. The int8 form is QDQ
/// (QuantizeLinear and DequantizeLinear around every activation) with the integers, scales and zero points of
/// `Int8Network`: what a runtime sums is exactly what Verge sums, and only ties of rounding may fall differently.
public struct ONNXExport: Sendable {
  /// Numbers to compute in.
  public enum Precision: String, Sendable, CaseIterable {
    case float, int8
  }

  /// Sizes of picture that the network takes.
  public enum Size: Sendable, Hashable {
    case fixed(InputSize)
    /// Any whose sides are multiples of the architecture's stride; slower in most runtimes than a fixed one.
    case dynamic
  }

  static let inputName = "image"
  static let outputName = "logits"
  static let opset = 17
  /// The oldest version of the format that knows `opset`.
  static let irVersion = 8

  public let precision: Precision
  public let size: Size
  let proto: ModelProto

  /// - Parameter toolVersion: Verge's, for whoever finds the file later.
  /// - Throws: `InterchangeError.notQuantized` for int8 of a model that has only float weights; `.model` for a size that
  ///   the network cannot run at.
  public init(_ model: Model, precision: Precision, size: Size, toolVersion: String) throws(InterchangeError) {
    if case .fixed(let size) = size {
      do throws(ModelError) { try model.architecture.check(size) } catch { throw .model(error) }
    }
    self.precision = precision
    self.size = size
    let builder =
      switch precision {
      case .float: floatGraph(model)
      case .int8: try quantizedGraph(model)
      }
    proto = .exported(model, builder, precision, size, toolVersion: toolVersion)
  }

  /// Writes the file, replacing what was there only when all of it is on disk.
  ///
  /// - Returns: its bytes.
  /// - Throws: `InterchangeError.unwritable`.
  @discardableResult
  public func write(to path: String) throws(InterchangeError) -> Int { try proto.write(to: path) }
}
