// The end of a training run: int8 weights, where they are good enough.
import Training
import UNet

/// Quantises the model that a training run wrote.
enum FinalQuantization {
  /// Adds int8 weights to the model at `path`; where they lose more than `quantize` would let pass, the float model stays
  /// as it is and a warning says so.
  ///
  /// - Parameters:
  ///   - validation: `data` when nil.
  ///   - hasIntegers: whether the model has been trained with roundings: then its own integers are tried too.
  static func run(
    path: String, data: any LabelledSource, validation: (any LabelledSource)?, threads: Int, hasIntegers: Bool,
    leftOut: LeftOutPictures, quiet: Bool
  ) throws {
    let model = try Model(contentsOf: path)
    let pixels = model.trainingInput.pixels
    let calibration = try EvaluationSet(data, architecture: model.architecture, budget: pixels, limit: 100)
    let measured = try validation.map { try EvaluationSet($0, architecture: model.architecture, budget: pixels) }
    defer { leftOut.name([calibration, measured].compactMap(\.self)) }
    var settings = QuantizationSettings(threads: threads)
    settings.triesOwnIntegers = hasIntegers
    settings.cpu = Machine.current.cpu
    let result = try ModelQuantization.quantize(
      model, calibration: calibration, validation: measured ?? calibration, settings: settings)
    guard result.loss <= QuantizationSettings.standardMaxLoss else {
      let why = QuantizeReport.loss(result, limit: "\(QuantizationSettings.standardMaxLoss)")
      if hasIntegers { try result.model.with(quantized: nil).write(to: path) }
      return Console.standard.warn(
        "\(path): the model stays a float one: \(why); fine-tune it with verge train --qat --init "
          + "\(path), or accept it with verge quantize --max-loss")
    }
    try result.model.write(to: path)
    guard !quiet else { return }
    Console.standard.note(
      "int8: mIoU \(result.int8.meanIoU.formatted(decimals: 4)), float \(result.float.meanIoU.formatted(decimals: 4))"
        + " (\(result.report.chosen))")
  }
}
