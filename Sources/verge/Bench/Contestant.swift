// One way to run a network, timed a little at a time.
import Frames
import Tensors
import Training
import UNet

/// A network in one precision, on one set of kernels and threads.
final class Contestant {
  let precision: String
  let kernels: String
  let threads: Int
  /// Labels of the picture, after a run.
  private(set) var labels: [UInt8] = []
  private(set) var times: [Double] = []
  /// Multiply-accumulates per second that the kernels' instruction reaches; nil where that is not measured.
  private(set) var peak: Double?
  private let body: () throws -> [UInt8]
  private let measurePeak: (() -> Double)?

  private init(
    _ precision: String, _ kernels: String, threads: Int, peak: (() -> Double)?, _ body: @escaping () throws -> [UInt8]
  ) {
    (self.precision, self.kernels, self.threads) = (precision, kernels, threads)
    (measurePeak, self.body) = (peak, body)
  }

  /// The integer network of a plan on a pool's threads.
  convenience init(_ plan: Int8Plan, pool: WorkerPool, picture: SamplePicture) {
    let (network, size) = (Int8Network(plan, pool: pool), plan.labelSize)
    var labels = [UInt8](repeating: 0, count: size.pixels)
    self.init(
      "int8", plan.tier.rawValue, threads: pool.threadCount,
      peak: { plan.measurePeak(pool: pool, milliseconds: 3) }
    ) {
      network.run(
        pixels: picture.rgb0, stride: 4 * picture.size.width, labels: &labels, labelStride: size.width)
      return labels
    }
  }

  /// The float network on OpenBLAS.
  ///
  /// - Throws: `TrainingError` where it has no such layers.
  convenience init(float model: Model, threads: Int, picture: SamplePicture) throws(TrainingError) {
    let predictor = try FloatPredictor(model, threads: threads)
    let (size, rgb) = (picture.size, picture.rgb)
    let sample = EvaluationPicture(
      rgb: rgb, input: size, width: size.width, height: size.height, labels: [], name: "sample")
    self.init("float", "OpenBLAS \(OpenBLAS.coreName)", threads: threads, peak: nil) {
      let map = try predictor.predict(sample)
      return withExtendedLifetime(map) { Array(map.buffer) }
    }
  }

  /// Runs once to warm up and to have labels.
  func warmUp() throws { labels = try body() }

  /// Runs for some milliseconds, at least once, and measures the peak beside it.
  func takeTurn(milliseconds: Double) throws {
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    repeat {
      times.append(try clock.measure { labels = try body() }.milliseconds)
    } while (clock.now - start).milliseconds < milliseconds
    if let measurePeak { peak = max(peak ?? 0, measurePeak()) }
  }
}
