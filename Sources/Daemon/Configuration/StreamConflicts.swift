// Streams that would get into each other's way.
import Foundation

/// Finds what no two streams may have in common, and streams without a source.
public enum StreamConflicts {
  /// A stream's key that cannot stay as it is.
  public struct Conflict: Sendable, Hashable {
    public var stream, key, reason: String
  }

  /// All conflicts, by the streams' names.
  public static func find(in streams: [String: StreamSettings]) -> [Conflict] {
    var (writers, reader): ([String: String], String?) = ([:], nil)
    var found: [Conflict] = []
    for (name, settings) in streams.sorted(by: { $0.key < $1.key }) {
      if settings.source.isEmpty {
        found.append(
          Conflict(stream: name, key: "source", reason: "is missing: a stream needs a URL, a file or a device"))
      }
      if settings.source == "-" {
        if let reader {
          found.append(Conflict(stream: name, key: "source", reason: "is -, which \(reader) reads already"))
        }
        reader = reader ?? name
      }
      for output in settings.outputs {
        guard let other = writers.updateValue(name, forKey: place(of: output)) else { continue }
        let who = other == name ? "this stream" : other
        let shown = Redactor(secrets: settings.secrets)(output)
        found.append(Conflict(stream: name, key: "outputs", reason: "has \(shown), which \(who) writes already"))
      }
    }
    return found
  }

  /// Checks a stream that comes or changes while others run.
  ///
  /// - Throws: `DaemonError.conflict` when it would get into the way of one of them, or of itself.
  public static func check(
    _ name: String, _ settings: StreamSettings, among streams: [String: StreamSettings]
  ) throws(DaemonError) {
    let known = Set(find(in: streams))
    let after = find(in: streams.merging([name: settings]) { $1 })
    // Told of either of the two streams, by the order of their names.
    guard let new = after.first(where: { !known.contains($0) }) else { return }
    throw .conflict("\(new.stream): \(new.key) \(new.reason)")
  }

  /// What two outputs must not have in common: a file however its path is written, a datagram's address whatever its
  /// options, or else the URL.
  private static func place(of output: String) -> String {
    let output = OutputKind(output).path ?? output
    guard let end = output.firstRange(of: "://") else {
      let folder = output.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
      return ((folder + output) as NSString).standardizingPath
    }
    let scheme = output[..<end.lowerBound].lowercased()
    let rest = output[end.upperBound...]
    let address = ["udp", "rtp"].contains(scheme) ? rest.prefix { $0 != "?" && $0 != "/" } : rest
    return "\(scheme)://\(address)"
  }
}
