// Packets into frames.
import Frames
import Video

/// Decodes, counts what comes in, and passes on what is asked for.
final class DecodeStage: Stage {
  private let decoder: Decoder
  private var gate: FrameGate
  /// nil decodes everything.
  private var ladder: SkipLadder?
  private var told = (lost: 0, leftOut: LeftOutFrames())

  init(_ decoder: Decoder, gate: FrameGate, ladder: SkipLadder?) {
    (self.decoder, self.gate, self.ladder) = (decoder, gate, ladder)
  }

  func process(_ event: DemuxEvent, into outlet: Outlet<Frame>) throws {
    switch event {
    case .video(let packet):
      let now = ContinuousClock.now
      if let level = ladder?.step(waited: now - packet.arrival, isKey: packet.isKey, now: now) { decoder.skip = level }
      try decoder.send(packet, isWanted: gate.mayTake(packet))
      try drain(into: outlet)
    case .unreadable(let count): gate.missing(count, .undecodable)
    case .other, .end: break
    }
  }

  func finish(into outlet: Outlet<Frame>) throws {
    decoder.finish()
    try drain(into: outlet)
  }

  private func drain(into outlet: Outlet<Frame>) throws {
    while let frame = try decoder.receive() { try gate.pass(frame, to: outlet) }
    let (lost, leftOut) = (decoder.undecodable, decoder.leftOut)
    gate.missing(lost - told.lost, .undecodable)
    gate.missing(leftOut.late - told.leftOut.late, .late)
    gate.missing(leftOut.unwanted - told.leftOut.unwanted, .skipped)
    told = (lost, leftOut)
  }
}

/// Takes frames from a source that decodes by itself.
final class FrameSourceStage: SourceStage {
  private let source: any FrameSource
  private let others: Outlet<Packet>?
  private let ending: SourceEnding
  private var gate: FrameGate

  init(_ source: any FrameSource, gate: FrameGate, others: Outlet<Packet>?, ending: SourceEnding) {
    (self.source, self.gate, self.others, self.ending) = (source, gate, others, ending)
  }

  func produce(into outlet: Outlet<Frame>) throws -> Bool {
    do {
      switch try source.next() {
      case .frame(let frame): try gate.pass(frame, to: outlet)
      case .packet(let packet): try others?.emit(packet)
      case .undecodable(let count): gate.missing(count, .undecodable)
      case .end(let truncated):
        ending.end(truncated: truncated)
        return false
      }
      return true
    } catch VideoError.cancelled {
      return false
    }
  }

  func interrupt() { source.cancel() }
}
