// A U-Net that can be trained, or run with float matrix products.
import Frames
import UNet

/// The layers of an architecture with memory for one batch size and picture size.
///
/// Allocates everything when made. Parameters live outside, in `ParameterLayout`'s order, so that networks of several
/// sizes can run on the same ones.
final class TrainingNetwork {
  let architecture: Architecture
  let layout: ParameterLayout
  /// f32 `[n, H, W, 3]`, samples / 255.
  let input: Activation
  let layers: [any TrainingLayer]
  let head: HeadLayer

  /// - Parameters:
  ///   - batch: pictures at a time.
  ///   - size: of the pictures; multiples of the architecture's stride.
  ///   - wantsGradient: false saves the backward pass's memory.
  /// - Throws: `TrainingError.setting` when a width is no multiple of 8 or the size does not fit.
  init(_ architecture: Architecture, batch: Int, size: InputSize, wantsGradient: Bool) throws(TrainingError) {
    guard architecture.widths.allSatisfy({ $0 % 8 == 0 }) else {
      throw .setting(name: "widths", reason: "must be multiples of 8 for training")
    }
    guard size.height % architecture.stride == 0, size.width % architecture.stride == 0, batch > 0 else {
      throw .setting(name: "size", reason: "\(size) is no multiple of the network's stride \(architecture.stride)")
    }
    self.architecture = architecture
    let picture = BatchShape(n: batch, h: size.height, w: size.width, c: Architecture.inputChannels)
    input = Activation(picture, wantsGradient: false)
    var builder = NetworkBuilder(input: input, wantsGradient: wantsGradient)
    for layer in architecture.layers { builder.add(layer) }
    layers = builder.layers
    layout = builder.layout
    guard let head = layers.last as? HeadLayer else { preconditionFailure("a U-Net ends in its head") }
    self.head = head
  }

  /// Multiply-accumulates of a forward pass over the batch.
  var multiplyAccumulates: Int { layers.reduce(0) { $0 + $1.multiplyAccumulates } }

  /// From `input` to the head's logits.
  func forward(_ pass: Pass) {
    for layer in layers { layer.forward(pass) }
  }

  /// From the gradient by the logits to those of all parameters.
  func backward(_ pass: Pass) {
    for layer in layers.reversed() { layer.backward(pass) }
  }

  /// The class of the largest logit, the lowest one on ties: u8 `[h, w]` of picture `n`, at 1/stem of the input's size.
  func labels(of picture: Int) -> LabelMap {
    let shape = head.logits.shape
    let map = LabelMap(width: shape.w, height: shape.h)
    let logits = head.logits.row(picture, 0)
    for pixel in 0..<(shape.h * shape.w) {
      var best = 0
      for c in 1..<max(1, shape.c) where logits[pixel * shape.c + c] > logits[pixel * shape.c + best] { best = c }
      map.labels[pixel] = UInt8(best)
    }
    return map
  }
}

/// Turns the architecture's layers into trainable ones, in order.
private struct NetworkBuilder {
  let wantsGradient: Bool
  var layers: [any TrainingLayer] = []
  var layout = ParameterLayout()
  /// By layer name, and by layer name + "/pool".
  private var activations: [String: Activation]

  init(input: Activation, wantsGradient: Bool) {
    self.wantsGradient = wantsGradient
    activations = [Architecture.inputName: input]
  }

  mutating func add(_ layer: Layer) {
    let sources = layer.sources.map { source in
      guard let activation = activations[source.pooled ? source.name + "/pool" : source.name] else {
        preconditionFailure("\(layer.name) reads \(source.name) before it is written")
      }
      return activation
    }
    switch layer.kind {
    case .conv3x3(let stride):
      let block = ConvolutionBlock(
        name: layer.name, sources: sources, channels: layer.outputChannels, stride: stride, layout: &layout,
        wantsGradient: wantsGradient)
      append(block, writes: block.output)
      if layer.isPooled { addPool(layer.name, block.output) }
    case .transpose:
      let up = TransposedConvolution(layer, source: sources[0], layout: &layout, wantsGradient: wantsGradient)
      append(up, writes: up.output)
    case .head1x1:
      layers.append(
        HeadLayer(
          name: layer.name, source: sources[0], classes: layer.outputChannels, layout: &layout,
          wantsGradient: wantsGradient))
    }
  }

  private mutating func addPool(_ name: String, _ source: Activation) {
    let pool = MaxPool(name: name + "/pool", source: source, wantsGradient: wantsGradient)
    append(pool, writes: pool.output)
  }

  private mutating func append(_ layer: any TrainingLayer, writes output: Activation) {
    layers.append(layer)
    activations[layer.name] = output
  }
}
