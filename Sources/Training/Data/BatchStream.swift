// Batches made ahead of the training loop.
import Dispatch
import Frames
import Synchronization

/// A batch ready for the network.
final class Batch: @unchecked Sendable {  // written by the stream before it is handed over
  /// f32 `[n, h, w, 3]`, 0…1.
  let rgb: FloatBuffer
  /// u8 `[n, h, w]`.
  let labels: AlignedMemory

  init(pixels: Int) {
    rgb = FloatBuffer(count: 3 * pixels)
    labels = AlignedMemory(byteCount: pixels)
  }

  var labelPointer: UnsafeMutablePointer<UInt8> { labels.base.assumingMemoryBound(to: UInt8.self) }
}

/// Draws batches ahead on queues of its own: each picture is read, decoded and varied by one of several readers. What batch
/// `step` holds depends on the seed and `step` alone.
final class BatchStream: @unchecked Sendable {  // `pending` and `nextStep` are used by the caller of `next` only
  private let mix: DataMix
  private let augmenter: Augmenter
  private let batch: Int
  private let seed: UInt64
  private let readers: [DispatchQueue]
  /// Batches asked for, oldest first.
  private var pending: [Slot] = []
  private var nextStep: Int
  /// Batches made ahead.
  static let depth = 3

  /// A batch on its way.
  private final class Slot: Sendable {
    let batch: Batch
    let done = DispatchGroup()
    /// The error of the first picture that has one, and that picture's place.
    let failure = Mutex<(place: Int, error: TrainingError)?>(nil)

    init(pixels: Int) { batch = Batch(pixels: pixels) }

    func fail(_ error: TrainingError, at place: Int) {
      failure.withLock { if place < $0?.place ?? .max { $0 = (place, error) } }
    }
  }

  /// - Parameter readers: pictures that are read and varied at once.
  init(_ mix: DataMix, augmenter: Augmenter, batch: Int, seed: UInt64, firstStep: Int, readers: Int = 2) {
    precondition(readers > 0 && batch > 0, "nothing reads, or nothing is to be read")
    self.mix = mix
    self.augmenter = augmenter
    self.batch = batch
    self.seed = seed
    self.readers = (0..<readers).map { DispatchQueue(label: "training.reader.\($0)", qos: .userInitiated) }
    nextStep = firstStep
    for _ in 0..<Self.depth { ask() }
  }

  /// The next batch; waits for it when it is not ready.
  ///
  /// - Throws: `TrainingError.data` when too many pictures cannot be used.
  func next() throws(TrainingError) -> Batch {
    let slot = pending.removeFirst()
    slot.done.wait()
    if let failure = slot.failure.withLock({ $0 }) { throw failure.error }
    ask()
    return slot.batch
  }

  private func ask() {
    let first = nextStep * batch
    nextStep += 1
    let slot = Slot(pixels: batch * augmenter.width * augmenter.height)
    pending.append(slot)
    for (n, choice) in mix.choices(at: first..<(first + batch)).enumerated() {
      readers[(first + n) % readers.count].async(group: slot.done) { [self] in
        do throws(TrainingError) { try draw(choice, position: first + n, at: n, of: slot.batch) } catch {
          slot.fail(error, at: n)
        }
      }
    }
  }

  /// Picture `position` of the stream, as picture `n` of a batch.
  private func draw(
    _ choice: (part: Int, index: Int), position: Int, at n: Int, of batch: Batch
  ) throws(TrainingError) {
    let pixels = augmenter.width * augmenter.height
    var random = Augmenter.random(seed: seed, position: position)
    augmenter.draw(
      try mix.picture(part: choice.part, index: choice.index), to: batch.rgb.data + 3 * n * pixels,
      labels: batch.labelPointer + n * pixels, using: &random)
  }
}
