// The integer network as something to measure.
public import Frames
public import Tensors
public import UNet

/// Labels pictures with a model's int8 weights, on the kernels that video runs on.
public final class Int8Predictor: ScoringPredictor {
  private let model: Model
  private let tier: CPUTier?
  private let pool: WorkerPool
  private var networks: [InputSize: Int8Network] = [:]

  /// - Parameter tier: the kernels; nil for the best here.
  /// - Throws: `TrainingError.quantization` when the model has no int8 weights.
  public init(_ model: Model, tier: CPUTier? = nil, threads: Int) throws(TrainingError) {
    guard model.quantized != nil else { throw .quantization("\(model.name) has no int8 weights; quantise it first") }
    self.model = model
    self.tier = tier
    pool = WorkerPool(threads: threads)
  }

  public func predict(_ picture: EvaluationPicture) throws(TrainingError) -> LabelMap {
    let network = try load(picture)
    let size = network.plan.labelSize
    let map = LabelMap(width: size.width, height: size.height)
    network.run(labels: map.labels, labelStride: map.width)
    return map
  }

  public func logits(_ picture: EvaluationPicture) throws(TrainingError) -> ScoreMap {
    let network = try load(picture)
    let size = network.plan.labelSize
    let classes = model.architecture.classes.count
    let map = LabelMap(width: size.width, height: size.height)
    let values = [Float](unsafeUninitializedCapacity: size.pixels * classes) { values, count in
      network.run(labels: map.labels, labelStride: map.width, logits: values.baseAddress)
      count = values.count
    }
    return ScoreMap(width: size.width, height: size.height, classes: classes, values: values)
  }

  /// The network for a picture's size, with the picture written to it.
  func load(_ picture: EvaluationPicture) throws(TrainingError) -> Int8Network {
    let network = try network(picture.input)
    let (pixels, stride) = network.picture
    for y in 0..<picture.input.height {
      for x in 0..<picture.input.width {
        let (from, to) = (3 * (y * picture.input.width + x), pixels + y * stride + 4 * x)
        (to[0], to[1], to[2], to[3]) = (picture.rgb[from], picture.rgb[from + 1], picture.rgb[from + 2], 0)
      }
    }
    return network
  }

  private func network(_ size: InputSize) throws(TrainingError) -> Int8Network {
    if let known = networks[size] { return known }
    if networks.count >= 4 { networks.removeAll() }
    do throws(ModelError) {
      let made = Int8Network(try Int8Plan(model, inputSize: size, tier: tier), pool: pool)
      networks[size] = made
      return made
    } catch {
      throw .quantization("\(error)")
    }
  }
}
