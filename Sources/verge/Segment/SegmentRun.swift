// One run of a session, with everything the person at the terminal sees of it.
import Foundation
import Pipeline
import Video

/// Runs a session to its end, shows how far it is, and tells how it ended.
struct SegmentRun {
  let session: Session
  let quiet: Bool

  /// - Returns: the report, also of a run that a signal ended.
  /// - Throws: the first error of a stage.
  func run() throws -> (report: SessionReport, interruption: Interruption?) {
    let session = session
    let interrupts = Interrupts { session.stop() }
    let progress = ProgressDisplay(unit: "frames", quiet: quiet) { ProgressSample(session.progress) }
    session.start()
    let result = Result { () throws(GraphFailure) in try session.wait() }
    progress.finish()
    do {
      try interrupts.check()
      return (try result.get(), nil)
    } catch let interruption as Interruption {
      return (try result.get(), interruption)
    }
  }

  /// The account of all frames, in a line.
  static func summary(_ report: SessionReport, output: String?) -> String {
    let (frames, latency) = (report.frames, report.latencyMs)
    var line = "\(frames.shown) frame\(frames.shown == 1 ? "" : "s") in \(report.seconds.formatted(decimals: 1)) s"
    line += ", \(report.fps.formatted(decimals: 1)) frames/s"
    line += ", latency p50 \(latency.p50.formatted(decimals: 0)) ms, p99 \(latency.p99.formatted(decimals: 0)) ms"
    line += "; \(frames.in) in: \(frames.shown) shown, \(frames.skipped) skipped, \(frames.late) late"
    line += ", \(frames.undecodable) undecodable"
    return output.map { "\(line) → \($0)" } ?? line
  }
}

extension ProgressSample {
  init(_ progress: SessionProgress) {
    self.init(
      done: progress.frames.shown, total: progress.expected, rate: progress.fps,
      latency: progress.frames.shown > 0 ? progress.latencyMs : nil)
  }
}
