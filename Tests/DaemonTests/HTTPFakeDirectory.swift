// Streams that exist in memory only, for tests of the HTTP side.
import Daemon
import Foundation
import Synchronization

@testable import Pipeline

/// A directory whose streams do what the tests say.
final class FakeDirectory: StreamDirectory {
  struct State: Sendable {
    var streams: [String: StreamStatus] = [:]
    var isReady = true
    /// What was asked, in order: `pause front`.
    var requests: [String] = []
    var picture: EncodedPicture? = EncodedPicture(bytes: Data([0xff, 0xd8, 0xff, 0xd9]), index: 7, time: 0.25)
    /// Pictures by turns for live readers.
    var film: [Data] = [Data([0xff, 0xd8, 0xff, 0xd9])]
    var interval = Duration.milliseconds(10)
    /// Pictures that live readers were offered, whether or not they took them.
    var offered = 0
    /// Settles what a change may take; the server must go on meanwhile.
    var changeTakes = 0.0
    /// Of the thread that last asked for a status.
    var niceness: Int32 = 0
  }

  let state: Mutex<State>

  init(_ names: String...) {
    var state = State()
    for name in names { state.streams[name] = Self.sample(name) }
    self.state = Mutex(state)
  }

  static func sample(_ name: String, state: StreamStatus.State = .running) -> StreamStatus {
    StreamStatus(
      name: name, source: "scenes:", state: state, since: Date(timeIntervalSince1970: 1_800_000_000), model: "road",
      overlay: OverlayState(alpha: 0.5, legend: false, hud: false, steady: false))
  }

  var requests: [String] { state.withLock { $0.requests } }

  var daemon: DaemonStatus {
    var status = DaemonStatus(version: "1.2.3", tier: "avx2", cpu: "A \"fast\" one", threads: 4)
    (status.uptime, status.residentBytes, status.descriptors) = (12_345.5, 182_000_000, 41)
    status.models = ["road"]
    status.isReady = state.withLock { $0.isReady }
    return status
  }

  var streams: [StreamStatus] { state.withLock { $0.streams.values.sorted { $0.name < $1.name } } }

  func status(of name: String) throws(DaemonError) -> StreamStatus {
    let found = state.withLock { state in
      state.niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
      return (state.streams[name], state.streams.keys.sorted().first)
    }
    guard let status = found.0 else { throw .noStream(name, nearest: found.1) }
    return status
  }

  func durations(of name: String) throws(DaemonError) -> StreamDurations {
    _ = try status(of: name)
    let histogram = LatencyHistogram()
    for milliseconds in [3, 18, 19, 700] { histogram.record(.milliseconds(milliseconds)) }
    return StreamDurations(
      latency: histogram.counts, stages: [("decode", histogram.counts), ("u-net", histogram.counts)])
  }

  func overlay(of name: String) throws(DaemonError) -> EncodedPicture? {
    _ = try status(of: name)
    return state.withLock { $0.picture }
  }

  func mask(of name: String) throws(DaemonError) -> EncodedPicture? { try overlay(of: name) }

  func overlays(of name: String) throws(DaemonError) -> AsyncStream<EncodedPicture> {
    _ = try status(of: name)
    let (film, interval) = state.withLock { ($0.film, $0.interval) }
    let (stream, continuation) = AsyncStream.makeStream(of: EncodedPicture.self, bufferingPolicy: .bufferingNewest(1))
    state.withLock { $0.streams[name]?.viewers += 1 }
    let camera = Task {
      var index = 0
      while !film.isEmpty {
        continuation.yield(EncodedPicture(bytes: film[index % film.count], index: index, time: Double(index) / 100))
        state.withLock { $0.offered += 1 }
        index += 1
        do { try await Task.sleep(for: interval) } catch { return }
      }
    }
    continuation.onTermination = { [self] _ in
      camera.cancel()
      state.withLock { $0.streams[name]?.viewers -= 1 }
    }
    return stream
  }
}

extension FakeDirectory {
  func add(_ settings: String) throws(DaemonError) -> StreamStatus {
    let name = (try? JSONDecoder().decode([String: String].self, from: Data(settings.utf8)))?["name"]
    guard let name else { throw .invalid(place: "request", reason: "there is no name") }
    guard state.withLock({ $0.streams[name] == nil }) else { throw .exists(name) }
    note("add \(name)")
    state.withLock { $0.streams[name] = Self.sample(name) }
    return try status(of: name)
  }

  func change(_ name: String, _ settings: String) throws(DaemonError) -> StreamStatus {
    note("change \(name) \(settings)")
    return try status(of: name)
  }

  func remove(_ name: String) throws(DaemonError) {
    _ = try status(of: name)
    note("remove \(name)")
    state.withLock { $0.streams[name] = nil }
  }

  func pause(_ name: String) throws(DaemonError) -> StreamStatus { try set(name, .paused, "pause") }
  func resume(_ name: String) throws(DaemonError) -> StreamStatus { try set(name, .running, "resume") }
  func restart(_ name: String) throws(DaemonError) -> StreamStatus { try set(name, .starting, "restart") }

  func promoteShadow(_ name: String) throws(DaemonError) -> StreamStatus {
    note("promote \(name)")
    throw .conflict("the stream '\(name)' has no candidate")
  }

  func dropShadow(_ name: String) throws(DaemonError) -> StreamStatus {
    note("drop \(name)")
    return try status(of: name)
  }

  func reload() throws(DaemonError) -> ReloadReport {
    note("reload")
    var report = ReloadReport()
    report.added = ["rear"]
    return report
  }

  private func set(_ name: String, _ value: StreamStatus.State, _ verb: String) throws(DaemonError) -> StreamStatus {
    _ = try status(of: name)
    note("\(verb) \(name)")
    state.withLock { $0.streams[name]?.state = value }
    return try status(of: name)
  }

  private func note(_ request: String) {
    let pause = state.withLock { state in
      state.requests.append(request)
      return state.changeTakes
    }
    if pause > 0 { Thread.sleep(forTimeInterval: pause) }
  }
}
