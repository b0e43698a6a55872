// What a session makes, to whoever takes it.
import Video

/// Hands segmented frames that are not too old by then to the receiver.
final class ReceiverStage: Stage {
  private let receiver: any SessionReceiver
  private let freshness: Freshness
  private let tally: Tally
  private var lastShown = ContinuousClock.now

  init(_ receiver: any SessionReceiver, freshness: Freshness, tally: Tally) {
    (self.receiver, self.freshness, self.tally) = (receiver, freshness, tally)
  }

  func process(_ segmented: SegmentedFrame, into outlet: Outlet<Never>) throws {
    // On a machine so loaded that no frame is in time, a late one now and then tells more than none.
    let isStarved = ContinuousClock.now - lastShown > .seconds(1)
    guard isStarved || freshness.admits(segmented.frame) else { return }
    lastShown = .now
    try receiver.receive(segmented)
    tally.shown(segmented.frame)
  }
}

/// Hands the packets of the source's other streams to the receiver.
final class PacketReceiverStage: Stage {
  private let receiver: any SessionReceiver

  init(_ receiver: any SessionReceiver) { self.receiver = receiver }

  func process(_ packet: Packet, into outlet: Outlet<Never>) throws { try receiver.receive(packet) }
}
