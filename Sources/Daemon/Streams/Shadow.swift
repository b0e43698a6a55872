// A candidate model beside the present one.
import Frames
import Synchronization
import UNet

/// Counts where a candidate's labels differ from the present model's, class by class.
final class Shadow: Sendable {
  let model: LoadedModel
  /// Of the frames, that it sees.
  let share: Double
  private let state = Mutex(State())

  fileprivate struct State {
    /// Grows by the share with each frame; a whole one is a frame to look at.
    var owed = 0.0
    var frames = 0
    /// By the present model's class: pixels, and those that the candidate sees as another class.
    var pixels: [Int] = []
    var differing: [Int] = []
    var names: [String] = []
    var labels: LabelMap?
  }

  init(_ model: LoadedModel, share: Double) { (self.model, self.share) = (model, share) }

  /// Whether the candidate is to see the next frame; called once for each.
  var wantsNext: Bool {
    state.withLock { state in
      state.owed += share
      guard state.owed >= 1 else { return false }
      state.owed -= 1
      return true
    }
  }

  /// Has the candidate segment a picture, and compares.
  ///
  /// - Parameters:
  ///   - labels: what the present model made of it.
  ///   - segment: fills a label map of the candidate's size.
  func look(
    at picture: Frame, _ labels: LabelMap, of present: LoadedModel, _ segment: (LabelMap) throws -> Void
  ) rethrows {
    let (stride, stem) = (model.model.architecture.stride, model.model.architecture.stem)
    guard picture.width % stride == 0, picture.height % stride == 0 else { return }
    let map = candidateMap(width: picture.width / stem, height: picture.height / stem)
    try segment(map)
    let names = present.classes.map(\.name)
    let meaning = model.classes.map { names.firstIndex(of: $0.name) ?? -1 }
    state.withLock { $0.compare(labels, map, names, meaning) }
  }

  var status: ShadowStatus {
    state.withLock { state in
      var status = ShadowStatus(model: model.name, share: share)
      status.frames = state.frames
      let all = state.pixels.reduce(0, +)
      status.disagreement = all > 0 ? Double(state.differing.reduce(0, +)) / Double(all) : 0
      for (index, name) in state.names.enumerated() where state.pixels[index] > 0 {
        status.classes[name] = Double(state.differing[index]) / Double(state.pixels[index])
      }
      return status
    }
  }

  private func candidateMap(width: Int, height: Int) -> LabelMap {
    state.withLock { state in
      if let labels = state.labels, (labels.width, labels.height) == (width, height) { return labels }
      let made = LabelMap(width: width, height: height)
      state.labels = made
      return made
    }
  }
}

extension Shadow.State {
  /// - Parameter meaning: the present model's class of each of the candidate's; -1 for none.
  fileprivate mutating func compare(_ labels: LabelMap, _ other: LabelMap, _ names: [String], _ meaning: [Int]) {
    if self.names != names {
      (self.names, frames) = (names, 0)
      (pixels, differing) = (names.map { _ in 0 }, names.map { _ in 0 })
    }
    frames += 1
    for y in 0..<labels.height {
      let row = y * other.height / labels.height
      for x in 0..<labels.width {
        let label = Int(labels[x: x, y: y])
        let candidate = Int(other[x: x * other.width / labels.width, y: row])
        pixels[label] += 1
        if meaning[candidate] != label { differing[label] += 1 }
      }
    }
  }
}
