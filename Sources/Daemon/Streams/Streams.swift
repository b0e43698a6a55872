// All streams of the daemon, by name.
import CMemory
import Foundation
public import Logging
import Pipeline
import Settings
import Synchronization
public import Tensors
import UNet

/// The streams and what they share; what the API, the page and the metrics ask.
///
/// Safe to use from any thread. Questions return at once. Changes come one after the other, and take as long as their models
/// to load; what a stream is told happens on its own thread.
public final class Streams: Sendable {
  let environment: StreamEnvironment
  let facts: DaemonFacts
  let readSettings: @Sendable () throws(DaemonError) -> DaemonSettings
  let whenReloaded: @Sendable (DaemonSettings) -> Void
  /// Held by a change from its first look at the settings to its end: they come from the API and from signals.
  private let changing = NSLock()
  let state: Mutex<State>
  private let sampler = RepeatingTimer()

  struct State: Sendable {
    var settings: DaemonSettings
    var streams: [String: Entry] = [:]
    /// Streams that were told to end and have not yet.
    var ending: [Stream] = []
    var isReady = false
    /// Samples since the last stream ended.
    var idleSamples = 0
  }

  /// A stream that runs, or the reason why it does not.
  struct Entry: Sendable {
    var settings: StreamSettings
    var stream: Stream?
    var since = Date()
    var failure: Incident?
  }

  /// - Parameters:
  ///   - settings: checked.
  ///   - redact: takes credentials out of texts.
  ///   - readSettings: reads the configuration again, for `reload`.
  ///   - whenReloaded: is told the new configuration once it is carried out.
  public init(
    _ settings: DaemonSettings, kernels: Kernels, facts: DaemonFacts, log: Logger,
    redact: @escaping @Sendable (String) -> String,
    readSettings: @escaping @Sendable () throws(DaemonError) -> DaemonSettings,
    whenReloaded: @escaping @Sendable (DaemonSettings) -> Void = { _ in }
  ) {
    environment = StreamEnvironment(
      networks: SharedNetworks(kernels: kernels, threads: facts.threads), log: log, redact: redact)
    (self.facts, self.readSettings, self.whenReloaded) = (facts, readSettings, whenReloaded)
    state = Mutex(State(settings: settings))
  }

  /// Starts every stream that is enabled; one that cannot start is `failed`, the others run.
  public func start() {
    let streams = state.withLock { $0.settings.streams }
    for (name, settings) in streams.sorted(by: { $0.key < $1.key }) { installIfPossible(name, settings) }
    state.withLock { $0.isReady = true }
    sampler.start(every: 1) { [weak self] in self?.sample() }
  }

  /// Whether the streams can be asked: a lock that is never given back is what a watchdog is for. While they start and end
  /// as well, which may take longer than a watchdog waits.
  public var isAlive: Bool { state.withLock { _ in true } }

  /// Ends every stream, finishing what it writes.
  ///
  /// - Returns: false when some had to be cut off at the deadline.
  public func stop(within limit: Duration) -> Bool {
    sampler.stop()
    let deadline = ContinuousClock.now + limit
    let all = state.withLock { state in
      let all = state.streams.values.compactMap(\.stream) + state.ending
      (state.streams, state.ending, state.isReady) = ([:], [], false)
      return all
    }
    for stream in all { stream.stop() }
    return all.map { $0.wait(until: deadline) }.allSatisfy { $0 }
  }

  /// Makes a change with no other beside it.
  func alone<Value>(_ change: () throws(DaemonError) -> Value) throws(DaemonError) -> Value {
    changing.lock()
    defer { changing.unlock() }
    return try change()
  }

  private func sample() {
    for stream in state.withLock({ $0.streams.values.compactMap(\.stream) }) {
      stream.sample()
      stream.watchForBlindness()
    }
    let isIdle = state.withLock { state in
      state.ending.removeAll(where: \.isOver)
      return state.sampleIdleness()
    }
    if isIdle { verge_release_idle_memory() }
  }

  /// Makes a stream ready to run; nil when its settings say that it shall not.
  func make(_ name: String, _ settings: StreamSettings) throws(DaemonError) -> Stream? {
    guard settings.enabled else { return nil }
    do { return try Stream(name, settings, environment) } catch {
      throw .invalid(place: "streams.\(name)", reason: "\(error)")
    }
  }

  /// Puts a stream in place of what was there, and lets it run once that has ended.
  func install(_ name: String, _ settings: StreamSettings, _ stream: Stream?) {
    let old = state.withLock { $0.replace(name, with: Entry(settings: settings, stream: stream)) }
    old?.stop()
    stream?.start(after: old)
  }

  /// The same for one that the daemon has to live without.
  private func installIfPossible(_ name: String, _ settings: StreamSettings) {
    do { install(name, settings, try make(name, settings)) } catch {
      environment.log.error("\(error)")
      let failure = Incident(time: Date(), message: "\(error)")
      state.withLock { $0.streams[name] = Entry(settings: settings, failure: failure) }
    }
  }
}

extension Streams.State {
  /// Whether memory is worth giving back: a second after the last stream has ended, and now and then from there on, since
  /// questions to the API bring some of it back.
  mutating func sampleIdleness() -> Bool {
    let isIdle = ending.isEmpty && streams.values.allSatisfy { $0.stream?.isOver ?? true }
    idleSamples = isIdle ? idleSamples + 1 : 0
    return idleSamples % 30 == 1
  }

  /// - Returns: the stream that was there.
  mutating func replace(_ name: String, with entry: Streams.Entry?) -> Stream? {
    let old = streams[name]?.stream
    if let old { ending.append(old) }
    streams[name] = entry
    return old
  }
}
