// The daemon between peers of every protocol, all of them FFmpeg's own program on loopback.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct PeerServeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// A way in or out; `line` is what the peer runs, with PORT where its port belongs.
  struct Way: Sendable, CustomTestStringConvertible {
    let name, line, place: String
    var testDescription: String { name }
  }

  /// Debian's ffmpeg 5.1 listens in all of these.
  private static let sources = [
    Way(
      name: "SRT", line: "\(Peer.camera) -f mpegts srt://127.0.0.1:PORT?mode=listener", place: "srt://127.0.0.1:PORT"),
    Way(
      name: "RTMP", line: "\(Peer.camera) -f flv -listen 1 rtmp://127.0.0.1:PORT/live/front",
      place: "rtmp://127.0.0.1:PORT/live/front"),
    Way(name: "TCP", line: "\(Peer.camera) -f mpegts tcp://127.0.0.1:PORT?listen=1", place: "tcp://127.0.0.1:PORT"),
    Way(
      name: "HTTP", line: "\(Peer.camera) -f mpegts -listen 1 http://127.0.0.1:PORT/front.ts",
      place: "http://127.0.0.1:PORT/front.ts"),
    Way(name: "a pipe", line: "\(Peer.camera) -f mpegts -y pipe", place: "pipe"),
  ]

  private static let outputs = [
    Way(
      name: "SRT", line: "\(receiver) srt://127.0.0.1:PORT?mode=listener \(written)", place: "srt://127.0.0.1:PORT"),
    Way(
      name: "RTMP", line: "\(receiver.dropLast(3)) -listen 1 -i rtmp://127.0.0.1:PORT/live/out \(written)",
      place: "rtmp://127.0.0.1:PORT/live/out"),
    Way(name: "TCP", line: "\(receiver) tcp://127.0.0.1:PORT?listen=1 \(written)", place: "tcp://127.0.0.1:PORT"),
    Way(name: "UDP", line: "\(receiver) udp://127.0.0.1:PORT \(written)", place: "udp://127.0.0.1:PORT?pkt_size=1316"),
  ]

  private static let receiver = "ffmpeg -v error -y -i"
  private static let written = "-c copy -t 2 -f mpegts got.ts"

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg"), arguments: sources) func framesComeIn(over way: Way) throws {
    let port = try freePort()
    if way.place == "pipe" { try #require(mkfifo(folder["pipe"].path, 0o600) == 0) }
    let daemon = try daemon(from: way.at(port).place, to: [])
    for round in 0..<2 {
      let shown = daemon.shown("front")
      let sender = try Peer(way.at(port).line, in: folder)
      #expect(daemon.waits { $0.shown("front") > shown + 10 }, "round \(round): \(daemon.lastError("front"))")
      sender.end()
    }
    #expect(daemon.waits { $0.state("front") == "reconnecting" } && daemon.reconciles("front"))
    #expect(try daemon.end().status == 0)
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg"), arguments: outputs) func overlaysGoOut(over way: Way) throws {
    let port = try freePort()
    let receiver = try Peer(way.at(port).line, in: folder)
    let daemon = try daemon(from: "scenes:320x192@15", to: [way.at(port).place])
    // It ends by itself once it has two seconds.
    #expect(daemon.waits { _ in !receiver.isRunning }, "\(daemon.outputs("front"))")
    #expect(try FFmpeg.frameCount(folder["got.ts"]) > 15)
    #expect(try daemon.end().status == 0)
  }

  @Test(.enabled(if: Judge.hasFFmpeg && Judge.hasPython, "needs ffmpeg and python3")) func hlsComesInAndGoesOut() throws
  {
    let port = try freePort()
    try FileManager.default.createDirectory(at: folder["web"], withIntermediateDirectories: true)
    let camera = try Peer(
      Peer.camera + " -f hls -hls_time 1 -hls_list_size 4 -hls_flags delete_segments+temp_file web/live.m3u8",
      in: folder)
    let server = try Peer("python3 -m http.server --bind 127.0.0.1 -d web \(port)", in: folder)
    let daemon = try daemon(
      from: "http://127.0.0.1:\(port)/live.m3u8", to: ["out/front.m3u8"], more: "hls: { segment: 1s }")
    #expect(daemon.waits { $0.shown("front") > 60 }, "\(daemon.lastError("front"))")
    #expect(daemon.reconciles("front") && folder.has("out/front.m3u8"))
    // While it grows, a viewer can begin.
    try FFmpeg.make(["-live_start_index", "0", "-i", "out/front.m3u8", "-t", "3", "-c", "copy", "seen.ts"], in: folder)
    #expect(try FFmpeg.frameCount(folder["seen.ts"]) > 5)
    #expect(try daemon.end().status == 0)
    camera.end()
    server.end()
    let list = try String(contentsOf: folder["out/front.m3u8"], encoding: .utf8)
    #expect(list.contains("#EXT-X-ENDLIST"))
    #expect(try FFmpeg.frameCount(folder["out/front.m3u8"]) > 15)
    #expect(try FFmpeg.complaints(about: folder["out/front.m3u8"]).isEmpty)
  }

  /// A file on a web server comes as fast as the network carries it, and is shown at its own speed all the same.
  @Test(.enabled(if: Judge.hasFFmpeg && Judge.hasPython, "needs ffmpeg and python3")) func aFileOverHTTPIsPaced() throws
  {
    let port = try freePort()
    let picture = ["-f", "lavfi", "-i", "testsrc=size=320x192:rate=15", "-t", "3", "-pix_fmt", "yuv420p"]
    try FFmpeg.make(picture + ["-c:v", "libx264", "-movflags", "+faststart", "clip.mp4"], in: folder)
    let server = try Peer("python3 -m http.server --bind 127.0.0.1 \(port)", in: folder)
    let daemon = try daemon(from: "http://127.0.0.1:\(port)/clip.mp4", to: [])
    #expect(daemon.waits { $0.shown("front") > 75 }, "\(daemon.lastError("front"))")
    let frames = daemon.frames("front")
    #expect(frames["late"] ?? 0 < 15 && daemon.reconciles("front"), "\(frames)")
    #expect(try daemon.end().status == 0)
    server.end()
  }

  private func daemon(from source: String, to outputs: [String], more: String = "") throws -> Daemon {
    try Daemon(
      """
      streams:
        front:
          source: "\(source)"
          outputs: [\(outputs.map { "\"\($0)\"" }.joined(separator: ", "))]
          size: 96x64
          max_age: 1s
          reconnect: { stall: 3s, first: 50ms, longest: 200ms }
          encoder: { keyframes: 500ms, preset: ultrafast }
          \(more)
      """, in: folder)
  }
}

extension PeerServeTests.Way {
  /// The same at a port.
  fileprivate func at(_ port: Int) -> Self {
    Self(
      name: name, line: line.replacingOccurrences(of: "PORT", with: "\(port)"),
      place: place.replacingOccurrences(of: "PORT", with: "\(port)"))
  }
}
