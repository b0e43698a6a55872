// Where the time of a training step goes.

/// The parts of a step that are timed.
enum TrainingPhase: String, CaseIterable {
  case convolution
  case norm
  case normGradient = "norm gradient"
  case weightGradient = "weight gradient"
  case dataGradient = "data gradient"
  case head
  case loss
  case optimizer = "optimiser"
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Seconds by layer and phase, summed over passes. Used from the thread that runs the passes.
final class PassClock {
  private(set) var seconds: [String: [TrainingPhase: Double]] = [:]
  /// The layer that runs.
  var layer = ""

  func add(_ time: Duration, to phase: TrainingPhase) {
    seconds[layer, default: [:]][phase, default: 0] += time.seconds
  }
}

extension Pass {
  /// Runs a part of a layer, on the clock where there is one.
  func timed<R>(_ phase: TrainingPhase, _ body: () -> R) -> R {
    guard let clock else { return body() }
    let start = ContinuousClock.now
    defer { clock.add(.now - start, to: phase) }
    return body()
  }
}
