// What is said of the daemon as a whole.
public import Settings

/// The configuration, checked: the daemon's own settings and those of each stream, the defaults laid under them.
public struct DaemonSettings: Sendable, Hashable {
  public var http = HTTPSettings()
  public var log = LogSettings()
  public var network = NetworkSettings()
  public var streams: [String: StreamSettings] = [:]

  public init() {}
}

/// Where the API listens, and whom it lets in.
public struct HTTPSettings: Codable, Sendable, Hashable {
  public var address = "127.0.0.1"
  public var port = 8080
  public var token = ""
  public var origins: [String] = []
  public var bodyLimit = 65_536
  public var timeout = TimeSpan(seconds: 10)

  public init() {}
}

/// What is logged, and how.
public struct LogSettings: Codable, Sendable, Hashable {
  public var level = "info"
  public var format = "text"

  public init() {}
}

/// What the networks of all streams share, and how the daemon stops.
public struct NetworkSettings: Codable, Sendable, Hashable {
  public var threads = 0
  public var cpu = ""
  public var stop = TimeSpan(seconds: 10)

  public init() {}
}
