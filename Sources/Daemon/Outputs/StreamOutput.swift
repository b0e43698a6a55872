// The seam between a stream and its outputs.
import Foundation
import Frames
import Pipeline

/// One of a stream's outputs; safe to use from any thread.
protocol StreamOutput: AnyObject, Sendable {
  var status: OutputStatus { get }
  /// Whether it wants overlays; the stream paints and encodes only if somebody does.
  var wantsVideo: Bool { get }
  /// Takes a packet. Never waits for a peer: an output of a live source that cannot keep up loses its own packets.
  func offer(_ packet: OutputPacket)
  /// Takes a frame's labels. Never waits for a disk or a peer either, for a live source.
  ///
  /// - Parameter record: the frame's line of JSON.
  func offer(_ labels: OutputLabels, record: @autoclosure () -> String)
  /// Ends the output after what it has taken; returns at once.
  func close()
  /// Waits for that.
  ///
  /// - Returns: false when it takes longer; the output then gives up what it waits for.
  func wait(until deadline: ContinuousClock.Instant) -> Bool
}

extension StreamOutput {
  func offer(_ packet: OutputPacket) {}
  func offer(_ labels: OutputLabels, record: @autoclosure () -> String) {}
}

/// What all outputs count.
final class OutputMeter: Sendable {
  private let state: Monitor<OutputStatus>
  private let latency = RecentLatency()

  /// - Parameter name: without credentials.
  init(_ name: String) { state = Monitor(OutputStatus(output: name, state: .waiting)) }

  var status: OutputStatus {
    var status = state.withLock { $0 }
    status.latencyMs = latency.summary
    return status
  }

  func wrote(bytes: Int, isFrame: Bool, arrival: ContinuousClock.Instant) {
    if isFrame { latency.record(.now - arrival) }
    state.withLock { status in
      status.state = .writing
      status.bytes += bytes
      if isFrame { status.frames += 1 }
    }
  }

  func dropped() { state.withLock { $0.dropped += 1 } }
  /// Frames that were written did not arrive after all.
  func lost(_ count: Int) {
    state.withLock { status in
      status.frames -= count
      status.dropped += count
    }
  }
  func opened() { state.withLock { if $0.state == .retrying { $0.reconnects += 1 } } }
  func ended() { state.withLock { $0.state = .ended } }

  /// It went wrong, and will be tried again.
  func failed(_ message: String) {
    note(message)
    state.withLock { $0.state = .retrying }
  }

  /// Something went wrong that does not keep the output from going on.
  func note(_ message: String) { state.withLock { $0.lastError = Incident(time: Date(), message: message) } }
}
