// A line of JSON for each frame, to a file or a socket.
import Foundation
import Frames
import Pipeline
import Synchronization
import Video

/// Writes records on a thread of its own; a reader that stands still loses lines, and no one else anything.
final class RecordOutput: StreamOutput {
  private let place: String
  private let timeout: Double
  private let meter: OutputMeter
  private let queue: BoundedQueue<Line>
  private let thread = WaitableThread("verge.records")
  /// What is written to, so that a write can be ended from elsewhere.
  private let open = Mutex<(any LineSink)?>(nil)
  private let tell: @Sendable (String) -> Void

  private struct Line: Sendable {
    let text: String
    let arrival: ContinuousClock.Instant
  }

  /// - Parameters:
  ///   - place: a path, `tcp://host:port` or `unix:///path`.
  ///   - name: for the status, without credentials.
  init(_ place: String, name: String, isLive: Bool, timeout: Double, tell: @escaping @Sendable (String) -> Void) {
    (self.place, self.timeout, self.tell) = (place, timeout, tell)
    let meter = OutputMeter(name)
    self.meter = meter
    queue = BoundedQueue(capacity: 256, overflow: isLive ? .dropOldest { _ in meter.dropped() } : .block)
    thread.start { [self] in
      work()
      meter.ended()
    }
  }

  var status: OutputStatus { meter.status }
  var wantsVideo: Bool { false }

  func offer(_ labels: OutputLabels, record: @autoclosure () -> String) {
    queue.push(Line(text: record(), arrival: labels.arrival))
  }

  func close() { queue.close() }

  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    if thread.wait(until: deadline) { return true }
    queue.cancel()
    open.withLock { $0 }?.cancel()
    return false
  }

  private func work() {
    var backoff = Backoff(first: 0.5, longest: 30)
    var retryAt = ContinuousClock.now
    var sink: (any LineSink)?
    while let line = queue.pop() {
      do {
        if sink == nil, ContinuousClock.now >= retryAt {
          let made = try opened()
          sink = made
          open.withLock { $0 = made }
          meter.opened()
        }
        guard let sink else {
          meter.dropped()
          continue
        }
        try sink.write(line.text)
        backoff.reset()
        meter.wrote(bytes: line.text.utf8.count, isFrame: true, arrival: line.arrival)
      } catch {
        sink = nil
        open.withLock { $0 = nil }
        retryAt = .now + backoff.wait()
        meter.dropped()
        meter.failed("\(error)")
        tell("\(error)")
      }
    }
  }

  private func opened() throws -> any LineSink {
    if place.contains("://") { return try LineSocket(place, timeout: timeout) }
    return try LineFile(place, existing: .append)
  }
}

/// What lines of text are written to.
private protocol LineSink: AnyObject, Sendable {
  func write(_ line: String) throws
  /// Ends a write that waits; from any thread.
  func cancel()
}

extension LineSocket: LineSink {}

extension LineFile: LineSink {
  /// It waits for a few seconds at most.
  func cancel() {}
}
