// The optimiser's rules on numbers that are easy to work out.
import Foundation
import Testing

@testable import Training

@Suite struct OptimizerTests {
  /// A stem with a norm, one more layer and a head, all values 1 and all gradients 2.
  private struct Bench {
    let layout: ParameterLayout
    let values, gradients: FloatBuffer
    let optimizer: Optimizer

    init(_ recipe: OptimizerRecipe, size: Int = 4) throws {
      var layout = ParameterLayout()
      layout.add("stem.weight", shape: [size], kind: .weight)
      layout.add("stem.norm.scale", shape: [3], kind: .offset)
      layout.add("stem.norm.mean", shape: [3], kind: .statistic)
      layout.add("down0.conv0.weight", shape: [2], kind: .weight)
      layout.add("head.weight", shape: [2], kind: .weight)
      layout.add("head.bias", shape: [2], kind: .offset)
      self.layout = layout
      (values, gradients) = (FloatBuffer(count: layout.count), FloatBuffer(count: layout.count))
      for parameter in layout.parameters {
        for i in parameter.range { (values.data[i], gradients.data[i]) = (1, 2) }
      }
      optimizer = try Optimizer(recipe, layout: layout)
    }

    func update(rate: Double, threads: Int = 1) {
      optimizer.update(
        values.data, gradients: gradients.data, rate: rate, scale: 1, workers: Workers(threads: threads))
    }

    func value(_ name: String) -> Float { layout[name].map { values.data[$0.offset] } ?? .nan }
  }

  private func recipe(_ rule: OptimizerKind, decay: Double = 0) -> OptimizerRecipe {
    var recipe = OptimizerRecipe()
    (recipe.rule, recipe.weightDecay) = (rule, decay)
    return recipe
  }

  @Test func onlyWeightsDecayAndStatisticsStay() throws {
    let bench = try Bench(recipe(.adamw, decay: 0.1))
    bench.gradients.fill(0)
    bench.update(rate: 0.5)
    #expect(abs(bench.value("stem.weight") - 0.95) < 1e-6)
    #expect(bench.value("stem.norm.scale") == 1 && bench.value("head.bias") == 1)
    #expect(bench.value("stem.norm.mean") == 1)
  }

  @Test func adamsFirstStepIsTheRateAgainstTheGradientsSign() throws {
    let bench = try Bench(recipe(.adamw))
    (bench.gradients.data[0], bench.gradients.data[1]) = (0.001, -30)
    bench.update(rate: 0.1)
    #expect(abs(bench.values.data[0] - 0.9) < 1e-4)
    #expect(abs(bench.values.data[1] - 1.1) < 1e-4)
  }

  @Test func nesterovLooksAhead() throws {
    // v = 2, then 0.9·2 + 2 = 3.8; steps 2 + 0.9·2 = 3.8 and 2 + 0.9·3.8 = 5.42.
    let bench = try Bench(recipe(.sgd))
    bench.update(rate: 0.01)
    bench.update(rate: 0.01)
    #expect(abs(bench.value("stem.weight") - (1 - 0.038 - 0.0542)) < 1e-6)
    var plain = recipe(.sgd)
    plain.nesterov = false
    let other = try Bench(plain)
    other.update(rate: 0.01)
    other.update(rate: 0.01)
    #expect(abs(other.value("stem.weight") - (1 - 0.02 - 0.038)) < 1e-6)
  }

  @Test func frozenLayersStayAndOthersFollowTheirFactors() throws {
    var recipe = recipe(.sgd)
    (recipe.momentum, recipe.freeze, recipe.bodyRate, recipe.depthRate) = (0, ["st*"], 0.5, 0.8)
    let bench = try Bench(recipe)
    bench.update(rate: 0.1)
    #expect(bench.value("stem.weight") == 1 && bench.value("stem.norm.scale") == 1)
    #expect(abs(bench.value("down0.conv0.weight") - (1 - 0.2 * 0.5 * 0.8)) < 1e-6)
    #expect(abs(bench.value("head.weight") - 0.8) < 1e-6)
    #expect(bench.optimizer.rates.frozen == ["stem"])
    #expect(bench.optimizer.gradientNorm(bench.gradients.data, workers: Workers(threads: 1)) == 24.0.squareRoot())
  }

  @Test func whatCannotBeFrozenIsNamed() throws {
    var recipe = OptimizerRecipe()
    recipe.freeze = ["encoder"]
    #expect {
      try Bench(recipe)
    } throws: {
      "\($0)".contains("'encoder'") && "\($0)".contains("down0.conv0")
    }
    recipe.freeze = ["body", "head"]
    #expect(throws: TrainingError.self) { try Bench(recipe) }
  }

  @Test func theAverageFollowsWithinTheStep() throws {
    var recipe = recipe(.sgd)
    (recipe.average, recipe.momentum) = (0.1, 0)
    let bench = try Bench(recipe)
    bench.update(rate: 0.1)
    let average = bench.optimizer.average.data
    #expect(abs(average[0] - 0.9 * 0.8) < 1e-6)
    let mean = try #require(bench.layout["stem.norm.mean"])
    #expect(abs(average[mean.offset] - 0.9) < 1e-6)
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
    let (one, two) = (try Bench(OptimizerRecipe(), size: 40_001), try Bench(OptimizerRecipe(), size: 40_001))
    for (bench, threads) in [(one, 1), (two, 2)] {
      for i in 0..<40_001 { bench.gradients.data[i] = Float(i % 97) - 31.5 }
      bench.update(rate: 0.1, threads: threads)
    }
    #expect(Array(one.values.buffer) == Array(two.values.buffer))
    let norms = [(one, 1), (two, 2)].map { $0.optimizer.gradientNorm($0.gradients.data, workers: Workers(threads: $1)) }
    #expect(norms[0] == norms[1])
    // The other nine gradients are 2.
    let squares: [Double] = (0..<40_001).map { pow(Double($0 % 97) - 31.5, 2) }
    let exact = (squares.reduce(0, +) + 4 * 9).squareRoot()
    #expect(abs(norms[0] - exact) < 1e-4 * exact)
  }

  @Test func theRateWarmsUpAndFalls() {
    var recipe = OptimizerRecipe()
    (recipe.rate, recipe.warmup) = (1, 10)
    #expect(recipe.rate(step: 0, progress: 0) == 0.1)
    #expect(recipe.rate(step: 10, progress: 0) == 1)
    #expect(abs(recipe.rate(step: 50, progress: 0.5) - 0.505) < 1e-9)
    #expect(abs(recipe.rate(step: 100, progress: 1) - 0.01) < 1e-9)
    (recipe.schedule, recipe.power, recipe.rest) = (.poly, 2, 0)
    #expect(abs(recipe.rate(step: 50, progress: 0.5) - 0.25) < 1e-9)
    recipe.schedule = .constant
    #expect(recipe.rate(step: 50, progress: 0.9) == 1)
  }

  @Test func longGradientsAreShortened() {
    var recipe = OptimizerRecipe()
    #expect(recipe.clipFactor(norm: 4) == 0.25 && recipe.clipFactor(norm: 0.5) == 1)
    recipe.clip = 0
    #expect(recipe.clipFactor(norm: 4) == 1)
  }
}
