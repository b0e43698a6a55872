// The clients that watch a stream over HTTP.
import Frames
import Pipeline
import Synchronization
import Video

/// Encodes a stream's overlays as JPEGs while somebody watches, once for all; safe to use from any thread.
///
/// Frames that come while one is being encoded are not for viewers, and a viewer that reads slowly misses some: the stream
/// waits for neither.
final class Viewers: Sendable {
  private let queue: QuietQueue
  private let state = Mutex(State())
  private let tell: @Sendable (String) -> Void
  /// Used on `queue` only.
  private let writer = ImageWriter()

  private struct State {
    var readers: [Int: AsyncStream<EncodedPicture>.Continuation] = [:]
    var next = 0
    var isEncoding = false
    var isClosed = false
  }

  init(name: String, tell: @escaping @Sendable (String) -> Void) {
    queue = QuietQueue("verge.\(name).jpeg")
    self.tell = tell
  }

  var count: Int { state.withLock { $0.readers.count } }

  /// Pictures from now on; at most one waits.
  func pictures() -> AsyncStream<EncodedPicture> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let number = state.withLock { state -> Int? in
        guard !state.isClosed else { return nil }
        state.next += 1
        state.readers[state.next] = continuation
        return state.next
      }
      guard let number else { return continuation.finish() }
      continuation.onTermination = { [weak self] _ in
        _ = self?.state.withLock { $0.readers.removeValue(forKey: number) }
      }
    }
  }

  /// Takes a painted frame if somebody watches and the last one is done.
  func offer(_ frame: Frame) {
    let takes = state.withLock { state in
      guard !state.readers.isEmpty, !state.isEncoding else { return false }
      state.isEncoding = true
      return true
    }
    guard takes else { return }
    queue.async { [self] in
      let picture = encoded(frame)
      let readers = state.withLock { state in
        state.isEncoding = false
        return Array(state.readers.values)
      }
      if let picture { for reader in readers { reader.yield(picture) } }
    }
  }

  /// A frame as a JPEG, made at once.
  func still(_ frame: Frame) -> EncodedPicture? { queue.sync { [self] in encoded(frame) } }

  /// A label map as a PNG, made at once.
  func still(_ labels: LabelMap, _ palette: Palette, of frame: Frame) -> EncodedPicture? {
    queue.sync { [self] in
      do {
        return EncodedPicture(
          bytes: try writer.png(labels, palette: palette), index: frame.index, time: frame.seconds ?? 0)
      } catch {
        tell("\(error)")
        return nil
      }
    }
  }

  /// The stream has ended.
  func close() {
    let readers = state.withLock { state in
      state.isClosed = true
      return Array(state.readers.values)
    }
    for reader in readers { reader.finish() }
  }

  private func encoded(_ frame: Frame) -> EncodedPicture? {
    do {
      return EncodedPicture(bytes: try writer.jpeg(frame), index: frame.index, time: frame.seconds ?? 0)
    } catch {
      tell("\(error)")
      return nil
    }
  }
}
