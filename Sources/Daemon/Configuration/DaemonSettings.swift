// What is said of the daemon as a whole.
public import Settings
import Tensors

/// The configuration, checked: the daemon's own settings and those of each stream, the defaults laid under them.
public struct DaemonSettings: Sendable, Hashable {
  public var http = HTTPSettings()
  public var log = LogSettings()
  public var network = NetworkSettings()
  /// What streams that the API adds start from.
  public var defaults = StreamSettings()
  public var streams: [String: StreamSettings] = [:]
  /// Texts that `${env:…}` and `${file:…}` stood for.
  public var secrets: Set<String> = []

  public init() {}
}

/// Where the API listens, and whom it lets in.
public struct HTTPSettings: SettingsPart {
  public var address = "127.0.0.1"
  public var port = 8080
  public var token = ""
  public var origins: [String] = []
  public var bodyLimit = 65_536
  public var timeout = TimeSpan(seconds: 10)

  public init() {}

  public static let notes = [
    "address": "listened on; any other than loopback needs a token",
    "port": "0 is any free one",
    "token": "asked for as 'Authorization: Bearer …'; best from a file or the environment",
    "origins": "other web pages that may use the API, such as https://wall.example.org; [] for none",
    "bodyLimit": "longest body of a request, in bytes",
    "timeout": "for a request to come in whole",
  ]

  /// Whether only programs of this machine reach the address.
  public var isLoopback: Bool { Self.isLoopback(address) }

  static func isLoopback(_ address: String) -> Bool {
    let parts = address.split(separator: ".", omittingEmptySubsequences: false)
    let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    return address == "localhost" || address == "::1" || (isIPv4 && parts[0] == "127")
  }

  public func check() throws(SettingsError) {
    try SettingsCheck.range(port, 0...65_535, "port")
    try SettingsCheck.require(
      !address.isEmpty && !address.contains { $0.isWhitespace || $0 == "/" }, "address",
      "must be an address such as 127.0.0.1, :: or a host's name, not '\(address)'")
    try SettingsCheck.require(
      token.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "token",
      "must be of visible ASCII characters without spaces")
    try SettingsCheck.require(
      isLoopback || !token.isEmpty, "address",
      "is \(address), which other machines reach: set http.token (or VERGE_HTTP_TOKEN), or listen on 127.0.0.1")
    try SettingsCheck.range(bodyLimit, 1024...16_777_216, "body_limit")
    try SettingsCheck.range(timeout, TimeSpan(seconds: 0.1)...TimeSpan(seconds: 600), "timeout")
    for origin in origins {
      try SettingsCheck.require(
        origin.wholeMatch(of: /https?:\/\/[^\/\s?#@]+/) != nil, "origins",
        "must be of the form https://HOST or https://HOST:PORT, not '\(origin)'")
    }
  }
}

/// What is logged, and how.
public struct LogSettings: SettingsPart {
  public var level = "info"
  public var format = "text"

  public init() {}

  public static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
  public static let formats = ["text", "json"]
  public static let notes = [
    "level": "the least that is logged: trace, debug, info, notice, warning, error, critical",
    "format": "text or json, a line each on standard error",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.choice(level, Self.levels, "level")
    try SettingsCheck.choice(format, Self.formats, "format")
  }
}

/// What the networks of all streams share, and how the daemon stops.
public struct NetworkSettings: SettingsPart {
  public var threads = 0
  public var cpu = ""
  public var stop = TimeSpan(seconds: 10)

  public init() {}

  public static let notes = [
    "threads": "cores that the networks load; 0: all that the process may use",
    "cpu": "kernels: c, avx2, avxvnni, avx512vnni or neon; '': the fastest that run here",
    "stop": "for finishing all outputs after SIGTERM",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.range(threads, 0...256, "threads")
    if !cpu.isEmpty { try SettingsCheck.choice(cpu, CPUTier.allCases.map(\.rawValue), "cpu") }
    try SettingsCheck.range(stop, TimeSpan(seconds: 0.1)...TimeSpan(seconds: 600), "stop")
  }
}
