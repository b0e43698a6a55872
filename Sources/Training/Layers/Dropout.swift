// Activations left out at random, against overfitting.
public import Settings
import Tensors

/// Where activations are dropped.
public enum DropoutPlace: String, SettingsChoice {
  /// Between the two convolutions of every block, as in small U-Nets for few pictures.
  case blocks
  /// After both convolutions of the deepest level, as in the original U-Net.
  case deepest
}

/// How many activations a training step leaves out, and where. A property of training: a model file has none.
public struct DropoutRecipe: SettingsPart {
  /// Share of the activations that become 0, 0 to 0.9; the others grow by 1/(1 − rate).
  public var rate = 0.0
  public var place = DropoutPlace.blocks

  public init() {}

  public static let notes = [
    "rate": "share of the activations that a step leaves out, 0 to 0.9",
    "place": "blocks: between the convolutions of every block; deepest: on the deepest level only",
  ]

  /// - Throws: `SettingsError.setting`.
  public func check() throws(SettingsError) {
    try SettingsCheck.require((0...0.9).contains(rate), "rate", "must be in 0...0.9, not \(rate)")
  }

  /// Whether the output of a layer of a network with `levels` levels is dropped.
  func includes(_ layer: String, levels: Int) -> Bool {
    switch place {
    case .blocks: rate > 0 && layer.hasSuffix(".conv0")
    case .deepest: rate > 0 && layer.hasPrefix("down\(levels - 1).")
    }
  }
}

/// The dropout after one layer: which activations go depends on the pass's seed, the layer and the place alone.
///
/// - Source: Srivastava et al. 2014, in the inverted form: nothing changes in inference.
struct Dropout {
  let rate: Float
  /// Of the layer, in the network's order.
  let layer: Int

  /// Drops numbers of a row, of the activation or, with the same seed, of its gradient.
  func apply(to tensor: BatchTensor, row: Int, _ pass: Pass, _ passes: NormPasses) {
    guard let seed = pass.dropoutSeed else { return }
    var random = SeededRandom(seed: seed, index: UInt64(layer))
    let count = tensor.shape.w * tensor.shape.c
    passes.drop(
      tensor.address(row), count: count, key: UInt32(truncatingIfNeeded: random.next()),
      first: UInt32(truncatingIfNeeded: row * count), threshold: UInt32(Double(rate) * 4_294_967_296),
      scale: 1 / (1 - rate))
  }
}
