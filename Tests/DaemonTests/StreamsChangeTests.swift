// Changes of a running daemon's streams that cannot be carried out.
import Foundation
import Frames
import Logging
import Pipeline
import Settings
import Synchronization
import Tensors
import Testing
import UNet

@testable import Daemon

@Suite(.serialized, .timeLimit(.minutes(2))) struct StreamsChangeTests {
  private let file = Monitor(DaemonSettings())
  private static let broken = #"{"encoder":{"codec":"nonsense"}}"#

  @Test func aChangeThatCannotBeLeavesTheStreamAsItIs() throws {
    let streams = started()
    #expect(throws: DaemonError.self) { try streams.change("front", Self.broken) }
    #expect(try stillRuns(streams))
    #expect(try streams.change("front", #"{"fps":5}"#).name == "front")
    #expect(soon { (try? streams.status(of: "front"))?.state == .running })
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func aStreamThatCannotBeIsNotAdded() throws {
    let streams = started()
    #expect(throws: DaemonError.self) {
      try streams.add(#"{"name":"rear","source":"scenes:160x96@30","encoder":{"codec":"nonsense"}}"#)
    }
    #expect(throws: DaemonError.self) { try streams.status(of: "rear") }
    #expect(try streams.add(#"{"name":"rear","source":"scenes:160x96@30"}"#).name == "rear")
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func aReloadIsCarriedOutAsAWholeOrNotAtAll() throws {
    let streams = started()
    file.withLock { settings in
      settings.streams["added"] = Self.drawn
      settings.streams["zebra"] = Self.drawn
      settings.streams["zebra"]?.encoder.codec = "nonsense"
    }
    #expect(throws: DaemonError.self) { try streams.reload() }
    #expect(streams.streams.map(\.name) == ["front"])
    #expect(try stillRuns(streams))
    file.withLock { $0.streams["zebra"] = nil }
    let report = try streams.reload()
    #expect(report.added == ["added"] && report.unchanged == ["front"])
    #expect(try stillRuns(streams))
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func aStreamThatCouldNotStartIsMadeBeforeAnythingChanges() throws {
    file.withLock { $0.streams["broken"] = Self.drawn }
    file.withLock { $0.streams["broken"]?.encoder.codec = "nonsense" }
    let streams = started()
    #expect(try streams.status(of: "broken").state == .failed)
    file.withLock { $0.streams["broken"]?.overlay.alpha = 0.25 }
    file.withLock { $0.streams["added"] = Self.drawn }
    #expect(throws: DaemonError.self) { try streams.reload() }
    #expect(streams.streams.map(\.name) == ["broken", "front"])
    #expect(try stillRuns(streams))
    file.withLock { $0.streams["broken"]?.encoder.codec = Self.drawn.encoder.codec }
    #expect(try streams.reload().changed == ["broken"])
    #expect(soon { (try? streams.status(of: "broken"))?.frames.shown ?? 0 > 1 })
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func aStreamThatCouldNotStartIsTriedAtAReload() throws {
    let (folder, streams) = (try TestFolder(), started())
    let model = folder("my.safetensors")
    file.withLock { $0.streams["front"]?.model = model }
    #expect(throws: DaemonError.self) { try streams.reload() }
    #expect(try stillRuns(streams) && streams.status(of: "front").model == "road")
    try copy("road", to: model)
    #expect(try streams.reload().changed == ["front"])
    #expect(try streams.status(of: "front").model == model)
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func aModelWhoseFileWasReplacedIsTakenUp() throws {
    let (folder, streams) = (try TestFolder(), started())
    let model = folder("my.safetensors")
    try copy("road", to: model)
    file.withLock { $0.streams["front"]?.model = model }
    _ = try streams.reload()
    #expect(try streams.reload().unchanged == ["front"])
    try copy("carla", to: model)
    #expect(try streams.reload().changed == ["front"])
    #expect(soon { (try? streams.status(of: "front"))?.classes.contains { $0.name == "lane line" } ?? false })
    try copy("road", to: model)
    _ = try streams.restart("front")
    #expect(soon { (try? streams.status(of: "front"))?.classes.contains { $0.name == "bicyclist" } ?? false })
    #expect(try streams.status(of: "front").model == model)
    // The new file as a candidate beside the old one.
    try copy("carla", to: model)
    _ = try streams.change("front", #"{"shadow":{"model":"\#(model)","share":1}}"#)
    #expect(soon { (try? streams.status(of: "front"))?.shadow?.disagreement ?? 0 > 0 })
    #expect(try streams.status(of: "front").classes.contains { $0.name == "bicyclist" })
    _ = try streams.promoteShadow("front")
    #expect(soon { (try? streams.status(of: "front"))?.classes.contains { $0.name == "lane line" } ?? false })
    #expect(try streams.reload().unchanged == ["front"])
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func whatBecameOfACandidateIsKept() throws {
    let streams = started()
    #expect(throws: DaemonError.self) { try streams.promoteShadow("front") }
    _ = try streams.change("front", Self.candidate)
    #expect(try streams.status(of: "front").shadow?.model == "carla")
    let promoted = try streams.promoteShadow("front")
    #expect(promoted.model == "carla" && promoted.shadow == nil)
    // A new start with other settings must not bring the old one back.
    _ = try streams.change("front", #"{"fps":5}"#)
    #expect(try streams.status(of: "front").model == "carla" && streams.status(of: "front").shadow == nil)
    _ = try streams.change("front", #"{"model":"road"}"#)
    #expect(try streams.status(of: "front").model == "road")
    _ = try streams.change("front", Self.candidate)
    #expect(try streams.dropShadow("front").shadow == nil)
    _ = try streams.change("front", Self.candidate)
    #expect(try streams.status(of: "front").shadow?.model == "carla")
    // What the file says is what counts in the end.
    #expect(try streams.reload().changed == ["front"])
    #expect(try streams.status(of: "front").shadow == nil)
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func onlyWhatIsCarriedOutIsTold() throws {
    let told = Monitor(0)
    let streams = started { _ in told.withLock { $0 += 1 } }
    file.withLock { $0.streams["front"]?.encoder.codec = "nonsense" }
    #expect(throws: DaemonError.self) { try streams.reload() }
    #expect(told.withLock { $0 } == 0)
    file.withLock { $0.streams["front"] = Self.drawn }
    _ = try streams.reload()
    #expect(told.withLock { $0 } == 1)
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func changesFromEverywhereComeOneAfterTheOther() throws {
    let streams = started()
    file.withLock { $0.streams["rear"] = Self.drawn }
    DispatchQueue.concurrentPerform(iterations: 8) { number in
      if number % 2 == 0 {
        _ = try? streams.reload()  // with "rear"
      } else {
        _ = try? streams.add(#"{"name":"s\#(number)","source":"scenes:160x96@5"}"#)
      }
    }
    // A reload takes away what is not in the file; whatever is left is known to both sides.
    let names = streams.streams.map(\.name)
    #expect(Set(names) == Set(streams.state.withLock { $0.settings.streams.keys }), "\(names)")
    #expect(streams.stop(within: .seconds(20)))
  }

  @Test func memoryIsGivenBackOnceNothingRuns() {
    var state = Streams.State(settings: DaemonSettings())
    var samples: [Bool] = []
    for _ in 0..<61 { samples.append(state.sampleIdleness()) }
    #expect(samples.indices.filter { samples[$0] } == [0, 30, 60])
  }

  private static let candidate = #"{"shadow":{"model":"carla","share":1}}"#

  /// Replaces a file as a careful program does: a copy takes its place.
  private func copy(_ model: String, to path: String) throws {
    try FileManager.default.copyItem(atPath: ModelLibrary.path(of: model), toPath: path + ".new")
    rename(path + ".new", path)
  }

  private static var drawn: StreamSettings {
    var settings = StreamSettings()
    settings.source = "scenes:160x96@30"
    return settings
  }

  /// One stream that has shown frames.
  private func started(_ whenReloaded: @escaping @Sendable (DaemonSettings) -> Void = { _ in }) -> Streams {
    file.withLock { $0.streams["front"] = Self.drawn }
    let streams = Streams(
      file.withLock { $0 }, kernels: .best, facts: DaemonFacts(version: "test", cpu: "test", threads: 1),
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, redact: { $0 },
      readSettings: { [file] () throws(DaemonError) in file.withLock { $0 } }, whenReloaded: whenReloaded)
    streams.start()
    #expect(soon { (try? streams.status(of: "front"))?.frames.shown ?? 0 > 1 })
    return streams
  }

  /// Whether the first stream goes on as if nothing had been asked.
  private func stillRuns(_ streams: Streams) throws -> Bool {
    let shown = try streams.status(of: "front").frames.shown
    return soon {
      guard let status = try? streams.status(of: "front") else { return false }
      return status.state == .running && status.reconnects == 0 && status.frames.shown > shown + 2
    }
  }
}
