// What the integer network of a model does, layer by layer.
import Tensors
import UNet

/// A plan for one input size, tier and number of threads: `inspect --plan`.
struct PlanInspection: Encodable {
  let input: [Int]
  let tier: String
  let threads: Int
  let gmacs: Double
  let memory: Int8Plan.MemorySummary
  let layers: [Int8Plan.LayerSummary]

  init(_ plan: Int8Plan, threads: Int) {
    input = [plan.inputSize.height, plan.inputSize.width]
    (tier, self.threads, gmacs) = (plan.tier.rawValue, threads, Double(plan.macs) / 1e9)
    (memory, layers) = (plan.memory, plan.layers(threads: threads))
  }
}

extension PlanInspection {
  /// The lines to print, of at most 120 columns for the names and sizes there usually are.
  var lines: [String] {
    let title =
      "plan at \(input[1])×\(input[0]) on \(threads) thread\(threads == 1 ? "" : "s"): "
      + "\(gmacs.formatted(decimals: 2)) GMAC; kernels are ck_…_u8s8_\(tier)"
    return [title, ""] + layerTable.lines + ["", legend, weights, arena]
  }

  private var layerTable: Table {
    var table = Table([
      ("layer", .left), ("reads", .left), ("writes", .left), ("kernel", .left), ("fused", .left), ("split", .right),
      ("KiB", .right), ("weights", .right), ("MMAC", .right),
    ])
    for layer in layers {
      table.add(
        layer.name, layer.reads.joined(separator: " + "), layer.shape.map(String.init).joined(separator: "×"),
        shortName(layer.kernel), layer.fused.joined(separator: ", "), "\(layer.split.pieces) of \(layer.split.unit)",
        kibibytes(layer.activationBytes), kibibytes(layer.weightBytes),
        (Double(layer.macs) / 1e6).formatted(decimals: 1))
    }
    return table
  }

  private var legend: String { "split: pieces that threads claim, of so many rows; KiB: what the layer writes" }

  private var weights: String { "weights: \(kibibytes(memory.weightBytes)) KiB, packed for \(tier)" }

  private var arena: String {
    let share = percentText(Double(memory.arenaBytes) / Double(memory.unsharedBytes))
    return "activations: \(kibibytes(memory.arenaBytes)) KiB in one arena, \(share) of what they take side by side "
      + "(no arena is below \(kibibytes(memory.lowerBoundBytes)) KiB)"
  }

  /// `conv3x3` of `ck_conv3x3_u8s8_avx2`: the rest is the same in all rows.
  private func shortName(_ kernel: String) -> String {
    let name = kernel.hasPrefix("ck_") ? kernel.dropFirst(3) : kernel[...]
    let ending = "_u8s8_\(tier)"
    return String(name.hasSuffix(ending) ? name.dropLast(ending.count) : name)
  }

  private func kibibytes(_ bytes: Int) -> String { "\((bytes + 1023) / 1024)" }
}
