// What a user waits for before the first labels.
import Tensors
import UNet

/// Milliseconds from a model file to the first labels.
struct StartTimes: Encodable {
  /// Opening, reading and checking the model file.
  var load: Double
  /// Packing the weights and making the tensors.
  var plan: Double
  /// The first run, on cold caches and memory.
  var first: Double

  var sum: Double { load + plan + first }
}

extension StartTimes {
  /// Loads a model, makes its network and runs it once, as a session does when it opens.
  ///
  /// - Parameter size: nil for the size that the model was trained at.
  static func measure(
    _ path: String, size: InputSize?, tier: CPUTier, threads: Int
  ) throws(ModelError) -> (times: StartTimes, model: Int8Model, network: Int8Network) {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try Int8Model(contentsOf: path)
    let loaded = clock.now
    let network = try Int8Network(model, inputSize: size ?? model.trainingInput, tier: tier, threads: threads)
    let planned = clock.now
    let labelSize = network.plan.labelSize
    var labels = [UInt8](repeating: 0, count: labelSize.pixels)
    network.run(labels: &labels, labelStride: labelSize.width)
    let times = StartTimes(
      load: (loaded - start).milliseconds, plan: (planned - loaded).milliseconds,
      first: (clock.now - planned).milliseconds)
    return (times, model, network)
  }
}
