// From an architecture to layers that can be trained, with a plan of their memory.
import Tensors
import UNet

/// Turns the architecture's layers into trainable ones, in order.
struct NetworkBuilder {
  let plan = MemoryPlan()
  let input: Activation
  private(set) var layers: [any TrainingLayer] = []
  private(set) var layout = ParameterLayout()
  private let architecture: Architecture
  private let schedule: PassSchedule
  private let arithmetic: Arithmetic
  private let dropout: DropoutRecipe
  /// By layer name, and by layer name + "/pool".
  private var activations: [String: Activation]

  /// - Throws: `TrainingError.setting` when a width is no multiple of 8 or the size does not fit.
  init(
    _ architecture: Architecture, batch: Int, size: InputSize, wantsGradient: Bool, arithmetic: Arithmetic,
    dropout: DropoutRecipe
  ) throws(TrainingError) {
    guard architecture.widths.allSatisfy({ $0 % 8 == 0 }) else {
      throw .setting(name: "widths", reason: "must be multiples of 8 for training")
    }
    guard size.height % architecture.stride == 0, size.width % architecture.stride == 0, batch > 0 else {
      throw .setting(name: "size", reason: "\(size) is no multiple of the network's stride \(architecture.stride)")
    }
    schedule = PassSchedule(architecture, wantsGradient: wantsGradient)
    (self.architecture, self.arithmetic, self.dropout) = (architecture, arithmetic, dropout)
    let shape = BatchShape(n: batch, h: size.height, w: size.width, c: Architecture.inputChannels)
    input = Activation(
      BatchTensor(shape, border: 1, real: .f32, in: plan, lifetime: 0...schedule.end), gradient: nil)
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
    case .conv3x3(let stride): addBlock(layer, sources, stride: stride)
    case .transpose(let up): addTransposed(layer, sources[0], up)
    case .head1x1:
      layers.append(
        HeadLayer(
          name: layer.name, source: sources[0], classes: layer.outputChannels, layout: &layout,
          passes: arithmetic.passes, in: plan, schedule: schedule))
    }
  }

  private mutating func addBlock(_ layer: Layer, _ sources: [Activation], stride: Int) {
    let source = sources[0].shape
    let shape = BatchShape(n: source.n, h: source.h / stride, w: source.w / stride, c: layer.outputChannels)
    let output = activation(shape, layer.name)
    let inputs = sources.reduce(0) { $0 + $1.shape.c }
    let weight = layout.add("\(layer.name).weight", shape: [shape.c, 3, 3, inputs], kind: .weight)
    let result = BatchTensor(shape, real: arithmetic.real, in: plan, lifetime: schedule.result(layer.name))
    let ends = ConvolutionEnds(
      sources: sources, result: result, gradient: output.gradient, stride: stride, weight: weight)
    let drops = dropout.includes(layer.name, levels: architecture.widths.count)
    layers.append(
      ConvolutionBlock(
        name: layer.name, ends: ends, output: output, pooled: layer.isPooled ? pooled(shape, layer.name) : nil,
        convolution: convolution(ends, layer.name),
        norm: ChannelNorm(name: layer.name, channels: shape.c, layout: &layout), passes: arithmetic.passes,
        dropout: drops ? Dropout(rate: Float(dropout.rate), layer: layers.count) : nil))
  }

  private func convolution(_ ends: ConvolutionEnds, _ name: String) -> any Convolution {
    guard let kernels = arithmetic.kernels else {
      return MatrixConvolution(ends, in: plan, backward: schedule.backward(name))
    }
    let readsPicture = ends.sources[0] === input
    return KernelConvolution(
      ends, on: readsPicture ? kernels.picture : kernels.inner, in: plan,
      steps: (schedule.forward(name), schedule.backward(name)))
  }

  private mutating func addTransposed(_ layer: Layer, _ source: Activation, _ up: Upsampling) {
    let shape = BatchShape(n: source.shape.n, h: 2 * source.shape.h, w: 2 * source.shape.w, c: layer.outputChannels)
    let ends = UpconvolutionEnds(
      source: source, output: activation(shape, layer.name),
      weight: layout.add("\(layer.name).weight", shape: layer.weightShape, kind: .weight),
      bias: layout.add("\(layer.name).bias", shape: [shape.c], kind: .offset), window: up.window,
      isRectified: up.isRectified)
    let steps = (schedule.forward(layer.name), schedule.backward(layer.name))
    let upconvolution: any Upconvolution =
      if let kernels = arithmetic.kernels, up.window == 2 {
        KernelUpconvolution(ends, on: kernels.inner, in: plan, steps: steps)
      } else {
        MatrixUpconvolution(ends, in: plan, backward: steps.1)
      }
    layers.append(
      TransposedConvolution(
        name: layer.name, ends: ends, upconvolution: upconvolution, passes: arithmetic.passes))
  }

  /// The activation that a layer writes.
  private mutating func activation(_ shape: BatchShape, _ name: String) -> Activation {
    let made = tensors(shape, value: schedule.value(name), gradient: schedule.gradient(name))
    activations[name] = made
    return made
  }

  /// The 2×2 maximum of it.
  private mutating func pooled(_ shape: BatchShape, _ name: String) -> Activation {
    let half = BatchShape(n: shape.n, h: shape.h / 2, w: shape.w / 2, c: shape.c)
    let made = tensors(
      half, value: schedule.value(name, pooled: true), gradient: schedule.gradient(name, pooled: true))
    activations[name + "/pool"] = made
    return made
  }

  private func tensors(_ shape: BatchShape, value: ClosedRange<Int>, gradient: ClosedRange<Int>) -> Activation {
    func tensor(_ lifetime: ClosedRange<Int>) -> BatchTensor {
      BatchTensor(shape, border: 1, real: arithmetic.real, in: plan, lifetime: lifetime)
    }
    return Activation(tensor(value), gradient: schedule.wantsGradient ? tensor(gradient) : nil)
  }
}
