// What the API asks of the streams.
import Foundation
import Logging
import Pipeline
import Settings
import Synchronization
import Tensors

extension Streams: StreamDirectory {
  public var daemon: DaemonStatus {
    var status = DaemonStatus(
      version: facts.version, tier: environment.networks.kernels.tier.rawValue, cpu: facts.cpu, threads: facts.threads)
    status.uptime = (ContinuousClock.now - facts.start).inSeconds
    (status.residentBytes, status.descriptors) = (ProcessFigures.residentBytes, ProcessFigures.descriptors)
    (status.models, status.isReady) = (environment.networks.loaded, state.withLock { $0.isReady })
    return status
  }

  public var streams: [StreamStatus] {
    state.withLock { $0.streams }.map { status($0.key, $0.value) }.sorted { $0.name < $1.name }
  }

  public func status(of name: String) throws(DaemonError) -> StreamStatus { status(name, try entry(name)) }

  public func durations(of name: String) throws(DaemonError) -> StreamDurations {
    try entry(name).stream?.durations ?? StreamDurations(latency: DurationCounts(), stages: [])
  }

  public func remove(_ name: String) throws(DaemonError) {
    try alone { () throws(DaemonError) in
      _ = try entry(name)
      end(name)
    }
  }

  /// Ends a stream, and forgets it.
  func end(_ name: String) {
    state.withLock { state in
      state.settings.streams[name] = nil
      return state.replace(name, with: nil)
    }?.stop()
  }

  public func pause(_ name: String) throws(DaemonError) -> StreamStatus { try command(name) { $0.pause() } }
  public func resume(_ name: String) throws(DaemonError) -> StreamStatus { try command(name) { $0.resume() } }

  /// Opens the source anew, with the models as their files are now.
  public func restart(_ name: String) throws(DaemonError) -> StreamStatus {
    try alone { () throws(DaemonError) in
      let entry = try entry(name)
      if let stream = entry.stream {
        try useModels(of: entry.settings, in: stream)
      } else if entry.settings.enabled {
        // What could not start before may start now.
        install(name, entry.settings, try make(name, entry.settings))
      }
      return try command(name) { $0.restart() }
    }
  }

  /// Puts the candidate in the model's place, until a configuration that says otherwise is read.
  public func promoteShadow(_ name: String) throws(DaemonError) -> StreamStatus {
    try decide(name) { settings, segmenter, shadow in
      (settings.model, settings.shadow) = (settings.shadow.model, ShadowSettings())
      segmenter.change(to: shadow.model)
    }
  }

  public func dropShadow(_ name: String) throws(DaemonError) -> StreamStatus {
    try decide(name) { settings, segmenter, _ in
      settings.shadow = ShadowSettings()
      segmenter.setShadow(nil)
    }
  }

  /// Ends a candidate's time, and keeps in the settings what it ended with.
  private func decide(
    _ name: String, _ verdict: (inout StreamSettings, StreamSegmenter, Shadow) -> Void
  ) throws(DaemonError) -> StreamStatus {
    try alone { () throws(DaemonError) in
      var settings = try entry(name).settings
      return try command(name) { stream throws(DaemonError) in
        guard let shadow = stream.segmenter.shadow else {
          throw .conflict("stream '\(name)' has no candidate model")
        }
        verdict(&settings, stream.segmenter, shadow)
        state.withLock { state in
          state.streams[name]?.settings = settings
          state.settings.streams[name] = settings
        }
      }
    }
  }

  public func overlay(of name: String) throws(DaemonError) -> EncodedPicture? {
    try entry(name).stream?.overlayPicture()
  }

  public func mask(of name: String) throws(DaemonError) -> EncodedPicture? { try entry(name).stream?.maskPicture() }

  public func overlays(of name: String) throws(DaemonError) -> AsyncStream<EncodedPicture> {
    guard let stream = try entry(name).stream else { throw .conflict("stream '\(name)' does not run") }
    return stream.hub.viewers.pictures()
  }

  private func command(
    _ name: String, _ body: (Stream) throws(DaemonError) -> Void
  ) throws(DaemonError) -> StreamStatus {
    guard let stream = try entry(name).stream else { throw .conflict("stream '\(name)' does not run") }
    try body(stream)
    return try status(of: name)
  }

  func entry(_ name: String) throws(DaemonError) -> Entry {
    let (entry, names) = state.withLock { ($0.streams[name], Array($0.streams.keys)) }
    guard let entry else { throw .noStream(name, nearest: NearestName.find(name, among: names)) }
    return entry
  }

  private func status(_ name: String, _ entry: Entry) -> StreamStatus {
    if let stream = entry.stream { return stream.status(redact: environment.redact) }
    let look = entry.settings.overlay
    var status = StreamStatus(
      name: name, source: environment.redact(entry.settings.source),
      state: entry.settings.enabled ? .failed : .disabled,
      since: entry.since, model: entry.settings.model,
      overlay: OverlayState(alpha: look.alpha, legend: look.legend, hud: look.hud, steady: look.steady))
    status.lastError = entry.failure
    return status
  }
}
