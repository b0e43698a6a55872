// Whole runs on toy data.
import Foundation
import Settings
import Synchronization
import Testing
import UNet

@testable import Training

@Suite struct TrainerTests {
  private func configuration(_ folder: String, steps: Int, threads: Int = 2) throws -> TrainerConfiguration {
    var made = TrainerConfiguration(architecture: try Fixtures.architecture(), output: folder + "/toy.safetensors")
    made.recipe.length = .steps(steps)
    made.recipe.batch = 4
    made.recipe.size = PictureExtent(width: 48, height: 32)
    (made.recipe.optimizer.rate, made.recipe.optimizer.warmup, made.recipe.optimizer.average) = (1e-2, 5, 0.9)
    (made.recipe.network.widths, made.recipe.evaluation.every) = (made.architecture.widths, 1000)
    made.threads = threads
    return made
  }

  private func trainer(_ configuration: TrainerConfiguration) throws -> Trainer {
    try Trainer(configuration, sources: [ToySource()], validation: ToySource(count: 3))
  }

  @Test func aToyProblemIsLearned() throws {
    let folder = try Fixtures.folder()
    var losses: [Double] = []
    let summary = try trainer(configuration(folder, steps: 80)).run { event in
      if case .step(let report) = event { losses.append(report.loss) }
      return true
    }
    #expect(losses.count == 80)
    let (early, late): (Double, Double) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
    #expect(late < 0.4 * early)
    #expect(summary.bestMeanIoU > 0.7)
    let model = try Model(contentsOf: summary.modelPath)
    let set = try EvaluationSet(ToySource(count: 3), architecture: model.architecture)
    let evaluation = try Evaluator.evaluate(try FloatPredictor(model, threads: 1), on: set)
    #expect(evaluation.meanIoU == summary.bestMeanIoU)
    #expect(model.receipt.floatScores.first?.meanIoU == summary.bestMeanIoU)
    #expect(model.receipt.steps == 80)
  }

  @Test func aResumedRunEqualsAnUninterruptedOne() throws {
    let (whole, parted) = (try Fixtures.folder(), try Fixtures.folder())
    let straight = try trainer(configuration(whole, steps: 12))
    _ = try straight.run { _ in true }
    let first = try trainer(configuration(parted, steps: 12, threads: 1))
    _ = try first.run { event in
      if case .step(let report) = event { return report.step < 5 }
      return true
    }
    #expect(first.state.step == 5)
    let second = try trainer(configuration(parted, steps: 12))
    try second.resume()
    _ = try second.run { _ in true }
    #expect(Array(straight.values.buffer) == Array(second.values.buffer))
    #expect(Array(straight.optimizer.average.buffer) == Array(second.optimizer.average.buffer))
  }

  @Test func theTimeLeftGoesByThePaceOfThePartUnderWay() throws {
    let trainer = try trainer(configuration(try Fixtures.folder(), steps: 6))
    // As if the part before had taken a year: paused, or on a busy machine.
    trainer.clock.earlierSeconds = 3e7
    var left: [Double] = []
    _ = try trainer.run { event in
      if case .step(let report) = event, let remaining = report.remaining { left.append(remaining) }
      return true
    }
    #expect(left.count == 6 && left.dropLast().allSatisfy { $0 > 0 && $0 < 1e5 } && left.last == 0, "\(left)")
  }

  @Test func aModelWithoutNormsIsTrainedOnWithout() throws {
    let up = Upsampling(window: 4, isRectified: true)
    let architecture = try Architecture(stem: 1, widths: [8, 16], up: up, classes: Fixtures.classes)
    let whole = try Fixtures.model(architecture)
    let initial = try whole.with(weights: whole.weights.folded(), quantized: nil)
    var settings = try configuration(try Fixtures.folder(), steps: 30)
    (settings.architecture, settings.recipe.optimizer.rate) = (architecture, 3e-3)
    var losses: [Double] = []
    let trainer = try Trainer(settings, sources: [ToySource()], validation: nil, initial: initial)
    let picture = try ForwardTests.picture(InputSize(height: 16, width: 24))
    let expected = try FloatPredictor(initial, threads: 1).run(picture).head.logits
    let start = try Model(
      name: "start", architecture: architecture, weights: trainer.network.layout.weights(from: trainer.values.data),
      trainingInput: initial.trainingInput, receipt: initial.receipt)
    let got = try FloatPredictor(start, threads: 1).run(picture).head.logits
    for i in 0..<(got.shape.pixels * got.shape.c) { #expect(abs(got.base[i] - expected.base[i]) < 1e-4) }
    let summary = try trainer.run { event in
      if case .step(let report) = event { losses.append(report.loss) }
      return true
    }
    let (early, late): (Double, Double) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    #expect(late < 0.7 * early, "\(losses)")
    let trained = try Model(contentsOf: summary.modelPath)
    #expect(trained.weights.isFolded && trained.architecture.up == up && trained.weights != initial.weights)
  }

  @Test func divergenceIsToldWithItsStep() throws {
    var hot = try configuration(try Fixtures.folder(), steps: 50)
    (hot.recipe.optimizer.rate, hot.recipe.optimizer.warmup, hot.recipe.optimizer.clip) = (1e38, 0, 0)
    let trainer = try trainer(hot)
    #expect {
      try trainer.run { _ in true }
    } throws: { error in
      if case TrainingError.diverged(_, let layer, _, let kept) = error {
        !layer.isEmpty && kept.isEmpty
      } else {
        false
      }
    }
  }

  @Test func aTimerWritesCheckpointsWhichDivergenceLeavesAlone() throws {
    var settings = try configuration(try Fixtures.folder(), steps: 50)
    settings.checkpointEvery = 0
    let trainer = try trainer(settings)
    var written: [Int] = []
    #expect {
      try trainer.run { event in
        guard case .checkpoint(let path) = event else { return true }
        written.append(trainer.state.step)
        #expect(path == settings.checkpoint && FileManager.default.fileExists(atPath: path))
        if written.count == 4 { trainer.values.buffer[7] = .nan }
        return true
      }
    } throws: { error in
      if case TrainingError.diverged(_, _, _, let kept) = error { !kept.isEmpty } else { false }
    }
    #expect(written == [1, 2, 3, 4])
    let next = try self.trainer(settings)
    try next.resume()
    #expect(next.state.step == 4 && next.values.buffer.allSatisfy(\.isFinite))
  }

  @Test func frozenLayersKeepWeightsAndStatistics() throws {
    var settings = try configuration(try Fixtures.folder(), steps: 3)
    settings.recipe.optimizer.freeze = ["contracting"]
    let trainer = try trainer(settings)
    let before = Array(trainer.values.buffer)
    _ = try trainer.run { _ in true }
    for parameter in trainer.network.layout.parameters {
      let isFrozen = parameter.layer == "stem" || parameter.layer.hasPrefix("down")
      #expect((Array(trainer.values.buffer[parameter.range]) == Array(before[parameter.range])) == isFrozen)
    }
  }

  @Test func aRunThatGetsNoBetterStopsEarly() throws {
    var settings = try configuration(try Fixtures.folder(), steps: 1000)
    (settings.recipe.evaluation.every, settings.recipe.evaluation.patience) = (1, 2)
    // Steps too small to change a label: almost every measurement gives the same.
    (settings.recipe.optimizer.rate, settings.recipe.network.normMomentum) = (1e-12, 0.999_999_9)
    var bests: [Bool] = []
    let summary = try trainer(settings).run { event in
      if case .evaluation(let report) = event { bests.append(report.isBest) }
      return true
    }
    #expect(summary.end == .stoppedEarly && summary.steps < 1000)
    #expect(bests.suffix(3) == [true, false, false])
  }

  @Test func aStoppedRunLeavesAModelAndACheckpoint() throws {
    let folder = try Fixtures.folder()
    let summary = try trainer(configuration(folder, steps: 1000)).run { event in
      if case .step(let report) = event { return report.step < 3 }
      return true
    }
    #expect(summary.end == .interrupted && summary.steps == 3)
    #expect(try Model(contentsOf: folder + "/toy.safetensors").receipt.steps == 3)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == ["toy.safetensors", "toy.safetensors.checkpoint"])
  }

  @Test func anotherRecipeDoesNotContinueACheckpoint() throws {
    let folder = try Fixtures.folder()
    _ = try trainer(configuration(folder, steps: 2)).run { _ in true }
    var other = try configuration(folder, steps: 4)
    other.recipe.optimizer.rate = 5e-3
    #expect {
      try trainer(other).resume()
    } throws: { error in
      "\(error)".contains("optimizer.rate 0.01, not 0.005")
    }
    try trainer(configuration(folder, steps: 4)).resume()
  }

  @Test func theReceiptHoldsTheRecipeWithoutPaths() throws {
    let folder = try Fixtures.folder()
    _ = try trainer(configuration(folder, steps: 1)).run { _ in true }
    let recipe = try Model(contentsOf: folder + "/toy.safetensors").receipt.recipe
    #expect(recipe["optimizer.rate"] == "0.01" && recipe["batch"] == "4" && recipe["length"] == "1 steps")
    #expect(!recipe.keys.contains { $0.hasPrefix("data.") })
  }

  @Test func theReceiptNamesTheClassMapWithoutItsFolder() throws {
    var settings = try configuration(try Fixtures.folder(), steps: 1)
    settings.recipe.data.map = "some/where/mine.yaml"
    _ = try trainer(settings).run { _ in true }
    #expect(try Model(contentsOf: settings.output).receipt.recipe["data.map"] == "mine.yaml")
  }

  @Test func theMemoryStatementCountsThePicturesThatAreKept() throws {
    var settings = try configuration(try Fixtures.folder(), steps: 1)
    let all = try trainer(settings).memory.total
    settings.recipe.data.cache = .bytes(1000)
    let pictures = ToySource().count * 48 * 32 * 4
    #expect(try trainer(settings).memory.total == all - pictures + 1000)
  }

  @Test func tooLittleMemoryNamesTheBatchThatWouldFit() throws {
    var settings = try configuration(try Fixtures.folder(), steps: 1)
    let whole = try trainer(settings).memory
    #expect(whole.total > 0 && whole.largestBatch(within: whole.total) == 4)
    settings.memoryLimit = whole.total - 1
    #expect {
      try trainer(settings)
    } throws: { error in
      "\(error)".contains("--batch 3 would fit")
    }
    settings.recipe.batch = 3
    _ = try trainer(settings)
    settings.memoryLimit = 1000
    #expect {
      try trainer(settings)
    } throws: { error in
      "\(error)".contains("take smaller crops")
    }
  }

  @Test func theHeadKeepsTheRowsOfClassesWithEqualNames() throws {
    let architecture = try Fixtures.architecture()
    let model = try Fixtures.model(architecture)
    let other = try Architecture(
      stem: 2, widths: [8, 16], classes: ["tree", "car"].map { PixelClass(name: $0, color: ClassColor(0, 0, 0)) })
    var start = Fixtures.weights(other, seed: 99)
    let before = start
    let taken = try start.takeOver(model, architecture: other)
    #expect(taken.layers == other.layers.count - 1 && taken.classes == ["car"])
    #expect(start["stem"] == model.weights["stem"])
    let (rows, source) = (start["head"]!.weight.values, model.weights["head"]!.weight.values)
    #expect(rows[8..<16] == source[16..<24])
    #expect(rows[0..<8] == before["head"]!.weight.values[0..<8])
  }

  /// A folder that goes bad after hours must not take them with it.
  @Test func whatWasTrainedIsKeptWhenPicturesCanNoLongerBeRead() throws {
    let settings = try configuration(try Fixtures.folder(), steps: 50)
    let trainer = try Trainer(settings, sources: [SpoilingSource(reads: 40)], validation: nil)
    #expect(throws: TrainingError.self) { try trainer.run { _ in true } }
    #expect(trainer.state.step > 2)
    let next = try self.trainer(settings)
    try next.resume()
    #expect(next.state.step == trainer.state.step)
    #expect(Array(next.values.buffer) == Array(trainer.values.buffer))
  }

  @Test func settingsOutOfRangeAreNamed() throws {
    var wrong = try configuration("/tmp", steps: 1)
    wrong.recipe.size = PictureExtent(width: 48, height: 30)
    #expect {
      try wrong.check()
    } throws: { error in
      "\(error)".hasPrefix("size ")
    }
  }
}

/// A folder whose pictures can be read for a while only.
private final class SpoilingSource: LabelledSource {
  private let whole = ToySource(count: 400)
  private let left: Mutex<Int>

  init(reads: Int) { left = Mutex(reads) }

  var specification: String { whole.specification }
  var classNames: [String] { whole.classNames }
  var count: Int { whole.count }

  func name(at index: Int) -> String { whole.name(at: index) }

  func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
    let isSpoilt = left.withLock { left in
      left -= 1
      return left < 0
    }
    guard !isSpoilt else { throw .picture(path: name(at: index), reason: "cannot be read") }
    return try whole.picture(at: index)
  }
}

@Suite struct LossWatchTests {
  @Test func aLossFarAboveItsMeanForLongHasRunAway() {
    var watch = LossWatch()
    let calm = (0..<100).map { _ in watch.isRunningAway(0.5) }
    #expect(!calm.contains(true))
    let high = (0..<LossWatch.limit).map { _ in watch.isRunningAway(20) }
    #expect(high == Array(repeating: false, count: LossWatch.limit - 1) + [true])
  }

  @Test func aFewHighLossesAreNothing() {
    var watch = LossWatch()
    let told = (0..<500).map { watch.isRunningAway($0 % 10 == 9 ? 30 : 0.5) }
    #expect(!told.contains(true))
  }
}
