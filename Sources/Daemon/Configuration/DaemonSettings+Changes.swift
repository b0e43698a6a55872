// What a new configuration means for what runs.

/// What a stream needs to go over to new settings.
public enum StreamChange: Sendable, Hashable, CaseIterable {
  case added, removed, unchanged
  /// Only what is painted and how: from the next frame on.
  case looks
  /// Another model or candidate, perhaps other looks: from one frame to the next.
  case models
  /// It has to be started anew.
  case restart
}

extension StreamSettings {
  /// What these settings need to become the other ones; never `added` or `removed`.
  public func change(to other: StreamSettings) -> StreamChange {
    var mine = self
    mine.secrets = other.secrets
    if mine == other { return .unchanged }
    (mine.overlay, mine.classes) = (other.overlay, other.classes)
    if mine == other { return .looks }
    (mine.model, mine.shadow) = (other.model, other.shadow)
    return mine == other ? .models : .restart
  }
}

extension DaemonSettings {
  /// What each stream of either configuration needs.
  public func changes(to other: DaemonSettings) -> [String: StreamChange] {
    let names = Set(streams.keys).union(other.streams.keys)
    let changes = names.map { name -> (String, StreamChange) in
      switch (streams[name], other.streams[name]) {
      case (let old?, let new?): (name, old.change(to: new))
      case (nil, _): (name, .added)
      case (_, nil): (name, .removed)
      }
    }
    return Dictionary(uniqueKeysWithValues: changes)
  }

  /// Groups that differ and act only once the daemon is started anew: `http`, `network`.
  public func groupsForRestart(to other: DaemonSettings) -> [String] {
    (http == other.http ? [] : ["http"]) + (network == other.network ? [] : ["network"])
  }
}
