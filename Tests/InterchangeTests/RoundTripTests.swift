import Foundation
// Out and in again, and on from there.
import Frames
import Settings
import Testing
import Training
import UNet

@testable import Interchange

@Suite struct RoundTripTests {
  @Test(arguments: [
    (2, Upsampling.standard), (1, Upsampling(window: 4, isRectified: false)),
    (2, Upsampling(window: 4, isRectified: true)),
  ])
  func anExportedModelComesBack(stem: Int, up: Upsampling) throws {
    var random = SystemRandomNumberGenerator()
    let classes = ["road", "sky", "tree"].map { PixelClass(name: $0, color: ClassColor(9, 8, 7)) }
    let architecture = try Architecture(stem: stem, widths: [4, 6, 8], up: up, classes: classes)
    let model = try Model(
      name: "there and back", architecture: architecture, weights: Weights(initial: architecture, using: &random),
      trainingInput: InputSize(height: 16, width: 24), receipt: Receipt(toolVersion: "0"))
    for size in [ONNXExport.Size.dynamic, .fixed(model.trainingInput)] {
      let export = try ONNXExport(model, precision: .float, size: size, toolVersion: "0")
      let back = try ONNXImport.model(of: export.proto, path: "m.onnx", ONNXImport.Options(toolVersion: "0"))
      #expect(back.architecture == architecture && back.name == model.name)
      let (scores, expected) = (
        try FloatNetwork(back).logits(testPicture).values, try FloatNetwork(model).logits(testPicture).values
      )
      #expect(largestDifference(scores, expected) <= 1e-4)
    }
  }

  @Test func theShippedModelComesBack() throws {
    let road = try ModelLibrary.load("road")
    let export = try ONNXExport(road, precision: .float, size: .dynamic, toolVersion: "0")
    let back = try ONNXImport.model(of: export.proto, path: "m.onnx", ONNXImport.Options(toolVersion: "0"))
    #expect(back.architecture == road.architecture && back.weights == road.weights.folded())
  }

  @Test func integersAreNotImported() throws {
    let road = try ModelLibrary.load("road")
    let export = try ONNXExport(road, precision: .int8, size: .dynamic, toolVersion: "0")
    let reason = "a network in integers; import its float form and run `verge quantize`"
    #expect(throws: Unmappable("node 'input.u8' (QuantizeLinear)", reason)) {
      try ONNXImport.model(of: export.proto, path: "m.onnx", ONNXImport.Options(toolVersion: "0"))
    }
  }

  /// A few steps at a tiny rate: the network goes on from where it was, and moves.
  @Test(arguments: ["torch_transpose2", "torch_nearest", "keras_transpose3"])
  func anImportedNetworkTrainsOn(name: String) throws {
    let path = ExportedNetwork.path(name + ".onnx")
    let classes = ["sky", "road", "car"].map { PixelClass(name: $0, color: ClassColor(1, 2, 3)) }
    let model = try ONNXImport.model(contentsOf: path, ONNXImport.Options(classes: classes, toolVersion: "0"))
    try withTemporaryFolder { folder in
      var settings = TrainerConfiguration(architecture: model.architecture, output: folder + "/m.safetensors")
      (settings.recipe.length, settings.recipe.batch) = (.steps(20), 2)
      settings.recipe.size = PictureExtent(width: 24, height: 16)
      settings.recipe.network.take(model.architecture)
      settings.recipe.optimizer.rate = 3e-3
      (settings.recipe.optimizer.warmup, settings.recipe.optimizer.average) = (2, 0.5)
      var losses: [Double] = []
      let trainer = try Trainer(settings, sources: [Halves()], validation: nil, initial: model)
      _ = try trainer.run { event in
        if case .step(let report) = event { losses.append(report.loss) }
        return true
      }
      let (early, late): (Double, Double) = (losses.prefix(4).reduce(0, +), losses.suffix(4).reduce(0, +))
      #expect(late < early, "\(losses)")
      let trained = try Model(contentsOf: folder + "/m.safetensors")
      #expect(trained.architecture == model.architecture && trained.weights != model.weights)
      #expect(trained.weights.isFolded == model.weights.isFolded)
    }
  }
}

/// Blue above grey.
private struct Halves: LabelledSource {
  let specification = "halves:"
  let classNames = ["sky", "road", "car"]
  let count = 4

  func name(at index: Int) -> String { "\(index)" }

  func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
    let horizon = 6 + index
    let labels = (0..<16 * 24).map { UInt8($0 / 24 < horizon ? 0 : 1) }
    return LabelledPicture(
      width: 24, height: 16, rgb: labels.flatMap { $0 == 0 ? [60, 90, 200] : [90, 90, 90] }, labels: labels)
  }
}
