// The first stage: packets out of the source.
import Synchronization
import Video

/// Reads packets: the video's go to the decoder, all others straight to the muxer.
final class DemuxStage: SourceStage {
  private let source: any PacketSource
  private let others: Outlet<Packet>?
  private let ending: SourceEnding

  init(_ source: any PacketSource, others: Outlet<Packet>?, ending: SourceEnding) {
    (self.source, self.others, self.ending) = (source, others, ending)
  }

  func produce(into outlet: Outlet<DemuxEvent>) throws -> Bool {
    do {
      switch try source.next() {
      case .other(let packet): try others?.emit(packet)
      case .end(let truncated):
        ending.end(truncated: truncated)
        return false
      case let event: try outlet.emit(event)
      }
      return true
    } catch VideoError.cancelled {
      return false
    }
  }

  func interrupt() { source.cancel() }
}

/// How a source ended; safe to use from any thread.
final class SourceEnding: Sendable {
  private let truncated = Atomic(false)

  var isTruncated: Bool { truncated.load(ordering: .relaxed) }

  func end(truncated: Bool) { self.truncated.store(truncated, ordering: .relaxed) }
}
