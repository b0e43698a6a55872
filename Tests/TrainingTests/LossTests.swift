// Losses on cells that are easy to work out, and their gradients against finite differences.
import Foundation
import Settings
import Testing

@testable import Training

/// A loss with a small batch: `[n, h, w, classes]` logits and the labels of cells of `cell`² pixels.
private struct Example {
  var logits: [Float]
  var labels: [UInt8]
  var shape: BatchShape
  var cell = 1
  var recipe = LossRecipe()
  var classWeights: [Float] = []
  var sets: [Set<UInt8>] = []

  /// One row of cells of one picture.
  init(_ logits: [Float], labels: [UInt8], classes: Int, cell: Int = 1) {
    (self.logits, self.labels, self.cell) = (logits, labels, cell)
    shape = BatchShape(n: 1, h: 1, w: logits.count / classes, c: classes)
  }

  func evaluate(threads: Int = 1) throws -> (loss: Double, gradient: [Float]) {
    var labelSets = LabelSets(classes: shape.c)
    for set in sets { _ = try labelSets.code(for: set) }
    let weights = classWeights.isEmpty ? [Float](repeating: 1, count: shape.c) : classWeights
    let loss = SegmentationLoss(recipe, classWeights: weights, sets: labelSets)
    let (tensor, gradient) = (BatchTensor(shape), BatchTensor(shape))
    for (i, value) in logits.enumerated() { tensor.base[i] = value }
    let value = labels.withUnsafeBufferPointer {
      loss.evaluate(
        logits: tensor, labels: $0.baseAddress!, cell: cell, gradient: gradient, workers: Workers(threads: threads))
    }
    return (value, (0..<logits.count).map { gradient.base[$0] })
  }
}

/// Logits of these probabilities, up to a factor.
private func logarithms(_ odds: [Double]) -> [Float] { odds.map { Float(log($0)) } }

@Suite struct LossTests {
  @Test func evenLogitsCostTheLogarithmOfTheClassCount() throws {
    let result = try Example([0, 0, 0, 0], labels: [2], classes: 4).evaluate()
    #expect(abs(result.loss - log(4)) < 1e-6)
    #expect(zip(result.gradient, [0.25, 0.25, -0.75, 0.25]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func aCellIsComparedWithAllItsLabels() throws {
    // Three labels of class 0 and one ignored in a 2×2 cell count like one label of class 0.
    let cell = try Example([1, 0], labels: [0, 0, 255, 0], classes: 2, cell: 2).evaluate()
    let single = try Example([1, 0], labels: [0], classes: 2).evaluate()
    #expect(abs(cell.loss - single.loss) < 1e-6)
    #expect(zip(cell.gradient, single.gradient).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func ignoredPixelsHaveNoGradient() throws {
    var example = Example([3, 1, 0, 2], labels: [255, 1], classes: 2)
    (example.recipe.lovasz, example.recipe.dice) = (1, 1)
    let result = try example.evaluate()
    #expect(result.gradient[0] == 0 && result.gradient[1] == 0)
    #expect(result.gradient[3] < 0)
    let nothing = try Example([3, 1], labels: [255], classes: 2).evaluate()
    #expect(nothing.loss == 0 && nothing.gradient == [0, 0])
  }

  @Test func weightsActOnTheMean() throws {
    var example = Example([0, 0, 2, 0], labels: [0, 1], classes: 2)
    example.classWeights = [3, 1]
    let (first, second) = (log(2.0), log(1 + exp(2.0)))
    #expect(abs(try example.evaluate().loss - (3 * first + second) / 4) < 1e-6)
  }

  @Test func aSetCostsTheLogarithmOfItsSummedProbability() throws {
    // Probabilities 1/8, 2/8, 5/8; the set {0, 2} has 6/8 and shares its gradient as 1 : 5.
    var example = Example(logarithms([1, 2, 5]), labels: [3], classes: 3)
    example.sets = [[0, 2]]
    let result = try example.evaluate()
    #expect(abs(result.loss + log(6.0 / 8)) < 1e-6)
    let expected: [Float] = [1.0 / 8 - 1.0 / 6, 2.0 / 8, 5.0 / 8 - 5.0 / 6]
    #expect(zip(result.gradient, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func focalLossQuietsWhatIsRight() throws {
    // p = 3/4: (1/4)² · −log(3/4).
    var example = Example(logarithms([3, 1]), labels: [0], classes: 2)
    example.recipe.focal = 2
    #expect(abs(try example.evaluate().loss + log(0.75) / 16) < 1e-6)
  }

  @Test func onlyTheHardestPixelsCount() throws {
    // Of four pixels the worst half counts: probabilities 1/5 and 1/2 of 1/5, 1/2, 3/4, 9/10.
    let logits = logarithms([0.25, 1, 1, 1, 3, 1, 9, 1])
    var example = Example(logits, labels: [0, 0, 0, 0], classes: 2)
    example.recipe.hardest = 0.5
    let half = try example.evaluate()
    #expect(abs(half.loss - (log(5.0) + log(2.0)) / 2) < 1e-6)
    #expect(half.gradient[4...].allSatisfy { $0 == 0 } && half.gradient[0] < 0)
    example.recipe.hardBelow = 0.8
    let expected = (log(5.0) + log(2.0) + log(4.0 / 3)) / 3
    #expect(abs(try example.evaluate().loss - expected) < 1e-6)
  }

  @Test func diceComparesSums() throws {
    // Class 0: p = 3/4, 1/4 and labelled in the first pixel: 1 − (2·3/4 + 1) / (1 + 1 + 1); class 1 alike.
    var example = Example(logarithms([3, 1, 1, 3]), labels: [0, 1], classes: 2)
    (example.recipe.crossEntropy, example.recipe.dice) = (0, 1)
    #expect(abs(try example.evaluate().loss - (1 - 2.5 / 3)) < 1e-6)
  }

  @Test func lovaszIsTheMeanOfSortedErrorsTimesJaccardSteps() throws {
    // Class 0 has errors 0.8 (its own pixel), 0.4, 0.1 (others). Jaccard losses after each: 1, 1, 1: steps 1, 0, 0.
    // Class 1: errors 0.8 (other), 0.4, 0.1 (own, of 2): losses 1 − 2/3, 1 − 1/3, 1: steps 1/3 each.
    let logits = logarithms([0.2, 0.8, 0.4, 0.6, 0.1, 0.9])
    var example = Example(logits, labels: [0, 1, 1], classes: 2)
    (example.recipe.crossEntropy, example.recipe.lovasz) = (0, 1)
    let (first, second) = (0.8, (0.8 + 0.4 + 0.1) / 3)
    let expected = (first + second) / 2
    #expect(abs(try example.evaluate().loss - expected) < 1e-5)
  }

  /// A run that has gone astray is to be told of, by whatever loss it is trained.
  @Test(arguments: ["plain", "hard", "focal", "lovasz", "dice"])
  func logitsThatAreNoNumbersCostNoNumber(variant: String) throws {
    var example = Example([.nan, 0, 1, 0], labels: [0, 1], classes: 2)
    switch variant {
    case "hard": example.recipe.hardest = 0.5
    case "focal": example.recipe.focal = 2
    case "lovasz": (example.recipe.crossEntropy, example.recipe.lovasz) = (0, 1)
    case "dice": (example.recipe.crossEntropy, example.recipe.dice) = (0, 1)
    default: break
    }
    let result = try example.evaluate()
    #expect(!result.loss.isFinite || result.gradient.contains { !$0.isFinite })
  }

  @Test func weightsComeFromFrequencies() throws {
    var balance = ClassBalance()
    balance.rule = .medianFrequency
    let names = ["a", "b", "c", "d"]
    #expect(try balance.weights(classNames: names, shares: [0.64, 0.16, 0.04, 0]) == [0.5, 1, 2, 1])
    balance.rule = .effectiveNumber
    (balance.beta, balance.power, balance.limit) = (0.999_99, 1, 100)
    // n = 50,000, 25,000, 25,000 of 100,000 samples.
    func rarity(_ n: Double) -> Double { 1 / (1 - pow(balance.beta, n)) }
    let weights = try balance.weights(classNames: ["a", "b", "c"], shares: [0.5, 0.25, 0.25])
    #expect(abs(Double(weights[0]) - rarity(50_000) / rarity(25_000)) < 1e-5 && weights[1] == 1)
    balance = ClassBalance()
    balance.weights = ["b": 3]
    #expect(try balance.weights(classNames: names, shares: []) == [1, 3, 1, 1])
    balance.weights = ["bus": 3]
    #expect(throws: TrainingError.self) { try balance.weights(classNames: names, shares: []) }
  }

  @Test func contradictionsAreRefused() {
    var recipe = LossRecipe()
    recipe.hardBelow = 0.5
    #expect(throws: SettingsError.self) { try recipe.check() }
    (recipe.hardBelow, recipe.crossEntropy) = (0, 0)
    #expect(throws: SettingsError.self) { try recipe.check() }
  }
}

@Suite struct LossGradientTests {
  /// Changes of the recipe, by name.
  private static let variants: [String: @Sendable (inout LossRecipe) -> Void] = [
    "plain": { _ in },
    "smoothed": { $0.labelSmoothing = 0.2 },
    "focal": { $0.focal = 2 },
    "hard": { ($0.hardest, $0.hardBelow) = (0.4, 0.3) },
    "dice": { ($0.crossEntropy, $0.dice) = (0, 1) },
    "lovasz": { ($0.crossEntropy, $0.lovasz) = (0, 1) },
    "mixed": { ($0.dice, $0.lovasz, $0.labelSmoothing, $0.focal) = (0.5, 0.7, 0.1, 1) },
  ]

  /// Two pictures of 3×19 cells of 2×2 pixels, so that tiles are whole and partial, with sets and ignored pixels.
  private func example(_ variant: String) -> Example {
    var random = SeededRandom(seed: 11)
    let shape = BatchShape(n: 2, h: 3, w: 19, c: 5)
    let logits = (0..<(shape.pixels * 5)).map { _ in Float.random(in: -3...3, using: &random) }
    let codes: [UInt8] = [0, 0, 1, 2, 3, 4, 5, 6, 255]
    let labels = (0..<(shape.pixels * 4)).map { _ in codes.randomElement(using: &random)! }
    var example = Example(logits, labels: labels, classes: 5, cell: 2)
    (example.shape, example.sets, example.classWeights) = (shape, [[0, 1], [2, 3, 4]], [1, 0.5, 2, 1, 3])
    LossGradientTests.variants[variant]?(&example.recipe)
    return example
  }

  @Test(arguments: LossGradientTests.variants.keys.sorted())
  func gradientsMatchFiniteDifferences(variant: String) throws {
    let example = example(variant)
    let gradient = try example.evaluate().gradient
    var random = SeededRandom(seed: 5)
    for _ in 0..<4 {
      let direction = gradient.map { $0.sign == .minus ? -Float.random(in: 0...1, using: &random) : 1 }
      func moved(_ step: Float) throws -> Double {
        var other = example
        for i in other.logits.indices { other.logits[i] += step * direction[i] }
        return try other.evaluate().loss
      }
      // Where pixels cross the bound of what is hard, the loss jumps: few do in a short step.
      let step: Float = variant == "hard" ? 1e-4 : 1e-3
      let measured = (try moved(step) - moved(-step)) / Double(2 * step)
      let expected = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
      #expect(abs(measured - expected) < 0.01 * expected, "\(variant): \(measured) instead of \(expected)")
    }
  }

  @Test(arguments: ["mixed", "hard"])
  func resultsDoNotDependOnTheNumberOfThreads(variant: String) throws {
    let (one, two) = (try example(variant).evaluate(threads: 1), try example(variant).evaluate(threads: 2))
    #expect(one.loss == two.loss && one.gradient == two.gradient)
  }

  @Test func theExponentialIsAccurate() {
    for i in 0..<8700 {
      let x = -Float(i) / 100
      let exact = exp(Double(x))
      let error = abs(Double(exponential(Cells(repeating: x))[3]) / exact - 1)
      #expect(error < 2e-7 + 2e-7 * Double(-x), "at \(x)")
    }
    #expect(exponential(Cells(repeating: -1000))[0] > 0)
  }
}
