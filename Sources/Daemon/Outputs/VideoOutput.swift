// A stream's overlay to a URL, a recording or HLS.
import Foundation
import Pipeline
import Synchronization
import Video

/// Writes packets on a thread of its own, and begins anew when the peer goes, the file is long enough, or the programme
/// changes.
///
/// Packets wait in a queue that drops its oldest when a peer takes nothing; what follows is written from the next key frame.
final class VideoOutput: StreamOutput {
  private let kind: OutputKind
  private let options: VideoOutputOptions
  private let meter: OutputMeter
  private let queue: BoundedQueue<Numbered>
  /// Packets so far; locked, since a place in the order and in the queue are given together.
  private let count = Monitor(0)
  /// The container that is open, so that a write can be ended from elsewhere.
  private let open = Mutex<Muxer?>(nil)
  private let thread = WaitableThread("verge.output")

  /// A packet with its place in the order, so that gaps show.
  private struct Numbered: Sendable {
    let number: Int
    let packet: OutputPacket
  }

  /// - Parameter name: for the status, without credentials.
  init(_ kind: OutputKind, name: String, _ options: VideoOutputOptions) {
    (self.kind, self.options) = (kind, options)
    let meter = OutputMeter(name)
    self.meter = meter
    queue = BoundedQueue(
      capacity: 256, overflow: options.isLive ? .dropOldest { if $0.packet.isVideo { meter.dropped() } } : .block)
    thread.start { [self] in
      work()
      meter.ended()
    }
  }

  var status: OutputStatus { meter.status }
  var wantsVideo: Bool { true }

  func offer(_ packet: OutputPacket) {
    count.withLock { count in
      count += 1
      queue.push(Numbered(number: count, packet: packet))
    }
  }

  func close() { queue.close() }

  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    if thread.wait(until: deadline) { return true }
    queue.cancel()
    open.withLock { $0 }?.cancel()
    return false
  }

  private func work() {
    var container = OutputContainer(kind, options, meter) { [self] muxer in open.withLock { $0 = muxer } }
    var last = 0
    while let item = queue.pop() {
      if item.number != last + 1 { container.lost() }
      last = item.number
      container.write(item.packet)
    }
    container.end()
  }
}

/// What a video output is told once.
struct VideoOutputOptions: Sendable {
  var recording = RecordingSettings()
  var hls = HLSSettings()
  /// The source cannot wait: packets are dropped where an output cannot keep up.
  var isLive = true
  /// Seconds that a peer may take nothing.
  var timeout = 5.0
  var transport = "tcp"
  /// Receives what the user should know, and what went wrong.
  var tell: @Sendable (String) -> Void = { _ in }
}

extension OutputPacket {
  var isVideo: Bool { packet.stream.kind == .video }
}
