// What finds the classes: the seam between the session and the network.
public import Frames
public import Tensors
public import UNet

/// Gives every pixel of a picture its class.
public protocol Segmenter: AnyObject, Sendable {
  /// Size in pixels of the picture it wants for a source whose upright frames have this size in square pixels.
  ///
  /// May be called at any time, from any thread.
  func pictureSize(width: Int, height: Int) -> (width: Int, height: Int)

  /// Another number when `pictureSize` gives other answers than before; from any thread too.
  var revision: Int { get }

  /// Size of the label map that it makes of a picture of a size from `pictureSize`; from any thread too.
  func labelSize(width: Int, height: Int) -> (width: Int, height: Int)

  /// Runs `step`, which takes the next picture and segments it; one that shares a network with others waits for its turn
  /// here, before the picture is chosen.
  func inTurn<Result>(_ step: () throws -> Result) rethrows -> Result

  /// Finds the classes of a picture; called by one stage at a time, in `inTurn`.
  ///
  /// - Parameters:
  ///   - picture: upright, `rgb0`, of a size from `pictureSize`, with the frame's time and index.
  ///   - labels: of `labelSize`; overwritten, and so is their confidence where they have one.
  func segment(_ picture: Frame, into labels: LabelMap) throws
}

extension Segmenter {
  public var revision: Int { 0 }
  public func inTurn<Result>(_ step: () throws -> Result) rethrows -> Result { try step() }
}

/// The integer U-Net of a model file as a segmenter.
///
/// It follows the size of the source; a change of size in mid-stream builds the network anew.
public final class NetworkSegmenter: Segmenter, @unchecked Sendable {  // `network` is touched by `segment` only
  public let model: Int8Model
  public let tier: CPUTier
  private let pool: WorkerPool
  private let budget: Int
  private var network: Int8Network

  /// Builds the network for a source of the given size, so that the first frame finds it ready.
  ///
  /// - Parameters:
  ///   - size: of the upright source in square pixels; another one costs some milliseconds when its first frame comes.
  ///   - budget: pixels of the network's input; nil takes those that the model was trained at.
  ///   - tier: nil takes the best one of this CPU.
  ///   - threads: cores the network may load.
  /// - Throws: `ModelError.inputSize`, `.tier`.
  public init(
    _ model: Int8Model, size: (width: Int, height: Int), budget: Int? = nil, tier: CPUTier? = nil, threads: Int
  ) throws(ModelError) {
    self.model = model
    self.budget = budget ?? model.trainingInput.pixels
    pool = WorkerPool(threads: threads)
    let input = model.architecture.inputSize(
      width: max(1, size.width), height: max(1, size.height), budget: self.budget)
    network = Int8Network(try Int8Plan(model, inputSize: input, tier: tier), pool: pool)
    self.tier = network.plan.tier
  }

  /// The input size that the network was built for first.
  public var inputSize: InputSize { network.plan.inputSize }

  public func pictureSize(width: Int, height: Int) -> (width: Int, height: Int) {
    let size = model.architecture.inputSize(width: width, height: height, budget: budget)
    return (size.width, size.height)
  }

  public func labelSize(width: Int, height: Int) -> (width: Int, height: Int) {
    (width / model.architecture.stem, height / model.architecture.stem)
  }

  public func segment(_ picture: Frame, into labels: LabelMap) throws {
    let size = InputSize(height: picture.height, width: picture.width)
    if size != network.plan.inputSize {
      network = Int8Network(try Int8Plan(model, inputSize: size, tier: tier), pool: pool)
    }
    let plane = picture.planes[0]
    network.run(
      pixels: plane.row(0), stride: plane.stride, labels: labels.labels, labelStride: labels.width,
      confidence: labels.confidence)
  }
}
