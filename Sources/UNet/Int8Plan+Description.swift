// A plan that can say what it is, for `inspect --plan` and `bench`.
import Foundation
import Tensors

extension Int8Plan {
  /// One layer of the plan in figures.
  public struct LayerSummary: Sendable, Hashable, Codable {
    public let name: String
    /// The C function, with what is fused into it.
    public let kernel: String
    /// Output height, width and channels.
    public let shape: [Int]
    /// Bytes of the output with its border, and of the pooled output.
    public let activationBytes: Int
    /// Bytes of the packed weights, biases and multipliers.
    public let weightBytes: Int
    public let macs: Int
  }

  /// The layers in the order they run.
  public var layers: [LayerSummary] {
    steps.map { step in
      let size = step.layer.outputSize(inputSize)
      let written = [step.output, step.pooled].compactMap(\.self)
      return LayerSummary(
        name: step.layer.name, kernel: step.kernelName(tier),
        shape: [size.height, size.width, step.layer.outputChannels],
        activationBytes: written.reduce(0) { $0 + QuantizedTensor.byteCount(of: activations[$1].shape) },
        weightBytes: step.work.byteCount, macs: step.layer.macs(inputSize))
    }
  }
}

extension Int8Plan: CustomStringConvertible {
  /// A table of the layers, and a line of totals.
  public var description: String {
    let head = ["layer", "output", "kernel", "activations", "weights", "MMAC"]
    let rows = layers.map { layer in
      [
        layer.name, layer.shape.map(String.init).joined(separator: "×"), layer.kernel, kilobytes(layer.activationBytes),
        kilobytes(layer.weightBytes), String(format: "%.1f", Double(layer.macs) / 1e6),
      ]
    }
    let total = String(
      format: "%@ int8 at %@ on %@: %.2f GMAC, %@ of weights, %@ of activations in one arena", modelName,
      inputSize.description, tier.rawValue, Double(macs) / 1e9, kilobytes(layers.reduce(0) { $0 + $1.weightBytes }),
      kilobytes(arenaBytes))
    return table([head] + rows) + total
  }

  private func kilobytes(_ bytes: Int) -> String { "\((bytes + 1023) / 1024) KiB" }

  /// Columns as wide as their longest cell, figures to the right.
  private func table(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column < 3 ? cell + padding : padding + cell
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}

extension Int8Plan.Step {
  fileprivate func kernelName(_ tier: CPUTier) -> String {
    switch work {
    case .convolution(_, stride: 2): "ck_conv3x3_stride2_u8s8_\(tier)"
    case .convolution:
      "ck_conv3x3_u8s8_\(tier)" + (sources.count == 2 ? ", two sources" : "") + (pooled == nil ? "" : ", max-pool")
    case .transpose(let packed): "ck_upconv\(packed.window)x\(packed.window)_u8s8_\(tier)"
    case .head: "ck_head_argmax_u8s8_\(tier)"
    }
  }
}

extension Int8Plan.Step.Work {
  fileprivate var byteCount: Int {
    switch self {
    case .convolution(let packed, _): packed.byteCount
    case .transpose(let packed): packed.byteCount
    case .head(let packed): packed.byteCount
    }
  }
}
