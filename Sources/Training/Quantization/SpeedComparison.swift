// How much faster the integer network is, here and now.
import Tensors
import UNet

/// Times one picture through the float network and through the integer one, on the same threads.
enum SpeedComparison {
  /// The fastest of some runs each: what else the machine does only ever adds time.
  ///
  /// - Parameter cpu: the machine's name, for the receipt.
  /// - Throws: `TrainingError.quantization` or `.setting` when one of the networks cannot run at the training's size.
  static func measure(
    _ model: Model, cpu: String, threads: Int
  ) throws(TrainingError) -> Receipt.QuantizationReport.Speed {
    let size = model.trainingInput
    let picture = EvaluationPicture(
      rgb: [UInt8](repeating: 128, count: 3 * size.pixels), input: size, width: size.width, height: size.height,
      labels: [], name: "grey")
    let (float, int8) = (try FloatPredictor(model, threads: threads), try Int8Predictor(model, threads: threads))
    let plan = try int8.load(picture).plan
    return Receipt.QuantizationReport.Speed(
      cpu: cpu, tier: plan.tier.rawValue, threads: threads, width: size.width, height: size.height,
      floatMilliseconds: try fastest(float, picture, runs: 4), int8Milliseconds: try fastest(int8, picture, runs: 12))
  }

  private static func fastest(
    _ predictor: any Predictor, _ picture: EvaluationPicture, runs: Int
  ) throws(TrainingError) -> Double {
    var best = Double.infinity
    for _ in 0...runs {
      let start = ContinuousClock.now
      _ = try predictor.predict(picture)
      let time = ContinuousClock.now - start
      best = min(best, Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15)
    }
    return (best * 1e3).rounded() / 1e3
  }
}
