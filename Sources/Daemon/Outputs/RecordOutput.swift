// A line of JSON for each frame, to a file or a socket.
import Foundation
import Frames
import Pipeline
import Video

/// Writes records on a thread of its own; a reader that stands still loses lines, and no one else anything.
final class RecordOutput: StreamOutput {
  private let place: String
  private let timeout: Double
  private let worker: OutputWorker<Line>
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
    worker = OutputWorker("verge.records", name: name, isLive: isLive, capacity: 256)
    worker.start { [self] in work() }
  }

  var status: OutputStatus { worker.meter.status }
  var wantsVideo: Bool { false }

  func offer(_ labels: OutputLabels, record: @autoclosure () -> String) {
    worker.push(Line(text: record(), arrival: labels.arrival))
  }

  func close() { worker.close() }
  func wait(until deadline: ContinuousClock.Instant) -> Bool { worker.wait(until: deadline) }

  private func work() {
    let meter = worker.meter
    var retry = Retry()
    var sink: (any LineSink)?
    while let line = worker.next() {
      do {
        if sink == nil, retry.isDue {
          let made = try opened()
          sink = made
          worker.opened(made)
          meter.opened()
        }
        guard let sink else {
          meter.dropped()
          continue
        }
        try sink.write(line.text)
        retry.succeeded()
        meter.wrote(bytes: line.text.utf8.count, isFrame: true, arrival: line.arrival)
      } catch {
        sink = nil
        worker.opened(nil)
        retry.failed()
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
private protocol LineSink: Cancellable {
  func write(_ line: String) throws
}

extension LineSocket: LineSink {}

extension LineFile: LineSink {
  /// It waits for a few seconds at most.
  func cancel() {}
}
