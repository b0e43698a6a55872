// Settings given by environment variables.
import Settings

/// The variables that override keys of the configuration.
///
/// A variable is `VERGE_` and the key's path in capitals, joined by `_`: `http.body_limit` is `VERGE_HTTP_BODY_LIMIT`,
/// `streams.front-left.source` is `VERGE_STREAMS_FRONT_LEFT_SOURCE`. Lists are written `a,b` or `[a, b]`. Streams must be
/// in the file.
struct EnvironmentOverrides {
  /// A key with the value that a variable gives it.
  struct Setting {
    var variable, key, value: String

    /// - Throws: `SettingsError` that names the variable.
    func apply<Part>(to reader: inout SettingsReader<Part>) throws(SettingsError) {
      if value.hasPrefix("[") { return try reader.set(key, to: value, from: variable) }
      try reader.set(key, toText: value, from: variable)
    }
  }

  /// Names the configuration file.
  static let configuration = "VERGE_CONFIG"
  /// Verge's own variables that are no settings of the daemon.
  private static let others = [
    configuration, "VERGE_PROGRAM", "VERGE_PEERS_PYTHON", "VERGE_FUZZ_SECONDS", "VERGE_FUZZ_SEED",
  ]
  private static let groups = ["HTTP", "LOG", "NETWORK", "DEFAULTS", "STREAMS"]

  private(set) var daemon: [Setting] = []
  private(set) var streams: [String: [Setting]] = [:]
  private(set) var problems: [SettingsError] = []

  /// - Parameter streams: the names of the streams that are there.
  init(_ environment: [String: String], streams: [String]) {
    let known = Self.known(streams: streams)
    for (variable, value) in environment.sorted(by: { $0.key < $1.key }) where Self.isSetting(variable) {
      guard let targets = known[variable] else {
        let nearest = NearestName.find(variable, among: known.keys.sorted())
        let names = streams.isEmpty ? "there are none" : streams.joined(separator: ", ")
        let way = nearest.map { "; did you mean \($0)?" }
        let hint = variable.hasPrefix("VERGE_STREAMS_") ? "; streams in the configuration: \(names)" : ""
        problems.append(.invalid(place: variable, reason: "no such setting" + (way ?? hint)))
        continue
      }
      guard targets.count == 1, let target = targets.first else {
        let names = targets.compactMap(\.stream).joined(separator: ", ")
        problems.append(.invalid(place: variable, reason: "could mean each of the streams \(names); rename one"))
        continue
      }
      let setting = Setting(variable: variable, key: target.key, value: value)
      if let stream = target.stream {
        self.streams[stream, default: []].append(setting)
      } else {
        daemon.append(setting)
      }
    }
  }

  /// `VERGE_STREAMS_FRONT_SOURCE`
  static func variable(_ path: String) -> String {
    "VERGE_" + String(path.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// What each variable may mean.
  private static func known(streams: [String]) -> [String: [(stream: String?, key: String)]] {
    var known: [String: [(stream: String?, key: String)]] = [:]
    for key in DaemonPart().settings.keys where key != "streams" {
      known[variable(key), default: []].append((nil, key))
    }
    let keys = StreamSettings().settings.keys
    for stream in streams {
      for key in keys { known[variable("streams.\(stream).\(key)"), default: []].append((stream, key)) }
    }
    return known
  }

  /// Whether a variable is one of the daemon's, or looks like it; others, such as those that Kubernetes sets for a service
  /// called verge, are not looked at.
  private static func isSetting(_ variable: String) -> Bool {
    guard variable.hasPrefix("VERGE_"), !others.contains(variable) else { return false }
    let word = String(variable.dropFirst("VERGE_".count).prefix { $0 != "_" })
    return NearestName.find(word, among: groups) != nil
  }
}
