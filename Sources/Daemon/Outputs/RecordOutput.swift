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
  private let isDone = Monitor(false)
  private let socket = Mutex<LineSocket?>(nil)
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
    let thread = Thread { [self] in
      work()
      meter.ended()
      isDone.withLock { $0 = true }
    }
    thread.name = "verge.records"
    thread.start()
  }

  var status: OutputStatus { meter.status }
  var wantsVideo: Bool { false }

  func offer(_ segmented: SegmentedFrame, record: @autoclosure () -> String) {
    queue.push(Line(text: record(), arrival: segmented.frame.arrival))
  }

  func close() { queue.close() }

  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    while !isDone.withLock({ $0 }), ContinuousClock.now < deadline { usleep(5000) }
    if isDone.withLock({ $0 }) { return true }
    queue.cancel()
    socket.withLock { $0 }?.cancel()
    return false
  }

  private func work() {
    var backoff = Backoff(first: 0.5, longest: 30)
    var retryAt = ContinuousClock.now
    var write: ((String) throws -> Void)?
    while let line = queue.pop() {
      do {
        if write == nil, ContinuousClock.now >= retryAt {
          write = try opened()
          meter.opened()
        }
        guard let write else {
          meter.dropped()
          continue
        }
        try write(line.text)
        backoff.reset()
        meter.wrote(bytes: line.text.utf8.count, isFrame: true, arrival: line.arrival)
      } catch {
        write = nil
        socket.withLock { $0 = nil }
        retryAt = .now + backoff.wait()
        meter.dropped()
        meter.failed("\(error)")
        tell("\(error)")
      }
    }
  }

  private func opened() throws -> (String) throws -> Void {
    if place.contains("://") {
      let made = try LineSocket(place, timeout: timeout)
      socket.withLock { $0 = made }
      return { try made.write($0) }
    }
    let file = try LineFile(place, existing: .append)
    return { try file.write($0) }
  }
}
