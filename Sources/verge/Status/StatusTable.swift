// The streams of a daemon as a table.
import Daemon
import Foundation

/// What `verge status` shows.
struct StatusTable {
  let streams: [StreamStatus]

  /// - Throws: `CommandError.unusable` for something else than a list of streams.
  init(_ body: Data, from url: String) throws(CommandError) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    do {
      streams = try decoder.decode([StreamStatus].self, from: body)
    } catch {
      throw .unusable(what: url, why: "its answer is no list of streams; is that verge serve, of this version?")
    }
  }

  /// - Parameters:
  ///   - columns: of the terminal; longer lines are cut. nil cuts none.
  ///   - now: for the age of errors.
  func lines(columns: Int?, now: Date = Date()) -> [String] {
    guard !streams.isEmpty else { return ["no streams"] }
    var table = Table([
      ("stream", .left), ("state", .left), ("fps in", .right), ("out", .right), ("p50 ms", .right), ("p99", .right),
      ("late", .right), ("dropped", .right), ("reconnects", .right), ("viewers", .right), ("last error", .left),
    ])
    for stream in streams {
      table.add([
        stream.name, stream.state.rawValue, stream.rates.input.formatted(decimals: 1),
        stream.rates.output.formatted(decimals: 1), stream.latencyMs.p50.formatted(decimals: 0),
        stream.latencyMs.p99.formatted(decimals: 0), "\(stream.frames.late)",
        "\(stream.outputs.reduce(0) { $0 + $1.dropped })", "\(stream.reconnects)", "\(stream.viewers)",
        stream.lastError.map { Self.text($0, now: now) } ?? "",
      ])
    }
    return table.lines.map { line in
      guard let columns, line.count >= columns else { return line }
      return line.prefix(max(1, columns - 1)) + "…"
    }
  }

  /// `source is away (12 s ago)`
  private static func text(_ incident: Incident, now: Date) -> String {
    let seconds = max(0, Int(now.timeIntervalSince(incident.time).rounded()))
    let age =
      switch seconds {
      case ..<120: "\(seconds) s"
      case ..<7200: "\(seconds / 60) min"
      case ..<172_800: "\(seconds / 3600) h"
      default: "\(seconds / 86_400) days"
      }
    // A message may come from a camera; it must not steer the terminal.
    let plain = incident.message.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
    return "\(Console.oneLine(String(plain))) (\(age) ago)"
  }
}
