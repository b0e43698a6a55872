// Streams that are added and changed while the daemon runs.
import Logging
import Settings
import Synchronization
import UNet

extension Streams {
  public func add(_ request: String) throws(DaemonError) -> StreamStatus {
    try alone { () throws(DaemonError) in try addAlone(request) }
  }

  public func change(_ name: String, _ request: String) throws(DaemonError) -> StreamStatus {
    try alone { () throws(DaemonError) in try changeAlone(name, request) }
  }

  public func reload() throws(DaemonError) -> ReloadReport {
    try alone { () throws(DaemonError) in try reloadAlone() }
  }

  private func addAlone(_ request: String) throws(DaemonError) -> StreamStatus {
    let (name, settings) = try StreamSettings.added(by: request, defaults: state.withLock { $0.settings.defaults })
    try StreamConflicts.check(name, settings, among: state.withLock { $0.settings.streams })
    guard state.withLock({ $0.streams[name] == nil }) else { throw .exists(name) }
    install(name, settings, try make(name, settings))
    state.withLock { $0.settings.streams[name] = settings }
    return try status(of: name)
  }

  private func changeAlone(_ name: String, _ request: String) throws(DaemonError) -> StreamStatus {
    let entry = try entry(name)
    let settings = try entry.settings.changed(by: request)
    try StreamConflicts.check(name, settings, among: state.withLock { $0.settings.streams })
    let change = needs(entry.settings.change(to: settings), entry, settings, looksAtFiles: false)
    let made = change == .restart ? try make(name, settings) : nil
    try carryOut(change, on: name, settings, made, keepsModel: settings.model == entry.settings.model)
    state.withLock { $0.settings.streams[name] = settings }
    return try status(of: name)
  }

  private func reloadAlone() throws(DaemonError) -> ReloadReport {
    let settings = try readSettings()
    let old = state.withLock { $0.settings }
    let models = try loadModels(of: settings)
    defer { withExtendedLifetime(models) {} }
    let entries = state.withLock { $0.streams }
    let changes = old.changes(to: settings).sorted { $0.key < $1.key }.map { name, change in
      (name: name, change: needs(change, entries[name], settings.streams[name], looksAtFiles: true))
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
        try carryOut(change, on: name, wanted, made[name], keepsModel: false)
      } else {
        end(name)
      }
    }
    state.withLock { $0.settings = settings }
    whenReloaded(settings)
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
  /// - Parameters:
  ///   - made: takes its place where it has to be started anew; nil when it shall not run.
  ///   - keepsModel: whether the model in memory stays, whatever its file is now.
  private func carryOut(
    _ change: StreamChange, on name: String, _ settings: StreamSettings, _ made: Stream?, keepsModel: Bool
  ) throws(DaemonError) {
    switch change {
    case .unchanged, .removed: return
    case .added, .restart: install(name, settings, made)
    case .looks, .models:
      let entry = try entry(name)
      guard let stream = entry.stream else { throw .conflict("stream '\(name)' does not run") }
      if change == .models { try useModels(of: settings, in: stream, keepsModel: keepsModel) }
      stream.painter.change(settings.overlay, classes: settings.classes)
      state.withLock { $0.streams[name]?.settings = settings }
    }
  }

  /// Gives a stream the models of the settings, as their files are now.
  ///
  /// - Parameter keepsModel: whether that is for the candidate only: it may be the same file, replaced.
  func useModels(of settings: StreamSettings, in stream: Stream, keepsModel: Bool = false) throws(DaemonError) {
    do throws(ModelError) {
      let model = keepsModel ? stream.segmenter.model : try environment.networks.model(settings.model)
      let candidate = settings.shadow.model.isEmpty ? nil : try environment.networks.model(settings.shadow.model)
      if model !== stream.segmenter.model { stream.segmenter.change(to: model) }
      let shadow = stream.segmenter.shadow
      guard candidate !== shadow?.model || settings.shadow.share != shadow?.share else { return }
      stream.segmenter.setShadow(candidate.map { Shadow($0, share: settings.shadow.share) })
    } catch {
      throw .invalid(place: "model", reason: "\(error)")
    }
  }

  /// What it takes to carry a change out: what does not run is started anew, and a model's file may be another one.
  ///
  /// - Parameter looksAtFiles: whether that counts.
  private func needs(
    _ change: StreamChange, _ entry: Entry?, _ wanted: StreamSettings?, looksAtFiles: Bool
  ) -> StreamChange {
    guard let entry, let wanted, change != .restart else { return change }
    guard let stream = entry.stream else { return wanted.enabled || change != .unchanged ? .restart : .unchanged }
    return looksAtFiles && hasOtherModels(wanted, than: stream) ? .models : change
  }

  /// Whether the files of the models are not those that the stream runs. What cannot be read is none.
  private func hasOtherModels(_ settings: StreamSettings, than stream: Stream) -> Bool {
    let shadow = stream.segmenter.shadow?.model
    return [(settings.model, stream.segmenter.model), (settings.shadow.model, shadow)].contains { name, used in
      guard !name.isEmpty, let model = try? environment.networks.model(name) else { return false }
      return model !== used
    }
  }
}

extension ReloadReport: CustomStringConvertible {
  public var description: String {
    let parts = [("added", added), ("removed", removed), ("changed", changed), ("unchanged", unchanged)]
    return parts.filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
  }
}
