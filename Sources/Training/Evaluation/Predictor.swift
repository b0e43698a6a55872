// What is measured: anything that gives labels for pictures.
public import Frames
public import UNet

/// Labels pictures of any input size.
public protocol Predictor: AnyObject {
  /// Class indices u8 at 1/stem of the input's size.
  ///
  /// - Throws: `TrainingError` when the network cannot run at this size.
  func predict(_ picture: EvaluationPicture) throws(TrainingError) -> LabelMap
}

/// The float network on matrix products, with running norm statistics.
public final class FloatPredictor: ScoringPredictor {
  private let architecture: Architecture
  private let workers: Workers
  private let values: FloatBuffer
  private var networks: [InputSize: TrainingNetwork] = [:]

  /// - Throws: `TrainingError` when widths are no multiples of 8 or weights do not fit.
  public convenience init(_ model: Model, threads: Int) throws(TrainingError) {
    let smallest = InputSize(height: model.architecture.stride, width: model.architecture.stride)
    let network = try TrainingNetwork(model.architecture, batch: 1, size: smallest, wantsGradient: false)
    let values = FloatBuffer(count: network.layout.count)
    try network.layout.load(model.weights, into: values.data)
    self.init(model.architecture, values: values, workers: Workers(threads: threads))
  }

  /// - Parameter values: parameters in the network's layout; read at each prediction.
  init(_ architecture: Architecture, values: FloatBuffer, workers: Workers) {
    self.architecture = architecture
    self.values = values
    self.workers = workers
  }

  public func predict(_ picture: EvaluationPicture) throws(TrainingError) -> LabelMap {
    let network = try run(picture)
    return network.labels(of: 0)
  }

  public func logits(_ picture: EvaluationPicture) throws(TrainingError) -> ScoreMap {
    let logits = try run(picture).head.logits
    let shape = logits.shape
    let values = UnsafeBufferPointer(start: logits.row(0, 0), count: shape.h * shape.w * shape.c)
    return ScoreMap(width: shape.w, height: shape.h, classes: shape.c, values: Array(values))
  }

  /// Runs the network on a picture; its logits stay until the next one.
  ///
  /// - Parameter observe: called with each layer right after it ran; it may change what the layer wrote.
  func run(
    _ picture: EvaluationPicture, observe: (_ layer: any TrainingLayer) -> Void = { _ in }
  ) throws(TrainingError) -> TrainingNetwork {
    let network = try self.network(picture.input)
    for y in 0..<picture.input.height {
      let row = network.input.value.row(0, y)
      for i in 0..<(3 * picture.input.width) { row[i] = Float(picture.rgb[y * 3 * picture.input.width + i]) / 255 }
    }
    network.forward(
      Pass(workers: workers, parameters: values.data, gradients: values.data, usesBatchStatistics: false),
      observe: observe)
    return network
  }

  private func network(_ size: InputSize) throws(TrainingError) -> TrainingNetwork {
    if let known = networks[size] { return known }
    // Sets of one size need one network; of sets of many sizes only the last few are kept.
    if networks.count >= 4 { networks.removeAll() }
    let made = try TrainingNetwork(architecture, batch: 1, size: size, wantsGradient: false)
    networks[size] = made
    return made
  }
}
