// Changes of a running daemon's streams that cannot be carried out.
import Frames
import Logging
import Pipeline
import Settings
import Tensors
import Testing

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

  @Test func memoryIsGivenBackOnceNothingRuns() {
    var state = Streams.State(settings: DaemonSettings())
    var samples: [Bool] = []
    for _ in 0..<61 { samples.append(state.sampleIdleness()) }
    #expect(samples.indices.filter { samples[$0] } == [0, 30, 60])
  }

  private static var drawn: StreamSettings {
    var settings = StreamSettings()
    settings.source = "scenes:160x96@30"
    return settings
  }

  /// One stream that has shown frames.
  private func started() -> Streams {
    file.withLock { $0.streams["front"] = Self.drawn }
    let streams = Streams(
      file.withLock { $0 }, kernels: .best, facts: DaemonFacts(version: "test", cpu: "test", threads: 1),
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, redact: { $0 },
      readSettings: { [file] () throws(DaemonError) in file.withLock { $0 } })
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
