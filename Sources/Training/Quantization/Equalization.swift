// Cross-layer equalisation: channels scaled so that no activation and no weights have some far larger than the rest.
import Foundation
public import UNet

/// Moves scale between a layer's output channels and the weights that read them, which changes no logit.
///
/// ReLU, 2×2 maximum and concatenation all let a positive factor through, so every activation but the picture is free: a
/// channel is divided in the layer that writes it and multiplied in all that read it, a skip's in both of its readers.
/// Factors are powers of two, so that the float network's results stay the same bit for bit.
///
/// Weights have a scale per output channel, so unlike in the paper it is not the rows of the first layer that compete for
/// 8 bits but the channels of the activation.
/// - Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", §4.1, with
///   measured ranges of activations in place of r⁽¹⁾.
public enum Equalization {
  /// Rounds over all activations; each changes what the others should be.
  private static let rounds = 4

  /// The same network with equalised channels; norms stay norms.
  ///
  /// - Parameter peaks: by layer, the largest magnitude of each channel of its output on sample pictures.
  public static func equalized(
    _ weights: Weights, _ architecture: Architecture, peaks: [String: [Float]]
  ) -> Weights {
    var (weights, peaks) = (weights, peaks)
    for _ in 0..<rounds {
      let folded = weights.folded()
      var changed = false
      for layer in architecture.layers.dropLast() {
        guard let own = peaks[layer.name] else { continue }
        let needs = needs(of: layer.name, own.count, in: architecture, folded, peaks)
        let divisors = divisors(own, needs)
        guard divisors.contains(where: { $0 != 1 }) else { continue }
        changed = true
        weights[layer.name]?.divideOutputs(by: divisors)
        for (reader, offset) in architecture.readers(of: layer.name) {
          weights[reader.name]?.multiplyInputs(from: offset, by: divisors)
        }
        peaks[layer.name] = zip(own, divisors).map { $0 / $1 }
      }
      guard changed else { break }
    }
    return weights
  }

  /// √(range / need) of each channel, both relative to the largest of the tensor, as a power of two.
  private static func divisors(_ peaks: [Float], _ needs: [Float]) -> [Float] {
    let largest = peaks.max() ?? 0
    return zip(peaks, needs).map { peak, need in
      guard peak > 0, need > 0, largest > 0 else { return 1 }  // a dead channel, or one that nobody reads
      let power = (log2(peak / largest / need) / 2).rounded()
      return exp2(min(16, max(-16, power)))
    }
  }

  /// How much of its readers' precision each channel takes: 1 where it holds the largest product of some output channel.
  private static func needs(
    of name: String, _ channels: Int, in architecture: Architecture, _ folded: Weights, _ peaks: [String: [Float]]
  ) -> [Float] {
    var needs = [Float](repeating: 0, count: channels)
    for (reader, offset) in architecture.readers(of: name) {
      guard let weight = folded[reader.name]?.weight else { continue }
      // Products are compared in what one code of each source stands for, as the quantiser's units are.
      let steps = reader.sources.flatMap { source in
        [Float](
          repeating: source.name == Architecture.inputName ? 1 : peaks[source.name]?.max() ?? 1, count: source.channels)
      }
      let (inputs, perOutput) = (reader.inputChannels, weight.values.count / reader.outputChannels)
      for o in 0..<reader.outputChannels {
        let row = weight.values[o * perOutput..<(o + 1) * perOutput].enumerated().map { abs($1) * steps[$0 % inputs] }
        guard let largest = row.max(), largest > 0 else { continue }
        for tap in stride(from: 0, to: perOutput, by: inputs) {
          for c in 0..<channels { needs[c] = max(needs[c], row[tap + offset + c] / largest) }
        }
      }
    }
    return needs
  }
}

extension Architecture {
  /// The layers that read an activation, pooled or not, with its first channel among theirs.
  fileprivate func readers(of name: String) -> [(layer: Layer, offset: Int)] {
    layers.flatMap { layer in
      layer.sources.enumerated().filter { $1.name == name }.map { index, _ in
        (layer: layer, offset: layer.sources[..<index].reduce(0) { $0 + $1.channels })
      }
    }
  }
}

extension LayerWeights {
  /// Scales what comes after the norm where there is one: its statistics stay true.
  fileprivate mutating func divideOutputs(by divisors: [Float]) {
    if norm != nil {
      for (o, divisor) in divisors.enumerated() {
        norm?.scale[o] /= divisor
        norm?.shift[o] /= divisor
      }
      return
    }
    let perOutput = weight.values.count / divisors.count
    for i in weight.values.indices { weight.values[i] /= divisors[i / perOutput] }
    bias = bias.map { zip($0, divisors).map { $0 / $1 } }
  }

  fileprivate mutating func multiplyInputs(from offset: Int, by factors: [Float]) {
    let inputs = weight.shape[3]
    for start in stride(from: offset, to: weight.values.count, by: inputs) {
      for (c, factor) in factors.enumerated() { weight.values[start + c] *= factor }
    }
  }
}
