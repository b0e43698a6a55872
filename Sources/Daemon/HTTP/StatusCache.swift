// The list of streams as JSON, made at most some twenty times a second however many ask.
import NIOCore
import Synchronization

/// Keeps the answer to the question that is asked most.
final class StatusCache: Sendable {
  /// Shorter than anybody sees on a page that is drawn once a second.
  private static let lifetime = Duration.milliseconds(50)
  private let kept = Mutex<(buffer: ByteBuffer, made: ContinuousClock.Instant)?>(nil)

  /// The kept answer, or a new one by `make`, which runs once at a time.
  func buffer(_ make: () -> ByteBuffer) -> ByteBuffer {
    kept.withLock { kept in
      if let kept, kept.made.duration(to: .now) < Self.lifetime { return kept.buffer }
      let buffer = make()
      kept = (buffer, .now)
      return buffer
    }
  }

  /// Forgets the answer after a change, so that whoever made it sees it.
  func forget() { kept.withLock { $0 = nil } }
}
