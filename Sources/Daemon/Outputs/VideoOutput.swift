// A stream's overlay to a URL, a recording or HLS.
import Foundation
import Pipeline
import Video

/// Writes packets on a thread of its own, and begins anew when the peer goes, the file is long enough, or the programme
/// changes.
///
/// Packets wait in a queue that drops its oldest when a peer takes nothing; what follows is written from the next key frame.
final class VideoOutput: StreamOutput {
  private let kind: OutputKind
  private let options: VideoOutputOptions
  private let worker: OutputWorker<Numbered>
  /// Packets so far; locked, since a place in the order and in the queue are given together.
  private let count = Monitor(0)

  /// A packet with its place in the order, so that gaps show.
  private struct Numbered: Sendable {
    let number: Int
    let packet: OutputPacket
  }

  /// - Parameter name: for the status, without credentials.
  init(_ kind: OutputKind, name: String, _ options: VideoOutputOptions) {
    (self.kind, self.options) = (kind, options)
    worker = OutputWorker("verge.output", name: name, isLive: options.isLive, capacity: 256) { $0.packet.isVideo }
    worker.start { [self] in work() }
  }

  var status: OutputStatus { worker.meter.status }
  var wantsVideo: Bool { true }

  func offer(_ packet: OutputPacket) {
    count.withLock { count in
      count += 1
      worker.push(Numbered(number: count, packet: packet))
    }
  }

  func close() { worker.close() }
  func wait(until deadline: ContinuousClock.Instant) -> Bool { worker.wait(until: deadline) }

  private func work() {
    var container = OutputContainer(kind, options, worker)
    var last = 0
    while let item = worker.next() {
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

  /// Deletes files that are too old to be kept.
  func delete(_ files: [String]) {
    for file in files {
      do { try FileManager.default.removeItem(atPath: file) } catch { tell("cannot delete \(file): \(error)") }
    }
  }
}

extension OutputPacket {
  var isVideo: Bool { packet.stream.kind == .video }
}
