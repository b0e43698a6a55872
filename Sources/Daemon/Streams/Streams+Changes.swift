import Logging
// Streams that are added and changed while the daemon runs.
import Settings
import Synchronization
import UNet

extension Streams {
  public func add(_ request: String) throws(DaemonError) -> StreamStatus {
    let (name, settings) = try StreamSettings.added(by: request, defaults: state.withLock { $0.settings.defaults })
    try StreamConflicts.check(name, settings, among: state.withLock { $0.settings.streams })
    let isFree = state.withLock { state in
      guard state.streams[name] == nil else { return false }
      // The place is taken before the stream is made, which takes a while.
      state.streams[name] = Entry(settings: settings)
      state.settings.streams[name] = settings
      return true
    }
    guard isFree else { throw .exists(name) }
    do throws(DaemonError) { install(name, settings, try make(name, settings)) } catch {
      state.withLock { state in (state.streams[name], state.settings.streams[name]) = (nil, nil) }
      throw error
    }
    return try status(of: name)
  }

  public func change(_ name: String, _ request: String) throws(DaemonError) -> StreamStatus {
    let entry = try entry(name)
    let settings = try entry.settings.changed(by: request)
    try StreamConflicts.check(name, settings, among: state.withLock { $0.settings.streams })
    let change = entry.needs(entry.settings.change(to: settings))
    try carryOut(change, on: name, settings, change == .restart ? try make(name, settings) : nil)
    state.withLock { $0.settings.streams[name] = settings }
    return try status(of: name)
  }

  public func reload() throws(DaemonError) -> ReloadReport {
    let settings = try readSettings()
    let old = state.withLock { $0.settings }
    let models = try loadModels(of: settings)
    defer { withExtendedLifetime(models) {} }
    let entries = state.withLock { $0.streams }
    let changes = old.changes(to: settings).sorted { $0.key < $1.key }.map { name, change in
      (name: name, change: entries[name]?.needs(change) ?? change)
    }
    let made = try makeStreams(for: changes, settings)
    var report = ReloadReport()
    for (name, change) in changes {
      switch change {
      case .added: report.added.append(name)
      case .removed: report.removed.append(name)
      case .unchanged: report.unchanged.append(name)
      case .looks, .models, .restart: report.changed.append(name)
      }
      if let wanted = settings.streams[name] {
        try carryOut(change, on: name, wanted, made[name])
      } else {
        try remove(name)
      }
    }
    state.withLock { $0.settings = settings }
    for group in old.groupsForRestart(to: settings) {
      environment.log.warning("changes of \(group) act when the daemon is started anew")
    }
    environment.log.notice("configuration read again: \(report)")
    return report
  }

  /// The models of all streams, so that none can be wrong once the first stream has changed.
  private func loadModels(of settings: DaemonSettings) throws(DaemonError) -> [LoadedModel] {
    var models: [LoadedModel] = []
    for (name, stream) in settings.streams.sorted(by: { $0.key < $1.key }) where stream.enabled {
      for model in [stream.model, stream.shadow.model] where !model.isEmpty {
        do throws(ModelError) { models.append(try environment.networks.model(model)) } catch {
          throw .invalid(place: "streams.\(name)", reason: "\(error)")
        }
      }
    }
    return models
  }

  /// The streams that are started anew, all of them before the first old one ends.
  private func makeStreams(
    for changes: [(name: String, change: StreamChange)], _ settings: DaemonSettings
  ) throws(DaemonError) -> [String: Stream] {
    var made: [String: Stream] = [:]
    for (name, change) in changes where change == .added || change == .restart {
      guard let wanted = settings.streams[name] else { continue }
      do throws(DaemonError) { made[name] = try make(name, wanted) } catch {
        for stream in made.values { stream.hub.close() }
        throw error
      }
    }
    return made
  }

  /// Brings a stream to new settings with as little disturbance as they allow.
  ///
  /// - Parameter made: takes its place where it has to be started anew; nil when it shall not run.
  private func carryOut(
    _ change: StreamChange, on name: String, _ settings: StreamSettings, _ made: Stream?
  ) throws(DaemonError) {
    switch change {
    case .unchanged, .removed: return
    case .added, .restart: install(name, settings, made)
    case .looks, .models:
      let entry = try entry(name)
      guard let stream = entry.stream else { throw .conflict("stream '\(name)' does not run") }
      if change == .models { try changeModels(of: stream, from: entry.settings, to: settings) }
      stream.painter.change(settings.overlay, classes: settings.classes)
      state.withLock { $0.streams[name]?.settings = settings }
    }
  }

  private func changeModels(
    of stream: Stream, from old: StreamSettings, to new: StreamSettings
  ) throws(DaemonError) {
    do throws(ModelError) {
      let model = try environment.networks.model(new.model)
      let shadow = new.shadow.model.isEmpty ? nil : try environment.networks.model(new.shadow.model)
      if new.model != old.model { stream.segmenter.change(to: model) }
      guard new.shadow != old.shadow || new.model != old.model else { return }
      stream.segmenter.setShadow(shadow.map { Shadow($0, share: new.shadow.share) })
    } catch {
      throw .invalid(place: "model", reason: "\(error)")
    }
  }
}

extension Streams.Entry {
  /// What it takes to carry a change out: what does not run, or could not start before, is started anew.
  fileprivate func needs(_ change: StreamChange) -> StreamChange {
    stream == nil && (change == .looks || change == .models) ? .restart : change
  }
}

extension ReloadReport: CustomStringConvertible {
  public var description: String {
    let parts = [("added", added), ("removed", removed), ("changed", changed), ("unchanged", unchanged)]
    return parts.filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
  }
}
