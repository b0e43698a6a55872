// What a run says of itself before it starts.
import Foundation
import Tensors
import UNet

extension Trainer {
  /// Lines about the network, the data, the memory and what computes.
  public var statement: [String] {
    let architecture = configuration.architecture
    let pictures = mix.parts.map { "\($0.source.count) of \($0.source.specification)" }.joined(separator: ", ")
    let macs = Double(architecture.macs(recipe.size.inputSize)) * 1e-9
    let start = takenOver.map { taken in
      "begins with \(taken.layers) of \(architecture.layers.count - 1) layers of \(taken.model), and of its head with "
        + (taken.classes.isEmpty ? "no class" : taken.classes.joined(separator: ", "))
        + (taken.layers == 0 ? ": other widths, so that all is drawn anew" : "")
    }
    return [
      "network of stem \(architecture.stem), widths \(architecture.widths), \(architecture.classes.count) classes: "
        + String(format: "%.1f M weights, %.2f GMAC a crop", Double(architecture.parameterCount) * 1e-6, macs),
      start,
      "pictures: \(pictures)"
        + (validation.map { "; measured on \($0.count) of \($0.source.specification)" }
          ?? "; none to measure on (--val): the last weights are kept, not the best"),
      "memory: about \(memory.total >> 20) MB" + (configuration.memoryLimit.map { " of \($0 >> 20) MB free" } ?? "")
        + "; products in \(network.real == .bf16 ? "bf16" : "float") on \(configuration.threads) threads",
    ].compactMap(\.self)
  }
}
