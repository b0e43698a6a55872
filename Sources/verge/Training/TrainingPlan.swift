// From the command line to a recipe, data and a configuration.
import Foundation
import Training
import UNet
import Video

/// What `verge train` is going to do.
struct TrainingPlan {
  let recipe: Recipe
  let sources: [any LabelledSource]
  let validation: (any LabelledSource)?
  let initial: Model?
  let classes: [PixelClass]

  /// Opens the data and decides what the recipe leaves open.
  ///
  /// - Parameter given: the recipe, and the keys that the user wrote.
  /// - Throws: `TrainingError`, `ModelError` and `CommandError` for what cannot be.
  init(_ given: GivenRecipe, initial: Model?) throws {
    var recipe = given.recipe
    guard !recipe.data.train.isEmpty else {
      throw CommandError.unusable(what: "train", why: "there is no data: give --data SPEC, or data.train in the recipe")
    }
    let training = try recipe.data.train.map { try DataSpecification($0) }
    let measuring = recipe.data.validation.isEmpty ? [] : [try DataSpecification(recipe.data.validation)]
    let opened = try DataSpecification.open(training + measuring, map: recipe.data.map.isEmpty ? nil : recipe.data.map)
    sources = Array(opened.prefix(training.count))
    validation = measuring.isEmpty ? nil : opened.last
    let weights = DataSpecification.weights(training)
    guard weights.isEmpty || recipe.data.weights.isEmpty else {
      throw CommandError.unusable(what: "data.weights", why: "the data sets have weights of their own, SPEC=WEIGHT")
    }
    if !weights.isEmpty { recipe.data.weights = weights }
    if let initial, !given.keys.contains(where: { $0.hasPrefix("network.") && $0 != "network.classes" }) {
      recipe.network.take(initial.architecture)
    }
    try recipe.check()
    classes = try Self.classList(recipe.network.classes, of: sources[0], initial: initial)
    self.recipe = recipe
    self.initial = initial
  }

  /// - Throws: `TrainingError.setting` for an impossible network.
  func configuration(_ files: TrainingFiles, threads: Int?) throws -> TrainerConfiguration {
    let architecture = try recipe.network.architecture(classes: classes)
    var made = TrainerConfiguration(recipe: recipe, architecture: architecture, output: files.output)
    made.checkpoint = files.checkpoint
    made.threads = threads ?? Machine.current.cores
    made.memoryLimit = Machine.current.freeMemory
    made.toolVersion = Verge.version
    return made
  }

  /// Writes a sheet of the first pictures of the run.
  ///
  /// - Throws: what reading the pictures and writing the file throw.
  func drawPreview(to path: String) throws {
    let sheet = try recipe.augmentation.preview(
      of: sources, shares: recipe.data.weights, classes: classes, crop: recipe.size.inputSize,
      enlargement: recipe.enlargement, seed: recipe.seed)
    try ImageFile.replacePNG(at: path, with: sheet)
  }

  private static func classList(
    _ wanted: String, of source: any LabelledSource, initial: Model?
  ) throws -> [PixelClass] {
    switch wanted {
    case "camvid": return ClassList.camvid
    case "carla": return ClassList.carla
    case "init":
      guard let initial else { throw CommandError.unusable(what: "classes init", why: "there is no --init model") }
      return initial.architecture.classes
    case "auto":
      if let initial, initial.architecture.classes.map(\.name) == source.classNames {
        return initial.architecture.classes
      }
      return try automaticClasses(of: source)
    default:
      return try ClassList.named(wanted).classes
    }
  }
}

extension TrainingPlan {
  /// Drawn and coarse labels teach CamVid's classes, all versions of CARLA the 13 of the first; other sets their own.
  fileprivate static func automaticClasses(of source: any LabelledSource) throws -> [PixelClass] {
    switch source.specification.prefix(while: { $0 != ":" && $0 != "@" }) {
    case "scenes": return ClassList.camvid
    case "carla": return ClassList.carla
    default: return source.classNames.contains("drivable") ? ClassList.camvid : source.classes
    }
  }
}

/// A recipe with what the user wrote of it.
struct GivenRecipe {
  let recipe: Recipe
  /// Paths of the keys that the user wrote, in files or options.
  let keys: Set<String>
  /// The preset that it starts from.
  let preset: String?
}
