// Pictures that a command leaves out.
import Training

/// Names pictures of no use on standard error, each once.
final class LeftOutPictures {
  private let quiet: Bool
  private var named: Set<String> = []

  init(quiet: Bool = false) { self.quiet = quiet }

  func name(_ path: String, reason: String) {
    guard named.insert(path).inserted, !quiet else { return }
    Console.standard.warn("\(path) is left out: \(reason)")
  }

  /// Names those that came since the last call.
  func name(_ sets: [EvaluationSet]) {
    for (path, reason) in sets.flatMap({ $0.skipped.takeNew() }) { name(path, reason: reason) }
  }
}
