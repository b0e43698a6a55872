// Makes a configuration of a document and the environment, or tells all that is wrong with it.
import Settings

/// Reads one configuration; for a single use.
struct ConfigurationReader {
  private let environment: [String: String]
  private let secrets: SecretStore
  private var problems: [SettingsError] = []

  init(environment: [String: String]) {
    self.environment = environment
    secrets = SecretStore(environment: environment)
  }

  /// - Throws: `SettingsError`: everything that is wrong, with no secret in it.
  mutating func read(_ document: SettingsDocument) throws(SettingsError) -> DaemonSettings {
    let (rest, parts) = try document.split(at: "streams")
    let overrides = EnvironmentOverrides(environment, streams: parts.map(\.name))
    problems += overrides.problems
    var settings = daemon(rest, overrides.daemon)
    var readers: [String: SettingsReader<StreamSettings>] = [:]
    for (name, part) in parts {
      let reader = stream(name, part, overrides.streams[name] ?? [], over: settings.defaults)
      settings.streams[name] = take(reader)
      readers[name] = reader
    }
    for conflict in StreamConflicts.find(in: settings.streams) {
      let problem = SettingsError.setting(name: conflict.key, reason: conflict.reason)
      problems.append(readers[conflict.stream]?.located(problem) ?? problem)
    }
    settings.secrets = secrets.found
    settings.defaults.secrets = secrets.found
    for name in settings.streams.keys { settings.streams[name]?.secrets = secrets.found }
    if let error = SettingsError(redacted(problems)) { throw error }
    return settings
  }

  /// All but the streams. Defaults that are wrong are left out, so that they are told once and not for every stream.
  private mutating func daemon(_ document: SettingsDocument, _ overrides: [EnvironmentOverrides.Setting])
    -> DaemonSettings
  {
    var reader = SettingsReader(over: DaemonPart(), at: [], home: document.place)
    reader.expansion = secrets.expand
    problems += reader.gather(document)
    apply(overrides, to: &reader)
    let part = take(reader)
    var settings = DaemonSettings()
    (settings.http, settings.log, settings.network) = (part.http, part.log, part.network)
    settings.defaults = part.defaults.problems().isEmpty ? part.defaults : StreamSettings()
    return settings
  }

  private mutating func stream(
    _ name: String, _ document: SettingsDocument, _ overrides: [EnvironmentOverrides.Setting],
    over defaults: StreamSettings
  ) -> SettingsReader<StreamSettings> {
    var reader = SettingsReader(over: defaults, at: ["streams", name], home: document.place)
    reader.expansion = secrets.expand
    if let reason = StreamName.problem(name) { problems.append(.invalid(place: document.place, reason: reason)) }
    problems += reader.gather(document)
    apply(overrides, to: &reader)
    return reader
  }

  private mutating func apply<Part>(
    _ overrides: [EnvironmentOverrides.Setting], to reader: inout SettingsReader<Part>
  ) {
    for setting in overrides {
      do throws(SettingsError) {
        try setting.apply(to: &reader)
      } catch {
        problems += error.problems
      }
    }
  }

  private mutating func take<Part>(_ reader: SettingsReader<Part>) -> Part {
    let (value, wrong) = reader.gatherValue()
    problems += wrong
    return value
  }

  /// What stands in a message may be what somebody put into the wrong place.
  private func redacted(_ problems: [SettingsError]) -> [SettingsError] {
    let redact = Redactor(secrets: secrets.found)
    return problems.map { problem in
      guard case .invalid(let place, let reason) = problem else { return problem }
      return .invalid(place: place, reason: redact(reason))
    }
  }
}

/// The keys at the root of a configuration.
struct DaemonPart: SettingsPart {
  var http = HTTPSettings()
  var log = LogSettings()
  var network = NetworkSettings()
  var defaults = StreamSettings()
  /// Read one by one, over the defaults; here for the name alone, so that it is known and can be the nearest of others.
  var streams: [String: Double] = [:]

  static let notes = [
    "http": "where the API and the live page are", "log": "what is told on standard error",
    "network": "what all streams share", "defaults": "laid under each stream", "streams": "by name",
  ]
}

/// How streams may be called.
enum StreamName {
  /// - Returns: what is wrong with a name, nil for nothing.
  static func problem(_ name: String) -> String? {
    guard name.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) == nil else { return nil }
    let shown = name.count > 80 ? name.prefix(79) + "…" : name
    return "a stream's name must be 1 to 64 of A-Z, a-z, 0-9, _ and -, not '\(shown)'"
  }
}
