// A file as if it were a camera.
import Foundation
import Synchronization

/// Passes on another source's packets when their time has come.
public final class PacedSource: PacketSource {
  private let source: any PacketSource
  private let isCancelled = Atomic(false)
  /// The moment that is the source's zero; set anew when its time jumps.
  private let zero = Mutex<ContinuousClock.Instant?>(nil)

  public init(_ source: any PacketSource) { self.source = source }

  public var name: String { source.name }
  public var video: VideoInfo { source.video }
  public var options: SourceOptions { source.options }
  public var tags: [String: String] { source.tags }
  public var otherStreams: [StreamParameters] { source.otherStreams }

  public func next() throws(VideoError) -> DemuxEvent {
    let event = try source.next()
    if case .video(let packet) = event, let seconds = packet.seconds { try wait(until: seconds) }
    if case .video(let packet) = event { packet.arrival = .now }
    return event
  }

  public func cancel() {
    isCancelled.store(true, ordering: .relaxed)
    source.cancel()
  }

  private func wait(until seconds: Double) throws(VideoError) {
    let now = ContinuousClock.now
    let due = zero.withLock { zero in
      let due = (zero ?? now - .seconds(seconds)) + .seconds(seconds)
      // Far ahead or behind: the clock jumped, or the reader was held up for long.
      guard due < now + .seconds(60), due > now - .seconds(1), zero != nil else {
        zero = now - .seconds(seconds)
        return now
      }
      return due
    }
    while ContinuousClock.now < due {
      if isCancelled.load(ordering: .relaxed) { throw .cancelled }
      usleep(UInt32(max(50, min(20_000, (due - .now) / .microseconds(1)))))
    }
  }
}
