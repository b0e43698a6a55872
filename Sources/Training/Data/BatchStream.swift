// Batches made ahead of the training loop.
import Dispatch
import Frames

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

/// Draws batches on a queue of its own, a few ahead. What batch `step` holds depends on the seed and `step` alone.
final class BatchStream: @unchecked Sendable {  // `pending` is used by the caller of `next` only
  private let mix: DataMix
  private let augmenter: Augmenter
  private let batch: Int
  private let seed: UInt64
  private let queue = DispatchQueue(label: "training.data", qos: .userInitiated)
  /// Batches asked for, oldest first.
  private var pending: [Slot] = []
  private var nextStep: Int
  /// Batches made ahead.
  static let depth = 3

  /// A batch on its way.
  private final class Slot: @unchecked Sendable {  // written before `done` is signalled, read after
    let done = DispatchSemaphore(value: 0)
    var result: Result<Batch, TrainingError>?
  }

  init(_ mix: DataMix, augmenter: Augmenter, batch: Int, seed: UInt64, firstStep: Int) {
    self.mix = mix
    self.augmenter = augmenter
    self.batch = batch
    self.seed = seed
    nextStep = firstStep
    for _ in 0..<Self.depth { ask() }
  }

  /// The next batch; waits for it when it is not ready.
  ///
  /// - Throws: what reading a picture throws.
  func next() throws(TrainingError) -> Batch {
    let slot = pending.removeFirst()
    slot.done.wait()
    ask()
    guard let result = slot.result else { preconditionFailure("a batch was announced and is not there") }
    return try result.get()
  }

  private func ask() {
    let (slot, step) = (Slot(), nextStep)
    nextStep += 1
    pending.append(slot)
    queue.async { [self] in
      do throws(TrainingError) { slot.result = .success(try make(step)) } catch { slot.result = .failure(error) }
      slot.done.signal()
    }
  }

  private func make(_ step: Int) throws(TrainingError) -> Batch {
    let pixels = augmenter.width * augmenter.height
    let result = Batch(pixels: batch * pixels)
    let choices = mix.choices(at: (step * batch)..<((step + 1) * batch))
    for (n, choice) in choices.enumerated() {
      var random = Augmenter.random(seed: seed, position: step * batch + n)
      let picture = try mix.picture(part: choice.part, index: choice.index)
      augmenter.draw(
        picture, to: result.rgb.data + 3 * n * pixels, labels: result.labelPointer + n * pixels, using: &random)
    }
    return result
  }
}
