// What a model file holds.
import Foundation
import Tensors
import UNet

extension Findings {
  /// - Parameter listsAllLayers: what each layer costs in 8 bits, not only the worst ones.
  init(model: Model, path: String, listsAllLayers: Bool = false) {
    self.init(kind: "model", path: path)
    let (architecture, input) = (model.architecture, model.trainingInput)
    add("name", model.name)
    add(
      "network",
      "U-Net, stem \(architecture.stem), widths \(architecture.widths.map(String.init).joined(separator: ", "))"
        + (architecture.up == .standard
          ? ""
          : ", up by \(architecture.up.window)×\(architecture.up.window)\(architecture.up.isRectified ? " and ReLU" : "")")
    )
    add("weights", "\(architecture.parameterCount), \(model.quantized == nil ? "float" : "float and int8")")
    add("input", "\(input), any multiple of \(architecture.stride)")
    add("cost", "\((Double(architecture.macs(input)) / 1e9).formatted(decimals: 2)) GMAC a frame")
    add("classes", architecture.classes.map(\.name).joined(separator: ", "))
    addReceipt(model.receipt)
    details = Self.classTable(model)
    if let report = model.receipt.quantization {
      details += [""] + report.trialTable + [""] + report.layerTable(limit: listsAllLayers ? nil : 5)
    }
    if model.quantized == nil {
      problems.append("no int8 weights: it runs only as the slow float network; verge quantize makes them")
    }
    if model.receipt.dataSets.isEmpty {
      problems.append("the receipt names no data set: where the model comes from is unknown")
    }
  }

  private mutating func addReceipt(_ receipt: Receipt) {
    add(
      "trained by",
      "verge \(receipt.toolVersion), \(receipt.epochs) epochs, \(receipt.steps) steps, seed \(receipt.seed)")
    for set in receipt.dataSets {
      add(set.use, "\(set.spec), \(set.images) images\(set.license.map { ", \($0)" } ?? "")")
    }
    for (precision, scores) in [("float", receipt.floatScores), ("int8", receipt.int8Scores)] {
      for score in scores {
        let (iou, accuracy) = (score.meanIoU.formatted(decimals: 4), score.pixelAccuracy.formatted(decimals: 4))
        add("\(precision) on \(score.dataSet)", "mIoU \(iou), pixel accuracy \(accuracy), \(score.images) images")
      }
    }
    if let report = receipt.quantization { addQuantization(report) }
    for note in receipt.notes { add("note", note) }
  }

  private mutating func addQuantization(_ report: Receipt.QuantizationReport) {
    quantization = report
    add("quantised by", report.chosen)
    add("speed", report.speed?.sentence)
  }

  /// A line for each class: colour, and the IoUs of the receipt's first scores.
  private static func classTable(_ model: Model) -> [String] {
    var table = Table([("class", .right), ("name", .left), ("colour", .left), ("IoU float", .right), ("int8", .right)])
    for (index, entry) in model.architecture.classes.enumerated() {
      let scores = [model.receipt.floatScores, model.receipt.int8Scores].map { scores in
        let iou = scores.first?.classes.first { $0.name == entry.name }?.iou
        return iou.map { $0.formatted(decimals: 3) } ?? "–"
      }
      table.add("\(index)", entry.name, "\(entry.color)", scores[0], scores[1])
    }
    return table.lines
  }

  /// Adds what the integer network does, or where there are no int8 weights the layers as they are.
  ///
  /// - Parameters:
  ///   - size: nil for the size that the model was trained at.
  ///   - tier: nil for the best one of this CPU.
  /// - Throws: `ModelError.inputSize` and `.tier`.
  mutating func addPlan(of model: Model, size: InputSize?, tier: CPUTier?, threads: Int) throws(ModelError) {
    let size = size ?? model.trainingInput
    guard model.quantized != nil else {
      try model.architecture.check(size)
      return details += [""] + Self.layerTable(model.architecture, size)
    }
    let inspection = PlanInspection(try Int8Plan(model, inputSize: size, tier: tier), threads: threads)
    plan = inspection
    details += [""] + inspection.lines
  }

  /// A line for each layer.
  private static func layerTable(_ architecture: Architecture, _ input: InputSize) -> [String] {
    var table = Table([
      ("layer", .left), ("kernel", .left), ("reads", .left), ("writes", .left), ("weights", .right), ("MMAC", .right),
    ])
    for layer in architecture.layers {
      let reads = layer.sources.map { $0.name + ($0.pooled ? " pooled" : "") }.joined(separator: " + ")
      let size = layer.outputSize(input)
      table.add(
        layer.name, layer.kernelText, reads, "\(size.height)×\(size.width)×\(layer.outputChannels)",
        "\(layer.weightCount)", (Double(layer.macs(input)) / 1e6).formatted(decimals: 1))
    }
    return table.lines
  }
}

extension Layer {
  /// The kind of the layer in a word.
  fileprivate var kernelText: String {
    switch kind {
    case .conv3x3(let stride): stride == 1 ? "conv3x3\(isPooled ? "+pool" : "")" : "conv3x3/\(stride)"
    case .transpose(let up): "upconv\(up.window)x\(up.window)"
    case .head1x1: "head+argmax"
    }
  }
}
