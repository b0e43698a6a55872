// Empirical bias correction: takes out what rounding adds to the mean of each channel.
import Tensors
import UNet

/// Moves the biases of integer layers until each channel has the mean that it has in the float network.
///
/// Measured on the integer network itself, layer by layer from the picture on, so that rounding of any kind counts: of
/// weights, activations and the transform domain.
/// - Source: Nagel et al. 2019, appendix D, on outputs after the ReLU: a mean there moves by the share of pixels it lets
///   through.
struct BiasCorrection {
  private let model: Model
  private let pictures: [EvaluationPicture]
  private let threads: Int
  /// By layer: the float network's channel means on the pictures.
  private var means: [String: [Double]] = [:]

  /// - Parameters:
  ///   - model: quantised; its float weights are the goal.
  ///   - pictures: how many of `set` to use.
  /// - Throws: what data throws.
  init(_ model: Model, on set: EvaluationSet, pictures count: Int, threads: Int) throws(TrainingError) {
    (self.model, self.threads) = (model, threads)
    var pictures: [EvaluationPicture] = []
    for index in set.sample(count) { pictures.append(try set.picture(atOrAfter: index)) }
    self.pictures = pictures
    let predictor = try FloatPredictor(model, threads: threads)
    for picture in pictures {
      let network = try predictor.run(picture) { layer in
        if let written = layer.written { add(written.value, to: layer.name, pictures.count) }
      }
      add(network.head.logits, to: Architecture.headName, pictures.count)
    }
  }

  private mutating func add(_ tensor: BatchTensor, to name: String, _ pictures: Int) {
    let channels = tensor.shape.c
    let share = 1 / Double(tensor.shape.pixels * pictures)
    var sums = [Double](repeating: 0, count: channels)
    tensor.forEachRow { row in
      for i in row.indices { sums[i % channels] += Double(row[i]) }
    }
    means[name] = zip(means[name] ?? [Double](repeating: 0, count: channels), sums).map { $0 + $1 * share }
  }

  /// The model with corrected biases.
  ///
  /// - Throws: `TrainingError.quantization` when a bias leaves 32 bits.
  func corrected() throws(TrainingError) -> Model {
    var model = model
    for layer in model.architecture.layers {
      let shift = try shift(of: layer, in: model)
      do throws(ModelError) {
        model = try model.with(quantized: model.quantized?.shiftingBias(of: layer, by: shift))
      } catch {
        throw .quantization("\(error)")
      }
    }
    return model
  }

  /// What is missing from each channel's bias.
  private func shift(of layer: Layer, in model: Model) throws(TrainingError) -> [Float] {
    let predictor = try Int8Predictor(model, threads: threads)
    var total = ChannelMeans(channels: layer.outputChannels)
    for picture in pictures {
      let network = try predictor.load(picture)
      if layer.name == Architecture.headName {
        total.add(logits: network, pictures: pictures.count)
      } else if let scale = model.quantized?.activations[layer.name] {
        total.add(layer.name, of: network, scale, pictures: pictures.count)
      }
    }
    return total.shift(towards: means[layer.name] ?? total.means)
  }
}

/// Means by channel of what an integer layer gives.
private struct ChannelMeans {
  private(set) var means: [Double]
  /// Share of values that follow the bias: neither at the lower nor at the upper end of the codes.
  private var open: [Double]

  init(channels: Int) {
    means = [Double](repeating: 0, count: channels)
    open = means
  }

  mutating func add(_ layer: String, of network: Int8Network, _ scale: Quantization, pictures: Int) {
    var labels = [UInt8](repeating: 0, count: network.plan.labelSize.pixels)
    network.run(labels: &labels, labelStride: network.plan.labelSize.width) { name, codes in
      guard name == layer else { return }
      let channels = means.count
      let share = Double(channels) / Double(codes.count * pictures)
      var (sums, opened) = ([Int](repeating: 0, count: channels), [Int](repeating: 0, count: channels))
      for (i, code) in codes.enumerated() {
        sums[i % channels] += Int(code) - Int(scale.zeroPoint)
        opened[i % channels] += code > 0 && code < 255 ? 1 : 0
      }
      for c in 0..<channels {
        means[c] += Double(sums[c]) * Double(scale.scale) * share
        open[c] += Double(opened[c]) * share
      }
    }
  }

  mutating func add(logits network: Int8Network, pictures: Int) {
    let (pixels, channels) = (network.plan.labelSize.pixels, means.count)
    var labels = [UInt8](repeating: 0, count: pixels)
    var logits = [Float](repeating: 0, count: pixels * channels)
    network.run(labels: &labels, labelStride: network.plan.labelSize.width, logits: &logits)
    let share = 1 / Double(pixels * pictures)
    for (i, logit) in logits.enumerated() { means[i % channels] += Double(logit) * share }
    for c in 0..<channels { open[c] += 1 / Double(pictures) }
  }

  /// Channels that hardly ever open are left alone: what their bias does cannot be told from so few values.
  func shift(towards goal: [Double]) -> [Float] {
    means.indices.map { open[$0] < 0.02 ? 0 : Float((goal[$0] - means[$0]) / open[$0]) }
  }
}
