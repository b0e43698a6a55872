// Sources that go and come back, over and over.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30)), .serialized) struct ReconnectServeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// How often the source is killed: more than the default shows slower growth.
  private static let rounds =
    ProcessInfo.processInfo.environment["VERGE_RECONNECTS"].flatMap { Int($0) } ?? 100

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg")) func sourcesThatAreKilledOverAndOverLeaveNothingBehind() throws {
    let clip = ["-f", "lavfi", "-i", "testsrc=size=160x96:rate=30", "-t", "20", "-c:v", "libx264", "-g", "5"]
    try FFmpeg.make(
      clip + ["-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "clip.ts"], in: folder)
    let (port, receiver) = (try freePort(), try freePort())
    let daemon = try Daemon(
      """
      defaults: { size: 96x64, reconnect: { first: 20ms, longest: 50ms } }
      streams:
        front:
          source: "tcp://127.0.0.1:\(port)"
          outputs: [rec/front.mp4, "udp://127.0.0.1:\(receiver)?pkt_size=1316", front.jsonl]
          encoder: { preset: ultrafast }
        clean: { source: "scenes:160x96@5", outputs: [clean.jsonl] }
      """, in: folder)
    var usage: [Usage] = []
    for round in 0..<Self.rounds {
      let (shown, clean, reconnects) = (daemon.shown("front"), daemon.shown("clean"), daemon.reconnects("front"))
      let line = "ffmpeg -v error -re -i clip.ts -c copy -f mpegts tcp://127.0.0.1:\(port)?listen=1"
      let sender = try Peer(line, in: folder)
      try #require(daemon.waits { $0.shown("front") > shown }, "round \(round): \(daemon.lastError("front"))")
      sender.end()
      // Tries without a peer may have raised the counter before.
      try #require(daemon.waits { $0.state("front") == "reconnecting" && $0.reconnects("front") > reconnects })
      #expect(daemon.waits { $0.shown("clean") > clean })
      usage.append(try Usage(of: daemon.program))
    }
    let (early, late) = (usage[min(9, usage.count / 4)], try #require(usage.last))
    print("\(daemon.reconnects("front")) tries in \(usage.count) rounds")
    for round in stride(from: 0, to: usage.count, by: max(1, usage.count / 8)) {
      print("\(round + 1): \(usage[round])")
    }
    print("\(usage.count): \(late)")
    #expect(late.descriptors <= early.descriptors + 2, "\(usage.map(\.descriptors))")
    // Dispatch keeps the workers that it once needed at the same time; what each round left behind would be a hundred.
    #expect(late.threads <= early.threads + 8, "\(usage.map(\.threads))")
    #expect(late.kilobytes < early.kilobytes + 8192 + early.kilobytes / 20, "\(usage.map(\.kilobytes))")
    #expect(daemon.reconnects("front") >= Self.rounds && daemon.reconciles("front"))
    #expect(daemon.reconnects("clean") == 0 && daemon.reconciles("clean"))
    #expect(daemon.outputs("front").allSatisfy { $0.error.isEmpty && $0.reconnects == 0 })
    #expect(try daemon.end().status == 0)
    // A source that comes back as it was goes on in the same recording.
    let recordings = try folder.names(in: "rec")
    #expect(recordings.count == 1)
    for name in recordings { #expect(try FFmpeg.frameCount(folder["rec/" + name]) > Self.rounds) }
    #expect(try longestGap(in: "clean.jsonl") < 2)
  }

  /// Seconds of the source's time between two records.
  private func longestGap(in name: String) throws -> Double {
    let lines = try String(contentsOf: folder[name], encoding: .utf8).split(separator: "\n")
    let times = try lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["time"] as? Double)
    }
    return zip(times.dropFirst(), times).map { $0 - $1 }.max() ?? .infinity
  }
}

/// What a process holds at a moment.
struct Usage: CustomStringConvertible {
  let descriptors, threads, kilobytes: Int

  init(of program: RunningProgram) throws {
    let place = "/proc/\(program.process.processIdentifier)"
    descriptors = try FileManager.default.contentsOfDirectory(atPath: place + "/fd").count
    threads = try FileManager.default.contentsOfDirectory(atPath: place + "/task").count
    let lines = try String(contentsOfFile: place + "/status", encoding: .utf8).split(separator: "\n")
    let resident = try #require(lines.first { $0.hasPrefix("VmRSS:") })
    kilobytes = try #require(resident.split(separator: " ").compactMap { Int($0) }.first)
  }

  var description: String { "\(descriptors) descriptors, \(threads) threads, \(kilobytes) kB" }
}
