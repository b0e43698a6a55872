// Finds and reads the daemon's configuration.
public import Foundation
public import Settings

/// The configuration file, with the environment laid over it.
public enum DaemonConfiguration {
  /// Where a configuration is looked for when none is named.
  public static let places = ["verge.yaml", "/etc/verge/verge.yaml"]

  /// The longest configuration that is read, in bytes.
  private static let limit = 1 << 20

  /// The path of the configuration: the given one, that of `$VERGE_CONFIG`, `./verge.yaml`, `/etc/verge/verge.yaml`.
  ///
  /// - Throws: `SettingsError.invalid` when none is given and none is there.
  public static func find(
    _ path: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(SettingsError) -> String {
    if let path { return path }
    if let path = environment[EnvironmentOverrides.configuration], !path.isEmpty { return path }
    guard let path = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      let names = places.joined(separator: " and no ")
      throw .invalid(
        place: "configuration", reason: "there is no \(names); name one with --config or VERGE_CONFIG")
    }
    return path
  }

  /// Reads and checks the whole configuration, starting nothing.
  ///
  /// - Throws: `SettingsError`: all that is wrong with it, `.several` for more than one thing.
  public static func read(
    path: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(SettingsError) -> DaemonSettings {
    let path = try find(path, environment: environment)
    return try read(try text(of: path), from: path, environment: environment)
  }

  private static func text(of path: String) throws(SettingsError) -> String {
    do throws(ConfigurationText.Unreadable) {
      return try ConfigurationText.read(path, limit: limit)
    } catch {
      throw .invalid(place: path, reason: error.reason)
    }
  }

  /// Reads and checks the text of a configuration.
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: `SettingsError`, as `read(path:environment:)`.
  public static func read(
    _ text: String, from name: String, environment: [String: String] = [:]
  ) throws(SettingsError) -> DaemonSettings {
    var reader = ConfigurationReader(environment: environment)
    return try reader.read(try SettingsDocument(text, from: name))
  }
}
