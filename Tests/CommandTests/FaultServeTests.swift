// What breaks around the daemon stays where it breaks.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct FaultServeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg")) func aSourceThatFallsSilentCountsAsLost() throws {
    let (port, mute) = (try freePort(), try MutePeer())
    let daemon = try Daemon(
      """
      defaults: { size: 96x64, reconnect: { stall: 1s, first: 100ms, longest: 300ms } }
      streams:
        front: { source: "tcp://127.0.0.1:\(port)", outputs: [rec/front.mp4] }
        mute: { source: "tcp://127.0.0.1:\(mute.port)" }
        clean: { source: "scenes:320x192@10" }
      """, in: folder)
    let camera = try Peer(Peer.camera + " -f mpegts tcp://127.0.0.1:\(port)?listen=1", in: folder)
    #expect(daemon.waits { $0.shown("front") > 10 })
    let before = try Usage(of: daemon.program)
    camera.freeze()
    #expect(daemon.waits { $0.state("front") == "reconnecting" })
    #expect(daemon.program.talkSoFar.contains("front: tcp://127.0.0.1:\(port): nothing came for 1 s"))
    // What the recording gets now says that there is no signal.
    let (written, placeholders) = (daemon.outputs("front").first?.frames ?? 0, daemon.placeholders("front"))
    #expect(
      daemon.waits {
        $0.placeholders("front") > placeholders + 3 && $0.outputs("front").first?.frames ?? 0 > written + 3
      })
    camera.end()
    let shown = daemon.shown("front")
    let next = try Peer(Peer.camera + " -f mpegts tcp://127.0.0.1:\(port)?listen=1", in: folder)
    #expect(daemon.waits { $0.shown("front") > shown + 10 })
    #expect(daemon.reconnects("front") >= 1 && daemon.reconciles("front"))
    #expect(daemon.waits { $0.reconnects("mute") >= 3 })
    #expect(daemon.shown("mute") == 0 && daemon.lastError("mute").contains("nothing came"))
    #expect(daemon.reconnects("clean") == 0 && daemon.reconciles("clean"))
    try expectNoMore(than: before, in: daemon)
    #expect(try daemon.end().status == 0)
    next.end()
    let recordings = try folder.names(in: "rec")
    #expect(recordings.count == 1)
    for name in recordings { #expect(try FFmpeg.frameCount(folder["rec/" + name]) > shown, "\(name)") }
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffprobe")) func aPeerThatReadsNothingLosesItsOwnFramesOnly() throws {
    let mute = try MutePeer()
    let daemon = try Daemon(
      """
      defaults: { size: 96x64, max_age: 1s }
      streams:
        front:
          source: "scenes:640x360@10"
          outputs: ["tcp://127.0.0.1:\(mute.port)", rec/front.mp4, front.jsonl]
          encoder: { keyframes: 500ms, crf: 1, preset: ultrafast }
      """, in: folder)
    #expect(daemon.waits { $0.outputs("front").first?.error.contains("takes nothing") ?? false })
    let before = try Usage(of: daemon.program)
    // It keeps its peers waiting again and again, and nothing else waits with it.
    #expect(daemon.waits { $0.outputs("front").first?.dropped ?? 0 > 50 })
    try expectNoMore(than: before, in: daemon)
    let (outputs, shown) = (daemon.outputs("front"), daemon.shown("front"))
    for output in outputs.dropFirst() {
      #expect(output.dropped == 0 && output.error.isEmpty && output.reconnects == 0)
      #expect(shown - output.frames <= 8, "\(output.frames) of \(shown)")
    }
    #expect(daemon.reconciles("front") && daemon.reconnects("front") == 0)
    let begin = ContinuousClock.now
    let run = try daemon.end()
    #expect(ContinuousClock.now - begin < .seconds(11), "the limit is 10 s")
    #expect(run.talk.contains("takes nothing"))
    let lines = try String(contentsOf: folder["front.jsonl"], encoding: .utf8).split(separator: "\n")
    #expect(lines.count >= shown)
    let name = try #require(try folder.names(in: "rec").first)
    #expect(try FFmpeg.frameCount(folder["rec/" + name]) >= lines.count)
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffprobe")) func aFullDiskStopsItsRecordingUntilThereIsRoom() throws {
    guard let disk = try SmallDisk(megabytes: 9, in: folder) else { return }  // said by `SmallDisk`
    defer { disk.unmount() }
    try Data(count: 8 << 20).write(to: folder["small/ballast"])
    let daemon = try Daemon(
      """
      defaults: { size: 96x64, max_age: 1s }
      streams:
        front:
          source: "scenes:320x192@15"
          outputs: [small/front.mp4, rec/front.mp4, small/front.jsonl]
          encoder: { keyframes: 500ms, crf: 1, preset: ultrafast }
      """, in: folder)
    #expect(daemon.waits { $0.outputs("front").first?.error.contains("No space left") ?? false })
    let first = try #require(try folder.names(in: "small").first { $0.hasSuffix(".mp4") })
    let kept = try FFmpeg.frameCount(folder["small/" + first])
    #expect(kept > 10)
    let before = try Usage(of: daemon.program)
    // The waits between the tries grow.
    #expect(daemon.waits { $0.outputs("front").first?.dropped ?? 0 > 40 })
    #expect(daemon.outputs("front").first?.reconnects ?? 0 <= 6)
    #expect(try folder.names(in: "small").filter { $0.hasSuffix(".mp4") }.count <= 2, "tries leave nothing behind")
    try FileManager.default.removeItem(at: folder["small/ballast"])
    let (written, lines) = (daemon.outputs("front")[0].frames, daemon.outputs("front")[2].frames)
    #expect(daemon.waits { $0.outputs("front")[0].frames > written + 40 && $0.outputs("front")[2].frames > lines + 10 })
    let other = daemon.outputs("front")[1]
    #expect(other.dropped == 0 && other.error.isEmpty && daemon.shown("front") - other.frames <= 8)
    #expect(daemon.reconnects("front") == 0 && daemon.reconciles("front"))
    try expectNoMore(than: before, in: daemon)
    let claimed = daemon.outputs("front")[0].frames
    #expect(try daemon.end().status == 0)
    let recordings = try folder.names(in: "small").filter { $0.hasSuffix(".mp4") }
    let counts = try recordings.map { try FFmpeg.frameCount(folder["small/" + $0]) }
    #expect(recordings.count >= 2 && counts.allSatisfy { $0 > 0 }, "\(zip(recordings, counts).map { "\($0)" })")
    #expect(try FFmpeg.frameCount(folder["small/" + first]) == kept, "what was written stays as it was")
    #expect(counts.reduce(0, +) >= claimed, "the status counts frames that are nowhere")
    for line in try String(contentsOf: folder["small/front.jsonl"], encoding: .utf8).split(separator: "\n") {
      #expect(throws: Never.self, "\(line)") { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
  }

  @Test func aSpoiltModelIsRefusedAndTheOldOneGoesOn() throws {
    try FileManager.default.copyItem(at: Program.model("road"), to: folder["my.safetensors"])
    let daemon = try Daemon(
      """
      defaults: { size: 96x64 }
      streams: { front: { source: "scenes:320x192@10", model: my.safetensors, outputs: [front.jsonl] } }
      """, in: folder)
    #expect(daemon.waits { $0.shown("front") > 3 })
    let before = try Usage(of: daemon.program)
    // Cut off and overwritten where it lies, as a copy that broke off would.
    let file = try FileHandle(forWritingTo: folder["my.safetensors"])
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }))
    try file.close()
    daemon.program.send(SIGHUP)
    #expect(daemon.waits { $0.program.talkSoFar.contains("the configuration stays as it was") })
    #expect(daemon.program.talkSoFar.contains("my.safetensors: not a model file"), "\(daemon.program.talkSoFar)")
    let refused = [
      daemon.ask("/v1/reload", "POST"),
      daemon.ask("/v1/streams/front", "PATCH", #"{ "model": "./my.safetensors" }"#),
      daemon.ask("/v1/streams/front", "PATCH", #"{ "shadow": { "model": "my.safetensors" } }"#),
      // Another setting that needs a new start, which would fail.
      daemon.ask("/v1/streams/front", "PATCH", #"{ "max_age": "300ms" }"#),
    ]
    for answer in refused {
      #expect(answer.status == 422 && answer.text.contains("not a model file"), "\(answer.text)")
    }
    // What needs no model acts.
    #expect(daemon.ask("/v1/streams/front", "PATCH", #"{ "overlay": { "alpha": 0.25 } }"#).status == 200)
    let shown = daemon.shown("front")
    #expect(shown > 3 && daemon.waits { $0.shown("front") > shown + 5 })
    #expect(daemon.state("front") == "running" && daemon.reconnects("front") == 0)
    try expectNoMore(than: before, in: daemon)
    // The right file again, and everything can be changed again.
    try FileManager.default.removeItem(at: folder["my.safetensors"])
    try FileManager.default.copyItem(at: Program.model("carla"), to: folder["my.safetensors"])
    #expect(daemon.ask("/v1/reload", "POST").status == 200)
    #expect(daemon.waits { $0.text("/v1/streams/front").contains("lane line") }, "the file that lies there now")
    #expect(daemon.ask("/v1/streams/front", "PATCH", #"{ "max_age": "300ms" }"#).status == 200)
    #expect(daemon.waits { $0.text("/v1/streams/front").contains("lane line") && $0.shown("front") > 3 })
    #expect(try daemon.end().status == 0)
  }
}

extension FaultServeTests {
  /// Once a fault is over it has cost neither descriptors nor memory to speak of.
  private func expectNoMore(than before: Usage, in daemon: Daemon) throws {
    let after = try Usage(of: daemon.program)
    #expect(after.descriptors <= before.descriptors + 2, "\(before), then \(after)")
    #expect(after.kilobytes < before.kilobytes + 24_576, "\(before), then \(after)")
  }
}

/// A file system of a few megabytes, in the folder `small`.
final class SmallDisk {
  private let path: String

  /// - Returns: nil, saying so, where mounting is not permitted.
  init?(megabytes: Int, in folder: Folder) throws {
    path = folder["small"].path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      print("skipped: a small disk cannot be mounted: \(String(cString: strerror(errno)))")
      return nil
    }
  }

  func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
