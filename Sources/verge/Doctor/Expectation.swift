// The frame rate to expect here, from one measured clip.
import Pipeline
import UNet

/// What videos of usual sizes should reach on this machine.
struct Expectation: Encodable {
  struct Measured: Encodable {
    var model: String
    var fps: Double
    /// Of all cores together, a frame.
    var coreMs: Double
    /// Of the network alone, on all threads.
    var networkMs: Double
    var limitingStage: String
  }

  struct Prediction: Encodable {
    var width, height: Int
    var fps: Double
    var limit: String
  }

  var measured: Measured
  var predictions: [Prediction]

  /// - Parameters:
  ///   - bench: a run over at least some dozen frames.
  ///   - network: milliseconds of the network alone at the same size, with all cores to itself.
  init(_ bench: PipelineBench, network: Double) {
    measured = Measured(
      model: bench.model.name, fps: bench.report.fps, coreMs: bench.coreMilliseconds, networkMs: network,
      limitingStage: bench.limitingStage?.name ?? "")
    // The network works at its own size whatever the video's; decoding, painting and encoding grow with the pixels.
    let networkCores = network * Double(bench.threads)
    let media = max(0, bench.coreMilliseconds - networkCores)
    let pixels = Double(bench.size.width * bench.size.height)
    predictions = [(640, 360), (1280, 720), (1920, 1080), (3840, 2160)].map { width, height in
      let mediaCores = media * Double(width * height) / pixels
      let byCores = Double(bench.threads) * 1000 / (networkCores + mediaCores)
      return Prediction(
        width: width, height: height, fps: byCores,
        limit: networkCores >= mediaCores ? "network" : "decode and encode")
    }
  }

  /// The lines to print.
  var lines: [String] {
    var table = Table([("video", .left), ("frames/s", .right), ("most time goes to", .left)])
    for prediction in predictions {
      table.add("\(prediction.width)×\(prediction.height)", prediction.fps.formatted(decimals: 0), prediction.limit)
    }
    return [
      "measured   \(measured.model): \(measured.fps.formatted(decimals: 1)) frames/s on the sample, "
        + "network \(measured.networkMs.formatted(decimals: 1)) ms, "
        + "\(measured.coreMs.formatted(decimals: 1)) core-ms a frame; limit: \(measured.limitingStage)",
      "", "to expect, for a file to a file:",
    ] + table.lines
  }
}
