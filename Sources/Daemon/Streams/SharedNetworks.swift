// The models in memory, and the cores that run them.
import Foundation
import Frames
import Pipeline
import Synchronization
import Tensors
import UNet

/// Loads each model once, and runs its network for whoever's turn it is, on the cores of that turn.
final class SharedNetworks: Sendable {
  let kernels: Kernels
  let threads: Int
  private let allCores: WorkerPool
  /// Starts no thread: a network on one core runs on its caller's, and several may.
  private let oneCore = WorkerPool(threads: 1)
  /// Where streams wait for their turns.
  let turnstile: Turnstile
  private let models = Mutex<[String: Weak]>([:])

  private struct Weak: Sendable {
    weak var model: LoadedModel?
  }

  /// - Parameters:
  ///   - kernels: of the tier that was asked for, or the best.
  ///   - threads: cores that the networks may load.
  init(kernels: Kernels, threads: Int) {
    (self.kernels, self.threads) = (kernels, threads)
    allCores = WorkerPool(threads: threads)
    turnstile = Turnstile(cores: threads)
  }

  /// The model of a path or a shipped name; one that is in memory, and whose file is the same still, is not read again.
  ///
  /// - Throws: `ModelError`.
  func model(_ name: String) throws(ModelError) -> LoadedModel {
    let path = try ModelLibrary.path(of: name)
    let key = Self.identity(of: path)
    if let loaded = models.withLock({ $0[key]?.model }) { return loaded }
    let made = LoadedModel(name: name, try Int8Model(contentsOf: path))
    return models.withLock { models in
      if let loaded = models[key]?.model { return loaded }
      models = models.filter { $0.value.model != nil }
      models[key] = Weak(model: made)
      return made
    }
  }

  /// Names of the models that somebody uses.
  var loaded: [String] { models.withLock { $0.values.compactMap { $0.model?.name } }.sorted() }

  /// Finds the classes of a picture; to be called in a turn at the turnstile only.
  ///
  /// - Parameter cores: those of the turn.
  /// - Throws: `ModelError.inputSize`.
  func run(_ model: LoadedModel, on cores: Turnstile.Cores, _ picture: Frame, into labels: LabelMap) throws {
    let size = InputSize(height: picture.height, width: picture.width)
    let network = try model.network(size, kernels.tier, cores, cores == .all ? allCores : oneCore)
    let plane = picture.planes[0]
    network.run(pixels: plane.row(0), stride: plane.stride, labels: labels.labels, labelStride: labels.width)
  }

  /// A file that was replaced is another one.
  private static func identity(of path: String) -> String {
    var about = stat()
    guard stat(path, &about) == 0 else { return path }
    return "\(path) \(about.st_ino) \(about.st_size) \(about.st_mtim.tv_sec).\(about.st_mtim.tv_nsec)"
  }
}

/// A model in memory with its networks: for each input size in use, one for each choice of cores.
///
/// Networks of a size share their packed weights.
final class LoadedModel: Sendable {
  let name: String
  let model: Int8Model
  private let sizes = Mutex<[Networks]>([])
  /// Sizes beyond this are those of sources that have changed; the one unused longest goes.
  private static let limit = 8

  private struct Networks: Sendable {
    let size: InputSize
    let plan: Int8Plan
    var all: [Turnstile.Cores: Int8Network] = [:]
  }

  init(name: String, _ model: Int8Model) { (self.name, self.model) = (name, model) }

  var classes: [PixelClass] { model.architecture.classes }

  /// The network that a turn on these cores may use.
  fileprivate func network(
    _ size: InputSize, _ tier: CPUTier, _ cores: Turnstile.Cores, _ pool: WorkerPool
  ) throws -> Int8Network {
    try sizes.withLock { sizes in
      var place: Int
      if let found = sizes.firstIndex(where: { $0.size == size }) {
        place = max(0, found - 1)
        sizes.swapAt(found, place)
      } else {
        if sizes.count == Self.limit { sizes.removeLast() }
        place = sizes.count
        sizes.append(Networks(size: size, plan: try Int8Plan(model, inputSize: size, tier: tier)))
      }
      if let network = sizes[place].all[cores] { return network }
      let made = Int8Network(sizes[place].plan, pool: pool)
      sizes[place].all[cores] = made
      return made
    }
  }
}
