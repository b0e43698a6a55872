// Where a model comes from and what it scored: kept with the weights.

/// What a model was trained on, how, and how good it is.
public struct Receipt: Sendable, Hashable, Codable {
  /// One data set or split.
  public struct DataSet: Sendable, Hashable, Codable {
    /// As given to `--data`: FORMAT:PATH[:SPLIT].
    public var spec: String
    /// What it was used for: `train`, `validation`, `calibration`.
    public var use: String
    public var images: Int
    public var license: String?

    public init(spec: String, use: String, images: Int, license: String? = nil) {
      self.spec = spec
      self.use = use
      self.images = images
      self.license = license
    }
  }

  /// Intersection over union of one class.
  public struct ClassScore: Sendable, Hashable, Codable {
    public var name: String
    /// nil when the class is absent from labels and predictions.
    public var iou: Double?

    public init(name: String, iou: Double?) {
      self.name = name
      self.iou = iou
    }
  }

  /// Scores over a whole data set.
  public struct Score: Sendable, Hashable, Codable {
    public var dataSet: String
    public var images: Int
    public var meanIoU, pixelAccuracy: Double
    public var classes: [ClassScore]

    public init(dataSet: String, images: Int, meanIoU: Double, pixelAccuracy: Double, classes: [ClassScore]) {
      self.dataSet = dataSet
      self.images = images
      self.meanIoU = meanIoU
      self.pixelAccuracy = pixelAccuracy
      self.classes = classes
    }
  }

  public var toolVersion: String
  public var dataSets: [DataSet] = []
  public var seed: UInt64 = 0
  public var epochs = 0
  public var steps = 0
  /// Wall-clock time of the training run.
  public var trainingSeconds: Double?
  /// Scores of the float weights, one per data set evaluated.
  public var floatScores: [Score] = []
  /// Scores of the int8 weights.
  public var int8Scores: [Score] = []
  /// How the integers were made; nil before, and in files of older versions.
  public var quantization: QuantizationReport?
  /// The recipe: option names and values as they were in effect.
  public var recipe: [String: String] = [:]
  /// Anything a reader should know.
  public var notes: [String] = []

  public init(toolVersion: String) { self.toolVersion = toolVersion }
}

extension Receipt {
  /// Fields that a file does not have keep their defaults, so that files of older versions stay readable.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    toolVersion = try values.decodeIfPresent(String.self, forKey: .toolVersion) ?? "unknown"
    dataSets = try values.decodeIfPresent([DataSet].self, forKey: .dataSets) ?? []
    seed = try values.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
    epochs = try values.decodeIfPresent(Int.self, forKey: .epochs) ?? 0
    steps = try values.decodeIfPresent(Int.self, forKey: .steps) ?? 0
    trainingSeconds = try values.decodeIfPresent(Double.self, forKey: .trainingSeconds)
    floatScores = try values.decodeIfPresent([Score].self, forKey: .floatScores) ?? []
    int8Scores = try values.decodeIfPresent([Score].self, forKey: .int8Scores) ?? []
    quantization = try values.decodeIfPresent(QuantizationReport.self, forKey: .quantization)
    recipe = try values.decodeIfPresent([String: String].self, forKey: .recipe) ?? [:]
    notes = try values.decodeIfPresent([String].self, forKey: .notes) ?? []
  }
}
