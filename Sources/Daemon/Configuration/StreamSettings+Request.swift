// Settings that come over the API.
import Foundation
public import Settings

extension StreamSettings {
  /// What messages name instead of a file.
  private static let place = "request"

  /// The stream that a request adds.
  ///
  /// - Parameters:
  ///   - request: YAML or JSON with a `name` and the keys of a stream.
  ///   - defaults: what they are laid over.
  /// - Throws: `DaemonError.invalid` with the key and the nearest valid one.
  public static func added(
    by request: String, defaults: StreamSettings
  ) throws(DaemonError) -> (name: String, settings: StreamSettings) {
    do throws(SettingsError) {
      let (rest, name) = try document(request).removing("name")
      guard let name else { throw .invalid(place: place, reason: "name is missing: what the stream is to be called") }
      if let reason = StreamName.problem(name) { throw .invalid(place: place, reason: reason) }
      let settings = try defaults.laying(rest)
      guard !settings.source.isEmpty else {
        throw .invalid(place: place, reason: "source is missing: a stream needs a URL, a file or a device")
      }
      return (name, settings)
    } catch {
      throw DaemonError(error)
    }
  }

  /// These settings with those of a request over them.
  ///
  /// - Parameter request: YAML or JSON with keys of a stream.
  /// - Throws: `DaemonError.invalid` with the key and the nearest valid one.
  public func changed(by request: String) throws(DaemonError) -> StreamSettings {
    do throws(SettingsError) {
      let settings = try laying(try Self.document(request))
      guard !settings.source.isEmpty else {
        throw .invalid(place: Self.place, reason: "source must be a URL, a file or a device, not nothing")
      }
      return settings
    } catch {
      throw DaemonError(error)
    }
  }

  private static func document(_ request: String) throws(SettingsError) -> SettingsDocument {
    try SettingsDocument(withoutEscapes(request), from: place, kind: "a stream", hasLines: false)
  }

  /// JSON with its characters themselves. YAML knows JSON's `\u00fc`, but not its pairs `\ud83d\ude97`.
  private static func withoutEscapes(_ request: String) -> String {
    guard request.contains("\\u"),
      let object = try? JSONSerialization.jsonObject(with: Data(request.utf8)),  // no JSON: it is read as YAML
      let data = try? JSONSerialization.data(withJSONObject: object, options: .withoutEscapingSlashes)
    else { return request }
    return String(decoding: data, as: UTF8.self)
  }

  private func laying(_ document: SettingsDocument) throws(SettingsError) -> StreamSettings {
    var reader = SettingsReader(over: self, at: [], home: Self.place)
    // Whoever may use the API must not thereby read the daemon's files and environment.
    reader.expansion = { text throws(SettingsError) in
      guard !text.contains("${") else {
        throw .setting(name: "", reason: "has '${', and secrets can be named in the configuration file only")
      }
      return text
    }
    try reader.read(document)
    var settings = try reader.value()
    settings.secrets = secrets
    return settings
  }
}

extension DaemonError {
  /// The error as the API tells it.
  public init(_ error: SettingsError) {
    let told = error.problems.map { problem -> (place: String, reason: String) in
      switch problem {
      case .invalid(let place, let reason): (place, reason)
      default: ("configuration", problem.description)
      }
    }
    let place = told.first?.place ?? "configuration"
    let reasons = told.map { $0.place == place ? $0.reason : "\($0.place): \($0.reason)" }
    self = .invalid(place: place, reason: reasons.joined(separator: "; "))
  }
}
