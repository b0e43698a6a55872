// One stream's share of the networks.
import Frames
import Pipeline
import Synchronization
import Tensors
import UNet

/// Segments a stream's pictures with a model that may change from one frame to the next, and has a candidate try some.
final class StreamSegmenter: Segmenter {
  private let networks: SharedNetworks
  private let client: Turnstile.Client
  /// Pixels of the network's input; nil takes each model's own.
  private let budget: Int?
  private let state: Mutex<State>

  private struct State {
    var current: (model: LoadedModel, revision: Int)
    /// For pictures that were made for it when it went.
    var previous: (model: LoadedModel, revision: Int)?
    var shadow: Shadow?
    var frames = 0
  }

  init(_ networks: SharedNetworks, _ model: LoadedModel, weight: Double, budget: Int?) {
    (self.networks, self.budget) = (networks, budget)
    client = Turnstile.Client(weight: weight)
    state = Mutex(State(current: (model, 0)))
  }

  var model: LoadedModel { state.withLock { $0.current.model } }
  var revision: Int { state.withLock { $0.current.revision } }
  var shadow: Shadow? { state.withLock { $0.shadow } }
  /// Frames that the network has seen.
  var frames: Int { state.withLock { $0.frames } }

  /// The classes that labels of a revision stand for; nil when it is long gone.
  func classes(of revision: Int) -> [PixelClass]? {
    state.withLock { state in
      [state.current, state.previous].compactMap(\.self).first { $0.revision == revision }?.model.classes
    }
  }

  /// Changes the model: frames that come from now on are its.
  func change(to model: LoadedModel) {
    state.withLock { state in
      state.previous = state.current
      state.current = (model, state.current.revision + 1)
      state.shadow = nil
    }
  }

  /// Has a candidate look at a share of the frames; nil ends that.
  func setShadow(_ shadow: Shadow?) { state.withLock { $0.shadow = shadow } }

  func pictureSize(width: Int, height: Int) -> (width: Int, height: Int) {
    let model = model.model
    let size = model.architecture.inputSize(
      width: width, height: height, budget: budget ?? model.trainingInput.pixels)
    return (size.width, size.height)
  }

  func labelSize(width: Int, height: Int) -> (width: Int, height: Int) {
    let stem = model.model.architecture.stem
    return (width / stem, height / stem)
  }

  func inTurn<Result>(_ step: () throws -> Result) rethrows -> Result { try networks.turnstile.pass(client, step) }

  func segment(_ picture: Frame, into labels: LabelMap) throws {
    let (choices, shadow) = state.withLock { state in
      ([state.current, state.previous].compactMap(\.self), state.shadow)
    }
    // A picture and a label map that were made before the model changed may fit the one before only.
    guard let choice = choices.first(where: { $0.model.fits(picture, labels) }) else {
      labels.labels.update(repeating: ignoreLabel, count: labels.count)
      labels.revision = choices[0].revision
      return
    }
    try networks.run(choice.model, on: client.cores, picture, into: labels)
    labels.revision = choice.revision
    state.withLock { $0.frames += 1 }
    if let shadow, choice.revision == choices[0].revision, shadow.wantsNext {
      try shadow.look(at: picture, labels, of: choice.model) { map in
        try networks.run(shadow.model, on: client.cores, picture, into: map)
      }
    }
  }
}

extension LoadedModel {
  /// Whether the network can take the picture and fill the label map.
  func fits(_ picture: Frame, _ labels: LabelMap) -> Bool {
    let (architecture, stem) = (model.architecture, model.architecture.stem)
    return picture.width % architecture.stride == 0 && picture.height % architecture.stride == 0
      && labels.width == picture.width / stem && labels.height == picture.height / stem
  }
}
