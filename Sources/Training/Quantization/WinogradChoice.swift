// Which layers of a quantised model run in the transform domain: those that get faster at next to no loss.
import UNet

/// Whether quantisation may put layers into the transform domain.
public enum WinogradSetting: Sendable, Hashable {
  /// All layers stay direct.
  case off
  /// Every layer that gets faster, as long as all of them together lose no more mean IoU against direct int8.
  case auto(maxLoss: Double)

  public static let standardLoss = 0.003
}

/// Chooses the layers of one model.
struct WinogradChoice {
  private let direct: QuantizationTrial
  private let judge: QuantizationJudge
  private let scales: [String: WinogradScales]

  /// Measures how large transformed codes get on `pictures` pictures of `calibration`.
  init(
    _ direct: QuantizationTrial, _ judge: QuantizationJudge, calibration: EvaluationSet, pictures: Int
  ) throws(TrainingError) {
    (self.direct, self.judge) = (direct, judge)
    guard let quantized = direct.model.quantized else {
      throw .quantization("\(direct.model.name) has no int8 weights")
    }
    var ranges = WinogradRanges(direct.model.architecture, quantized)
    let predictor = try Int8Predictor(direct.model, threads: judge.threads)
    for index in calibration.sample(pictures) {
      ranges.include(try predictor.load(calibration.picture(atOrAfter: index)))
    }
    scales = ranges.scales()
  }

  /// All layers that get faster if they lose no more than `limit` together; otherwise as many as do, those that lose
  /// least by themselves first.
  func choose(limit: Double) throws(TrainingError) -> QuantizationTrial {
    let candidates = direct.model.architecture.layers.filter(WinogradScales.pays).map(\.name)
    guard !candidates.isEmpty else { return direct }
    let all = try measure(candidates)
    if loss(of: all) <= limit { return all }
    var alone: [(name: String, loss: Double)] = []
    for name in candidates { alone.append((name, loss(of: try measure([name])))) }
    var (chosen, best): ([String], QuantizationTrial) = ([], direct)
    for (name, _) in alone.sorted(by: { $0.loss < $1.loss }) {
      let candidate = try measure(chosen + [name])
      guard loss(of: candidate) <= limit else { continue }
      chosen.append(name)
      best = candidate
    }
    return best
  }

  private func loss(of candidate: QuantizationTrial) -> Double {
    direct.evaluation.meanIoU - candidate.evaluation.meanIoU
  }

  private func measure(_ layers: [String]) throws(TrainingError) -> QuantizationTrial {
    guard let quantized = direct.model.quantized else { return direct }
    let model = try quantizing { () throws(ModelError) in
      try direct.model.with(
        quantized: Quantizer.quantize(
          direct.model.architecture, weights: direct.model.weights, quantized,
          winograd: scales.filter { layers.contains($0.key) }))
    }
    return try judge.measure(model, name: "\(direct.name), \(layers.count) layers transformed")
  }
}
