// What a checkpoint belongs to.
import Settings
import UNet

/// The network and those settings of the recipe that decide its weights.
struct RunIdentity: Codable, Equatable {
  /// By path in snake case, with the class names.
  let settings: [String: String]

  init(settings: [String: String]) { self.settings = settings }

  /// - Parameter configuration: its length may differ between parts, as may what does not decide the weights.
  init(_ configuration: TrainerConfiguration) {
    let free = ["name", "length", "evaluation.patience", "evaluation.every", "network.classes", "data.cache"]
    var settings = configuration.recipe.settings.filter { !free.contains($0.key) }
    let architecture = configuration.architecture
    settings["classes"] = architecture.classes.map(\.name).joined(separator: ", ")
    settings["network.stem"] = "\(architecture.stem)"
    settings["network.widths"] = "\(architecture.widths)"
    settings["network.up.window"] = "\(architecture.up.window)"
    settings["network.up.relu"] = "\(architecture.up.isRectified)"
    self.settings = settings
  }

  /// `network.stem 2, not 1; batch 8, not 4`: this one's values, not the other's; nil where they are the same.
  ///
  /// Keys that one of them does not know, because it was written before they came, have their defaults.
  func difference(to other: RunIdentity) -> String? {
    let defaults = Recipe().settings
    let mine = defaults.merging(settings) { $1 }
    let others = defaults.merging(other.settings) { $1 }
    let keys = Set(settings.keys).union(other.settings.keys).sorted()
    let parts = keys.filter { mine[$0] != others[$0] }.map {
      "\($0) \(mine[$0] ?? "unknown"), not \(others[$0] ?? "unknown")"
    }
    guard !parts.isEmpty else { return nil }
    let rest = parts.count > 3 ? "; and \(parts.count - 3) more" : ""
    return parts.prefix(3).joined(separator: "; ") + rest
  }
}
