// Everything that decides what a training run makes, with its defaults.
public import Settings
public import UNet

/// The recipe of a model: what a YAML file of `verge train --recipe` holds.
public struct Recipe: SettingsPart {
  public var name = ""
  public var network = NetworkRecipe()
  public var size = PictureExtent(width: 288, height: 224)
  public var enlargement = 1.0
  public var batch = 8
  public var data = DataRecipe()
  public var augmentation = Augmentation()
  public var loss = LossRecipe()
  public var optimizer = OptimizerRecipe()
  public var length = TrainingLength.epochs(100)
  public var evaluation = EvaluationRecipe()
  public var precision = TrainingPrecision.auto
  public var seed: UInt64 = 1

  public init() {}

  public static let title = "a recipe"
  public static let notes = [
    "name": "shown in the model; '' for that of the output file",
    "size": "of the crops, WIDTHxHEIGHT, multiples of the network's stride (stem x 2^(levels - 1))",
    "enlargement": "of pictures before the network sees them: 1.5 finds finer things at 2.25 times the cost",
    "batch": "pictures a step",
    "length": "'100 epochs', '3000 steps' or '10 minutes'",
    "precision": "of the products in training: auto, float or bf16",
    "seed": "of everything random",
  ]

  /// Beyond what memory holds; keeps reckoning with batches within 64 bits.
  private static let largestBatch = 4096

  public func check() throws(SettingsError) {
    try SettingsCheck.require((1...Self.largestBatch).contains(batch), "batch", "must be 1 to 4096, not \(batch)")
    try SettingsCheck.require(
      (0.25...4).contains(enlargement), "enlargement", "must be 0.25 to 4, not \(enlargement)")
    guard length.amount > 0 else { throw .setting(name: "length", reason: "must be above 0, not '\(length)'") }
    let stride = network.stride
    guard size.width % stride == 0, size.height % stride == 0 else {
      throw .setting(
        name: "size", reason: "must be multiples of the network's stride \(stride), not \(size.width)x\(size.height)")
    }
  }
}

/// The network to train.
public struct NetworkRecipe: SettingsPart {
  public var stem = 2
  public var widths = [24, 48, 80, 144, 256]
  public var up = UpsamplingRecipe()
  public var dropout = DropoutRecipe()
  public var normMomentum = 0.97
  public var classes = "auto"

  public init() {}

  public static let notes = [
    "stem": "1: full resolution; 2: the first convolution halves it",
    "widths": "channels of each level, multiples of 8",
    "normMomentum": "how much of the norms' running statistics a batch leaves",
    "classes": "a label set: camvid, carla, …; auto: of the data; init: of the --init model",
  ]

  /// Crops are multiples of this.
  var stride: Int { max(1, stem) << max(0, min(widths.count - 1, 16)) }

  public func check() throws(SettingsError) {
    guard widths.allSatisfy({ $0 > 0 && $0 % 8 == 0 }) else {
      throw .setting(name: "widths", reason: "must be multiples of 8, not \(widths)")
    }
    guard (0..<1).contains(normMomentum) else {
      throw .setting(name: "norm_momentum", reason: "must be in 0..<1, not \(normMomentum)")
    }
    _ = try architecture(classes: [PixelClass(name: "any", color: ClassColor(0, 0, 0))])
  }

  /// Becomes the network of a model; the classes stay as they are.
  public mutating func take(_ architecture: Architecture) {
    (stem, widths) = (architecture.stem, architecture.widths)
    (up.window, up.relu) = (architecture.up.window, architecture.up.isRectified)
  }

  /// The architecture with these classes.
  ///
  /// - Throws: `SettingsError.setting` when the network would be too large.
  public func architecture(classes: [PixelClass]) throws(SettingsError) -> Architecture {
    do throws(ModelError) {
      return try Architecture(
        stem: stem, widths: widths, up: Upsampling(window: up.window, isRectified: up.relu), classes: classes)
    } catch {
      throw .setting(name: "widths", reason: "cannot be: \(error)")
    }
  }
}

/// The way from each level to the next larger one.
public struct UpsamplingRecipe: SettingsPart {
  public var window = 2
  public var relu = false

  public init() {}

  public static let notes = [
    "window": "of the transposed convolutions, 2 or 4", "relu": "whether a ReLU follows them",
  ]

  public func check() throws(SettingsError) {
    guard window == 2 || window == 4 else { throw .setting(name: "window", reason: "must be 2 or 4, not \(window)") }
  }
}

/// What is learned from; paths are those of the command line.
public struct DataRecipe: SettingsPart {
  public var train: [String] = []
  public var weights: [Double] = []
  public var validation = ""
  public var map = ""
  public var cache = CacheSize.automatic

  public init() {}

  public static let notes = [
    "train": "data sets, [FORMAT:PATH:SPLIT, …]; --data replaces them",
    "weights": "shares of the sets in the stream; []: by number of pictures",
    "validation": "the set to choose the best model by",
    "map": "a file that says which labels teach which classes; '' for what their names mean",
    "cache": "memory for pictures that were read: 2GiB, 500MB; auto: a quarter of what is free, at most 4 GiB",
  ]

  public func check() throws(SettingsError) {
    guard weights.isEmpty || weights.count == train.count else {
      throw .setting(
        name: "weights", reason: "must be one for each data set: \(train.count), not \(weights.count)")
    }
    guard weights.allSatisfy(DataSpecification.weightRange.contains) else {
      throw .setting(name: "weights", reason: "must be from 1e-6 to 1e6, not \(weights)")
    }
  }
}

/// When the model is measured, and when that ends the run.
public struct EvaluationRecipe: SettingsPart {
  public var every = 5
  public var patience = 0

  public init() {}

  public static let notes = [
    "every": "epochs between measurements on the validation set",
    "patience": "measurements without a better one that end the run; 0: never",
  ]

  public func check() throws(SettingsError) {
    guard every > 0 else { throw .setting(name: "every", reason: "must be at least 1, not \(every)") }
    guard patience >= 0 else { throw .setting(name: "patience", reason: "must be 0 or more, not \(patience)") }
  }
}
