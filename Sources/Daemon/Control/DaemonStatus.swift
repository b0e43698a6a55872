// What can be known of the whole daemon.

/// The daemon at a moment.
public struct DaemonStatus: Sendable, Codable, Hashable {
  public var version: String
  /// Kernels in use, `avx512vnni`.
  public var tier: String
  public var cpu: String
  /// Cores that the network may load.
  public var threads: Int
  /// Seconds since the start.
  public var uptime: Double
  /// Memory that is resident now, in bytes.
  public var residentBytes: Int
  /// Open file descriptors.
  public var descriptors: Int
  /// Names of the models in memory.
  public var models: [String]
  /// Whether every enabled stream has been started.
  public var isReady: Bool

  public init(version: String, tier: String, cpu: String, threads: Int) {
    (self.version, self.tier, self.cpu, self.threads) = (version, tier, cpu, threads)
    (uptime, residentBytes, descriptors, models, isReady) = (0, 0, 0, [], false)
  }

  enum CodingKeys: String, CodingKey {
    case version, tier, cpu, threads, uptime
    case residentBytes = "resident_bytes"
    case descriptors, models
    case isReady = "ready"
  }
}

/// What a reload did, by stream names.
public struct ReloadReport: Sendable, Codable, Hashable {
  public var added: [String] = []
  public var removed: [String] = []
  /// Started anew with other settings.
  public var changed: [String] = []
  /// Not touched.
  public var unchanged: [String] = []

  public init() {}
}
