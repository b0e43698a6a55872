// What a configuration of the daemon names, and whether it is there.
import CFFmpeg
import Daemon
import Foundation
import Settings
import UNet

/// A configuration as `verge serve` would read it here.
struct ConfigurationInspection: Encodable {
  struct Stream: Encodable {
    var name: String
    var enabled: Bool
    /// Without credentials, as all that is shown.
    var source: String
    var outputs: [String]
    var model: String
    /// Share of this machine that it takes, 1 being all; nil when frame rates were not measured.
    var share: Double?
  }

  var file: String
  var address = ""
  var streams: [Stream] = []
  /// What is wrong, one sentence each.
  var problems: [String] = []

  /// Frames a second of a stream whose settings name none, and the size that all are taken for.
  private static let (usualRate, usualSize) = (30.0, (width: 1280, height: 720))

  /// - Parameter expectation: what this machine can do; nil when that was not measured.
  init(_ path: String, expectation: Expectation?) {
    file = path
    do throws(SettingsError) {
      let settings = try DaemonConfiguration.read(path: path)
      address = "\(settings.http.address):\(settings.http.port)"
      for (name, stream) in settings.streams.sorted(by: { $0.key < $1.key }) { add(name, stream, expectation) }
      let redact = Redactor(settings)
      problems = problems.map { redact($0) }
    } catch {
      problems = error.problems.map(\.description)
    }
    addLoad()
  }

  private mutating func add(_ name: String, _ settings: StreamSettings, _ expectation: Expectation?) {
    let redact = Redactor(secrets: settings.secrets)
    let encodes = settings.encodesOverlay
    let share = expectation?.predictions.first { $0.width == Self.usualSize.width }.map { prediction in
      (settings.fps > 0 ? settings.fps : Self.usualRate) / (encodes ? prediction.fps : prediction.nullFps)
    }
    streams.append(
      Stream(
        name: name, enabled: settings.enabled, source: settings.redactedSource,
        outputs: settings.outputs.map { redact($0) }, model: settings.model, share: share))
    let found = StreamInspection(settings).problems
    problems += found.map { "stream \(name): \($0)" }
  }

  private mutating func addLoad() {
    let load = streams.filter(\.enabled).compactMap(\.share).reduce(0, +)
    guard load > 1 else { return }
    problems.append(
      "the streams ask for \(percentText(load)) of this machine, so that each shows fewer frames; lower their fps, or leave "
        + "outputs out")
  }
}

extension ConfigurationInspection {
  /// The lines to print.
  var lines: [String] {
    guard !address.isEmpty else { return ["", "config     \(file)"] }
    var table = Table([("stream", .left), ("source", .left), ("model", .left), ("outputs", .left), ("load", .right)])
    for stream in streams {
      table.add(
        stream.name + (stream.enabled ? "" : " (off)"), stream.source, stream.model,
        stream.outputs.isEmpty ? "none" : stream.outputs.joined(separator: " "), stream.share.map(percentText) ?? "")
    }
    let (rate, size) = (Int(Self.usualRate), Self.usualSize)
    let isMeasured = streams.contains { $0.share != nil }
    let count = "\(streams.count) stream\(streams.count == 1 ? "" : "s")"
    return ["", "config     \(file): \(count), API at \(address)"] + (streams.isEmpty ? [] : table.lines)
      + (isMeasured
        ? ["load: share of this machine at \(size.width)×\(size.height), \(rate) frames/s or the stream's fps"] : [])
  }
}

extension Diagnosis {
  /// Adds what is to be said of a configuration.
  mutating func inspect(configuration path: String) {
    let inspection = ConfigurationInspection(path, expectation: expectation)
    problems += inspection.problems
    configuration = inspection
  }
}
