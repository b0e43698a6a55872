// The frame rate to expect here, from the cost of each part of the way of a frame.
import Foundation
import Pipeline
import UNet

/// What videos of usual sizes should reach on this machine, to an encoded file and without one.
struct Expectation: Encodable {
  /// What the sample clip showed.
  struct Measured: Encodable {
    var model: String
    /// Frames per second to an encoded overlay, and to null:.
    var fps, nullFps: Double
    /// Of the network alone, on all threads.
    var networkMs: Double
    var cost: FrameCost
    /// The share of the cores that other programs left over in which the encoding run worked; the rest is waiting.
    var atWork: Double
  }

  struct Prediction: Encodable {
    var width, height: Int
    /// To an encoded overlay, and what most of the time goes to.
    var fps: Double
    var limit: String
    /// To null:, labels only.
    var nullFps: Double
    var nullLimit: String
  }

  var measured: Measured
  var predictions: [Prediction]

  /// - Parameters:
  ///   - encoded: a run over at least some dozen frames whose overlay is encoded.
  ///   - bare: the same to null:.
  ///   - network: milliseconds of the network alone at the same size, with all cores to itself.
  init(encoded: PipelineBench, bare: PipelineBench, network: Double) {
    let threads = Double(encoded.threads)
    let cost = FrameCost(encoded: encoded.coreMilliseconds, bare: bare.coreMilliseconds, network: network * threads)
    measured = Measured(
      model: encoded.model.name, fps: encoded.report.fps, nullFps: bare.report.fps, networkMs: network, cost: cost,
      atWork: encoded.atWork)
    let pixels = Double(encoded.size.width * encoded.size.height)
    predictions = [(640, 360), (1280, 720), (1920, 1080), (3840, 2160)].map { width, height in
      let full = cost.filmed.scaled(by: Double(width * height) / pixels)
      let (fps, nullFps) = (
        Self.rate(full, threads, encoded.atWork, network),
        Self.rate(full.withoutEncoding, threads, bare.atWork, network)
      )
      return Prediction(
        width: width, height: height, fps: fps, limit: full.largest, nullFps: nullFps,
        nullLimit: full.withoutEncoding.largest)
    }
  }

  /// All cores are kept busy by whatever stage has work; but the network does one frame after the other.
  private static func rate(_ cost: FrameCost, _ threads: Double, _ atWork: Double, _ network: Double) -> Double {
    min(threads * 1000 * atWork / cost.sum, 1000 / network)
  }
}

/// Milliseconds of all cores together that one frame takes.
struct FrameCost: Encodable {
  var network: Double
  /// Demuxing, decoding and scaling.
  var decode: Double
  /// Painting, encoding and muxing.
  var encode: Double

  /// - Parameters:
  ///   - encoded: of a frame whose overlay is encoded.
  ///   - bare: of a frame that only gets its labels.
  ///   - network: of the network.
  init(encoded: Double, bare: Double, network: Double) {
    self.network = network
    decode = max(0, bare - network)
    encode = max(0, encoded - bare)
  }

  var sum: Double { network + decode + encode }

  /// The network works at its own size whatever the video's; the rest grows with the pixels.
  func scaled(by factor: Double) -> FrameCost {
    var cost = self
    (cost.decode, cost.encode) = (decode * factor, encode * factor)
    return cost
  }

  /// The cost of a filmed picture, by that of a drawn one: the sample's sharp edges and even movement give the encoder two and
  /// a half times the work of a city drive from a windscreen (libx264, veryfast, 1280×720: 18 and 7 ms).
  var filmed: FrameCost {
    var cost = self
    cost.encode *= 0.4
    return cost
  }

  var withoutEncoding: FrameCost {
    var cost = self
    cost.encode = 0
    return cost
  }

  /// The part that costs most.
  var largest: String {
    let parts = [("network", network), ("decode and scale", decode), ("overlay and encode", encode)]
    return parts.max { $0.1 < $1.1 }?.0 ?? ""
  }
}

extension Expectation {
  /// The lines to print.
  var lines: [String] {
    let cost = measured.cost
    var table = Table([
      ("video", .left), ("to a file", .right), ("most goes to", .left), ("to null:", .right), ("most goes to", .left),
    ])
    for prediction in predictions {
      table.add(
        "\(prediction.width)×\(prediction.height)", prediction.fps.formatted(decimals: 0), prediction.limit,
        prediction.nullFps.formatted(decimals: 0), prediction.nullLimit)
    }
    return [
      "measured   \(measured.model), sample clip: \(measured.fps.formatted(decimals: 1)) frames/s, "
        + "\(measured.nullFps.formatted(decimals: 1)) to null:, network alone \(measured.networkMs.formatted(decimals: 1)) ms",
      "a frame    network \(cost.network.formatted(decimals: 1)), decode and scale \(cost.decode.formatted(decimals: 1)), "
        + "overlay and encode \(cost.encode.formatted(decimals: 1)) ms of all cores together; "
        + "\(percentText(measured.atWork)) at work",
      "", "frames/s to expect of filmed video, which the encoder finds easier than the drawn sample:",
    ] + table.lines
  }
}
