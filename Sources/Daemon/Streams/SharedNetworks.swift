// The models in memory, and the cores that run them.
import Foundation
import Frames
import Pipeline
import Synchronization
import Tensors
import UNet

/// Loads each model once, and runs one network at a time on all cores, whoever asks.
///
/// Networks one after the other on all cores answer sooner than side by side on one core each, and no faster or slower in
/// all: the layers are split by rows.
final class SharedNetworks: Sendable {
  let kernels: Kernels
  let threads: Int
  private let pool: WorkerPool
  /// Where streams wait for their turns.
  let turnstile = Turnstile()
  private let models = Mutex<[String: Weak]>([:])

  private struct Weak: Sendable {
    weak var model: LoadedModel?
  }

  /// - Parameters:
  ///   - kernels: of the tier that was asked for, or the best.
  ///   - threads: cores that the networks may load.
  init(kernels: Kernels, threads: Int) {
    (self.kernels, self.threads) = (kernels, threads)
    pool = WorkerPool(threads: threads)
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
  /// - Throws: `ModelError.inputSize`.
  func run(_ model: LoadedModel, _ picture: Frame, into labels: LabelMap) throws {
    let network = try model.network(InputSize(height: picture.height, width: picture.width), kernels.tier, pool)
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

/// A model in memory with its networks, one for each input size in use.
final class LoadedModel: @unchecked Sendable {  // `networks` is touched in a turn at the turnstile only
  let name: String
  let model: Int8Model
  private var networks: [(size: InputSize, network: Int8Network)] = []
  /// Sizes beyond this are those of sources that have changed; the one unused longest goes.
  private static let limit = 8

  init(name: String, _ model: Int8Model) { (self.name, self.model) = (name, model) }

  var classes: [PixelClass] { model.architecture.classes }

  fileprivate func network(_ size: InputSize, _ tier: CPUTier, _ pool: WorkerPool) throws(ModelError) -> Int8Network {
    if let place = networks.firstIndex(where: { $0.size == size }) {
      if place > 0 { networks.swapAt(place, place - 1) }
      return networks[place].network
    }
    let made = Int8Network(try Int8Plan(model, inputSize: size, tier: tier), pool: pool)
    if networks.count == Self.limit { networks.removeLast() }
    networks.append((size, made))
    return made
  }
}
