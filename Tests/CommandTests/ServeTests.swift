// The daemon as a process, with real peers on loopback.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct ServeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func aDrawnStreamIsServedRecordedAndEndsInOrder() throws {
    let daemon = try Daemon(
      """
      streams:
        front: { source: "scenes:320x192@15", outputs: [rec/front.mp4, front.jsonl], encoder: { keyframes: 500ms } }
      """, in: folder)
    #expect(daemon.waits { $0.shown("front") > 10 })
    #expect(daemon.text("/readyz").hasPrefix("ready"))
    #expect(daemon.text("/metrics").contains("verge_frames_total"))
    #expect(daemon.bytes("/v1/streams/front/frame.jpg").starts(with: [0xFF, 0xD8]))
    #expect(daemon.bytes("/v1/streams/front/mask.png").starts(with: [0x89, 0x50]))
    let run = try daemon.end()
    #expect(run.status == 0, "\(run.talk)")
    let recordings = try folder.names(in: "rec")
    #expect(recordings.count == 1)
    #expect(try frameCount("rec/" + recordings[0]) > 10)
    let lines = try String(contentsOf: folder["front.jsonl"], encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 10)
  }

  @Test(.enabled(if: Judge.has("curl") && Judge.has("promtool"), "needs curl and promtool"))
  func curlAndPromtoolUnderstandARunningDaemon() throws {
    let daemon = try Daemon(
      """
      streams:
        front:
          source: "scenes:320x192@15"
          outputs: [rec/front.mp4, front.jsonl]
          shadow: { model: carla, share: 0.5 }
        away: { source: "tcp://127.0.0.1:\(try freePort())", reconnect: { first: 50ms, longest: 100ms } }
      """, in: folder)
    #expect(daemon.waits { $0.shown("front") > 10 && $0.reconnects("away") > 2 })
    let base = "http://127.0.0.1:\(daemon.port)"
    func shell(_ line: String) throws -> Run {
      try RunningProgram(URL(filePath: "/bin/sh"), ["-c", line], input: nil, folder: folder).wait()
    }
    let metrics = try shell("curl -fsS \(base)/metrics | promtool check metrics")
    #expect(metrics.status == 0 && metrics.text.isEmpty && metrics.talk.isEmpty, "\(metrics.text)\(metrics.talk)")
    let live = try shell(
      "curl -sS -m 2 \(base)/v1/streams/front/live.mjpeg -o live.mjpeg; grep -ac image/jpeg live.mjpeg")
    #expect(Int(live.text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0 > 5, "\(live.text)\(live.talk)")
    let refused = try shell("curl -sS -o /dev/null -w '%{http_code} %{content_type}' \(base)/v1/streams/nobody")
    #expect(refused.text == "404 application/problem+json")
    #expect(try daemon.end().status == 0)
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg")) func aSenderThatIsKilledComesBack() throws {
    let port = try freePort()
    let daemon = try Daemon(
      """
      streams:
        front:
          source: "udp://127.0.0.1:\(port)?overrun_nonfatal=1"
          outputs: [rec/front.mp4]
          reconnect: { stall: 1s, first: 100ms, longest: 500ms }
      """, in: folder)
    for round in 0..<3 {
      let before = daemon.shown("front")
      let sender = try Peer(Peer.camera + " -f mpegts udp://127.0.0.1:\(port)?pkt_size=1316", in: folder)
      #expect(daemon.waits { $0.shown("front") > before + 10 }, "round \(round)")
      sender.end()
      let placeholders = daemon.stream("front")["placeholders"] as? Int ?? 0
      #expect(daemon.waits { $0.stream("front")["state"] as? String == "reconnecting" }, "round \(round)")
      #expect(daemon.waits { $0.stream("front")["placeholders"] as? Int ?? 0 > placeholders }, "round \(round)")
    }
    let status = daemon.stream("front")
    #expect(status["reconnects"] as? Int ?? 0 >= 2)
    #expect(daemon.reconciles("front"))
    #expect(try daemon.end().status == 0)
    for name in try folder.names(in: "rec") { #expect(try frameCount("rec/" + name) > 0, "\(name)") }
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg")) func garbageOnTheWayDisturbsNothingElse() throws {
    let (port, other) = (try freePort(), try freePort())
    let daemon = try Daemon(
      """
      streams:
        spoilt: { source: "udp://127.0.0.1:\(port)?overrun_nonfatal=1", reconnect: { stall: 2s, first: 100ms, longest: 1s } }
        clean: { source: "scenes:320x192@10" }
      """, in: folder)
    let sender = try Peer(Peer.camera + " -f mpegts udp://127.0.0.1:\(other)?pkt_size=1316", in: folder)
    let proxy = try SpoilingProxy(from: other, to: port)
    defer {
      sender.end()
      proxy.stop()
    }
    #expect(daemon.waits { $0.shown("spoilt") > 10 && $0.shown("clean") > 10 })
    #expect(daemon.reconciles("spoilt") && daemon.reconciles("clean"))
    #expect(daemon.stream("clean")["reconnects"] as? Int == 0)
    #expect(try daemon.end().status == 0)
  }

  @Test func anInvalidReloadChangesNothing() throws {
    let daemon = try Daemon("streams: { front: { source: \"scenes:320x192@10\" } }", in: folder)
    #expect(daemon.waits { $0.shown("front") > 3 })
    try Data("streams: { front: { sorce: x } }".utf8).write(to: folder["verge.yaml"])
    daemon.program.send(SIGHUP)
    #expect(daemon.waits { $0.program.talkSoFar.contains("did you mean 'source'?") })
    #expect(daemon.stream("front")["reconnects"] as? Int == 0)
    try Data("streams: { front: { source: \"scenes:320x192@10\" }, rear: { source: \"scenes:320x192@5\" } }".utf8)
      .write(to: folder["verge.yaml"])
    daemon.program.send(SIGHUP)
    #expect(daemon.waits { $0.shown("rear") > 1 })
    #expect(daemon.stream("front")["reconnects"] as? Int == 0)
    #expect(try daemon.end().status == 0)
  }

  /// Start-up touches far more than an idle daemon needs.
  @Test func aDaemonWithoutStreamsGivesItsMemoryBack() throws {
    let daemon = try Daemon("streams: {}", in: folder)
    let status = "/proc/\(daemon.program.process.processIdentifier)/status"
    func kibibytes(_ field: String) -> Int {
      let lines = (try? String(contentsOfFile: status, encoding: .utf8))?.split(separator: "\n") ?? []  // it has ended
      let line = lines.first { $0.hasPrefix(field) } ?? ""
      return Int(line.filter(\.isNumber)) ?? 0
    }
    #expect(daemon.waits { _ in (1...kibibytes("VmHWM") * 2 / 3).contains(kibibytes("VmRSS")) })
    #expect(daemon.text("/healthz").hasPrefix("alive"))
    #expect(try daemon.end().status == 0)
  }

  @Test func recordingsOfAKilledDaemonPlay() throws {
    let daemon = try Daemon(
      "streams: { front: { source: \"scenes:320x192@15\", outputs: [front.mp4] } }", in: folder)
    #expect(daemon.waits { $0.shown("front") > 40 })
    daemon.program.send(SIGKILL)
    _ = try daemon.program.wait()
    let name = try #require(try folder.names().first { $0.hasSuffix(".mp4") })
    #expect(try frameCount(name) > 15)
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg"), arguments: ["tcp", "udp"])
  func rtspGoesInAndOut(transport: String) throws {
    guard let camera = try Camera(port: try freePort()) else { return }  // said by `Camera`
    defer { camera.stop() }
    let target = try freePort()
    let listener = try Peer(
      "ffmpeg -v error -y -rtsp_flags listen -i rtsp://127.0.0.1:\(target)/out -c copy -t 5 -f mpegts got.ts",
      in: folder)
    let daemon = try Daemon(
      """
      streams:
        front: { source: "\(camera.url)", transport: \(transport), outputs: ["rtsp://127.0.0.1:\(target)/out"] }
      """, in: folder)
    #expect(daemon.waits { $0.shown("front") > 60 }, "\(daemon.program.talkSoFar)")
    let outputs = daemon.stream("front")["outputs"] as? [[String: Any]]
    #expect(outputs?.first?["frames"] as? Int ?? 0 > 10, "\(daemon.program.talkSoFar)")
    #expect(try daemon.end().status == 0)
    listener.end()
    #expect(try frameCount("got.ts") > 10)
  }

  @Test func wrongConfigurationsAreToldAndNothingStarts() throws {
    try Data("streams: { front: { source: x.mp4, max_agee: 1s } }".utf8).write(to: folder["verge.yaml"])
    expectFailure(
      try Program.run("serve", "--config", "verge.yaml", in: folder), saying: "verge.yaml:1", "did you mean 'max_age'?")
    expectFailure(try Program.run("serve", "--config", "none.yaml", in: folder), saying: "none.yaml")
    try Data("http: { address: 0.0.0.0 }\nstreams: { front: { source: x.mp4 } }".utf8).write(to: folder["verge.yaml"])
    expectFailure(try Program.run("serve", "--config", "verge.yaml", in: folder), saying: "token")
  }

  private func frameCount(_ name: String) throws -> Int {
    let run = try Program.run("segment", name, "-o", "null:", "--json", "--quiet", in: folder)
    let report = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any], "\(run.talk)")
    return (report["frames"] as? [String: Int])?["in"] ?? 0
  }
}
