// Recipes: what is read, what is refused, what is written.
import Foundation
import Settings
import Testing

@testable import Training

@Suite struct RecipeTests {
  private func read(_ yaml: String) throws(SettingsError) -> Recipe {
    var reader = SettingsReader<Recipe>()
    try reader.read(yaml, from: "mine.yaml")
    return try reader.value()
  }

  private func refusal(_ yaml: String) -> String {
    do throws(SettingsError) {
      _ = try read(yaml)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func whatIsNotSaidKeepsItsDefault() throws {
    let recipe = try read("batch: 3\nnetwork:\n  widths: [8, 16]\noptimizer: {rate: 1e-2}\nlength: 20 steps\n")
    #expect(recipe.batch == 3 && recipe.network.widths == [8, 16] && recipe.network.stem == 2)
    #expect(recipe.optimizer.rate == 0.01 && recipe.length == .steps(20))
    #expect(recipe.loss == LossRecipe())
    #expect(try read("") == Recipe())
    #expect(try read("# nothing\nloss:\n") == Recipe())
  }

  @Test func aWrittenRecipeIsReadBackTheSame() throws {
    var recipe = Recipe()
    (recipe.name, recipe.batch, recipe.seed) = ("it's: 5", 5, .max)
    recipe.size = PictureExtent(width: 64, height: 32)
    recipe.loss.balance.weights = ["Car": 2, "traffic sign": 0.5]
    recipe.data.train = ["camvid:a b/c:train", "scenes:"]
    (recipe.data.weights, recipe.length) = ([0.25, 0.75], .minutes(2.5))
    #expect(try read(recipe.yaml) == recipe)
    #expect(recipe.yaml.contains("weights: [0.25, 0.75]"))
  }

  @Test(arguments: [
    ("batch: 4\nbatsh: 2", "mine.yaml:2: unknown key 'batsh'; did you mean 'batch'?"),
    (
      "loss:\n  label_smoothin: 0.1",
      "mine.yaml:2: unknown key 'label_smoothin' in loss; did you mean 'label_smoothing'?"
    ),
    ("batch: many", "mine.yaml:1: batch must be a whole number, not 'many'"),
    ("batch: 2.5", "mine.yaml:1: batch must be a whole number, not '2.5'"),
    ("batch:", "mine.yaml:1: batch must be a whole number, not nothing"),
    ("optimizer: {rate: fast}", "mine.yaml:1: optimizer.rate must be a number, not 'fast'"),
    ("optimizer: 3", "mine.yaml:1: optimizer must be a group of keys, not '3'"),
    ("network: {widths: 24}", "mine.yaml:1: network.widths must be a list, such as [a, b], not '24'"),
    ("network: {widths: [8, x]}", "mine.yaml:1: network.widths must be a whole number"),
    ("network: {up: {relu: maybe}}", "mine.yaml:1: network.up.relu must be true or false, not 'maybe'"),
    ("precision: bf61", "mine.yaml:1: precision must be one of auto, float, bf16; 'bf61' is most like bf16"),
    ("size: 30x32", "mine.yaml:1: size must be multiples of the network's stride 32, not 30x32"),
    ("size: large", "mine.yaml:1: size must be WIDTHxHEIGHT such as 288x224, not 'large'"),
    ("length: 10 epochs 20 steps", "mine.yaml:1: length must be one length"),
    ("length: 10 epochs\nlength: 20 steps", "says 'length' twice"),
    ("length: 0 steps", "mine.yaml:1: length must be above 0, not '0 steps'"),
    ("loss: {balance: {weights: {car: [2]}}}", "mine.yaml:1: loss.balance.weights.car must be a number"),
    ("loss: {hard_below: 0.5}", "mine.yaml:1: loss.hard_below has no effect while hardest is 1"),
    ("augmentation: {fog: {probability: 2}}", "mine.yaml:1: augmentation.fog.probability must be in 0...1, not 2.0"),
    ("optimizer: {rule: adamm}", "mine.yaml:1: optimizer.rule must be one of adamw, sgd; 'adamm' is most like adamw"),
    ("batch: 0", "mine.yaml:1: batch must be 1 to 4096, not 0"),
    ("batch: 9223372036854775807", "mine.yaml:1: batch must be 1 to 4096"),
    ("network: {dropout: {rate: 0.99999999999}}", "mine.yaml:1: network.dropout.rate must be in 0...0.9"),
    ("data: {train: [a, b], weights: [1e308, 1e308]}", "mine.yaml:1: data.weights must be from 1e-6 to 1e6"),
    (
      "seed: 1\ndata:\n  train: [a, b]\n  weights: [1]",
      "mine.yaml:4: data.weights must be one for each data set: 2, not 1"
    ),
    ("evaluation: {patience: -1}", "mine.yaml:1: evaluation.patience must be 0 or more, not -1"),
    ("network: {widths: [8, 12]}", "mine.yaml:1: network.widths must be multiples of 8, not [8, 12]"),
    ("network: {widths: []}", "mine.yaml:1: network.widths cannot be"), ("- 3", "a recipe must be a group of keys"),
    ("a: [", "no YAML"), ("\t", "no YAML"),
  ])
  func whatIsWrongIsToldWithItsLine(yaml: String, words: String) {
    #expect(refusal(yaml).contains(words), "\(refusal(yaml))")
  }

  @Test func optionsOverrideAndAreNamed() throws {
    var reader = SettingsReader<Recipe>()
    try reader.read("batch: 4\n", from: "mine.yaml")
    try reader.set("batch", to: "2", from: "--batch")
    try reader.set("network.widths", to: "8,16,24", from: "--widths")
    try reader.set("data.train", to: ["scenes:64x48", "camvid:x"], from: "--data")
    let recipe = try reader.value()
    #expect(recipe.batch == 2 && recipe.network.widths == [8, 16, 24] && recipe.data.train.count == 2)
    #expect(reader.given.isSuperset(of: ["batch", "network.widths", "data.train"]))
    try reader.set("optimizer.rate", to: "-1", from: "--lr")
    #expect {
      try reader.value()
    } throws: { error in
      "\(error)" == "--lr: optimizer.rate must be above 0, not -1.0"
    }
    #expect(throws: SettingsError.self) { try reader.set("optimiser.rate", to: "1", from: "--set") }
    #expect(throws: SettingsError.self) { try reader.set("", to: "1", from: "--set") }
  }

  @Test func everyKeyIsExplained() {
    for line in Recipe().yaml.split(separator: "\n") where !line.hasSuffix(":") {
      #expect(line.contains(" # "), "\(line)")
    }
  }

  @Test func sizesOfMemoryAreReadAndWritten() throws {
    let sizes: [(String, Int?, String)] = [
      ("auto", nil, "auto"), ("2GiB", 2 << 30, "2GiB"), ("500MB", 500_000_000, "500MB"),
      ("1.5 gib", 3 << 29, "1536MiB"), ("64k", nil, ""), ("0", 0, "0"), ("12345", 12345, "12345"), ("-1MB", nil, ""),
      ("nanGB", nil, ""), ("", nil, ""),
    ]
    for (text, bytes, written) in sizes {
      let size = CacheSize(text)
      #expect(size == bytes.map { .bytes($0) } ?? (text == "auto" ? .automatic : nil), "\(text)")
      #expect(size?.description ?? "" == written)
    }
    var reader = SettingsReader<Recipe>()
    try reader.set("data.cache", to: "3 bananas", from: "--cache")
    #expect(message { _ = try reader.value() }.hasPrefix("--cache: data.cache must be auto or a size such as 2GiB"))
  }

  @Test func keysThatAnOlderCheckpointDoesNotKnowHaveTheirDefaults() throws {
    var settings = Recipe().settings
    settings["data.map"] = nil
    let old = RunIdentity(settings: settings)
    #expect(old.difference(to: RunIdentity(settings: Recipe().settings)) == nil)
    settings["data.map"] = "mine.yaml"
    #expect(old.difference(to: RunIdentity(settings: settings)) == "data.map '', not mine.yaml")
  }

  @Test func namesThatAreNearAreFound() {
    #expect(NearestName.find("adamm", among: ["adamw", "sgd"]) == "adamw")
    #expect(NearestName.find("raod", among: ["road", "carla"]) == "road")
    #expect(NearestName.find("entirely", among: ["road", "carla"]) == nil)
  }
}

@Suite struct RecipeLibraryTests {
  @Test func everyPresetIsValidAndSaysEveryKey() throws {
    #expect(!RecipeLibrary.shipped.isEmpty)
    for name in RecipeLibrary.shipped {
      let found = try RecipeLibrary.text(of: name)
      var reader = SettingsReader<Recipe>()
      try reader.read(found.text, from: found.place)
      let recipe = try reader.value()
      let missing = Set(recipe.settings.keys).subtracting(reader.given)
      #expect(
        missing.isEmpty, "\(name) does not say \(missing.sorted()); verge train --recipe \(name) --print-recipe does")
    }
  }

  @Test func unknownRecipesAreNamedWithTheNearest() {
    for (name, words) in [("scens", "most like scenes"), ("nowhere/x.yaml", "nowhere/x.yaml: cannot be read")] {
      #expect {
        try RecipeLibrary.text(of: name)
      } throws: { error in
        "\(error)".contains(words)
      }
    }
  }
}
