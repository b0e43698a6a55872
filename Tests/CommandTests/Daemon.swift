// A running `verge serve`, and peers for it.
import Foundation
import FoundationNetworking
import Testing

/// Other programs as peers and judges.
enum Judge {
  static let hasFFmpeg = has("ffmpeg")
  /// Serves folders over HTTP.
  static let hasPython = has("python3")

  static func has(_ program: String) -> Bool { FileManager.default.fileExists(atPath: "/usr/bin/" + program) }
}

/// Ends a peer, whatever signals it was started to ignore.
func end(_ peer: Process) {
  kill(peer.processIdentifier, SIGKILL)
  peer.waitUntilExit()
}

/// IPv4 addresses of this machine, as the system's calls take them.
enum Loopback {
  static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }

  static func plain(_ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
    -> Int32
  {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}

/// A port that nobody listens on.
func freePort() throws -> Int {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = Loopback.address(0)
  try #require(Loopback.plain(&address) { bind(descriptor, $0, $1) } == 0)
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
  }
  try #require(status == 0)
  return Int(UInt16(bigEndian: address.sin_port))
}

/// The daemon on a free port.
final class Daemon {
  let program: RunningProgram
  let port: Int

  /// - Parameter configuration: without `http`.
  init(_ configuration: String, in folder: Folder) throws {
    port = try freePort()
    try Data(configuration.utf8).write(to: folder["verge.yaml"])
    program = try Program.start("serve", "--config", "verge.yaml", "--port", "\(port)", in: folder)
    try #require(waits { $0.text("/healthz").hasPrefix("alive") }, "\(program.talkSoFar)")
  }

  deinit { if program.process.isRunning { program.send(SIGKILL) } }

  func end() throws -> Run {
    program.send(SIGTERM)
    return try program.wait(seconds: 30)
  }

  /// Waits until something is so; says whether it came.
  func waits(seconds: Double = 40, _ condition: (Daemon) -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline, program.process.isRunning {
      if condition(self) { return true }
      usleep(50_000)
    }
    return condition(self)
  }

  func bytes(_ path: String) -> Data {
    guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { return Data() }
    return (try? Data(contentsOf: url)) ?? Data()  // nobody listens yet, or any more
  }

  func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  func stream(_ name: String) -> [String: Any] {
    let object = try? JSONSerialization.jsonObject(with: bytes("/v1/streams/\(name)"))  // not there yet
    return object as? [String: Any] ?? [:]
  }

  func frames(_ name: String) -> [String: Int] { stream(name)["frames"] as? [String: Int] ?? [:] }
  func shown(_ name: String) -> Int { frames(name)["shown"] ?? 0 }

  /// Whether every frame has ended but those few that are under way.
  func reconciles(_ name: String) -> Bool {
    let frames = frames(name)
    let ended = frames.filter { $0.key != "in" }.values.reduce(0, +)
    return (0...16).contains((frames["in"] ?? -1) - ended)
  }
}

/// GStreamer's RTSP server with a test picture.
final class Camera {
  let url: String
  private let process = Process()

  /// - Returns: nil, saying so, where GStreamer is not installed.
  init?(port: Int) throws {
    let script = """
      import gi
      gi.require_version('GstRtspServer', '1.0')
      from gi.repository import Gst, GstRtspServer, GLib
      Gst.init(None)
      server = GstRtspServer.RTSPServer()
      server.set_address('127.0.0.1')
      server.set_service('\(port)')
      factory = GstRtspServer.RTSPMediaFactory()
      factory.set_launch('( videotestsrc is-live=true ! video/x-raw,width=320,height=192,framerate=15/1 ! '
                         'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96 )')
      factory.set_shared(True)
      server.get_mount_points().add_factory('/front', factory)
      server.attach(None)
      print('ready', flush=True)
      GLib.MainLoop().run()
      """
    url = "rtsp://127.0.0.1:\(port)/front"
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", script]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return nil }
    guard String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("ready") else {
      print("skipped: GStreamer's RTSP server (gir1.2-gst-rtsp-server-1.0) is not installed")
      return nil
    }
  }

  func stop() { end(process) }
}

/// Passes datagrams on, drops some, and flips bytes in others; always the same ones.
final class SpoilingProxy: @unchecked Sendable {  // the descriptors never change; `isOver` is only ever set
  private let input, output: Int32
  private var isOver = false

  init(from: Int, to: Int) throws {
    (input, output) = (socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0), socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    var (here, there) = (Loopback.address(from), Loopback.address(to))
    try #require(Loopback.plain(&here) { bind(input, $0, $1) } == 0)
    try #require(Loopback.plain(&there) { connect(output, $0, $1) } == 0)
    var limit = timeval(tv_sec: 0, tv_usec: 100_000)
    setsockopt(input, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    Thread.detachNewThread { [self] in work() }
  }

  func stop() { isOver = true }

  private func work() {
    var buffer = [UInt8](repeating: 0, count: 2048)
    var state: UInt64 = 7
    while !isOver {
      let count = recv(input, &buffer, buffer.count, 0)
      guard count > 0 else { continue }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let chance = state >> 33 & 1023
      if chance < 20 { continue }
      if chance < 60 { buffer[Int(state >> 20) & 1023 % count] ^= 0xA5 }
      send(output, buffer, count, 0)
    }
    close(input)
    close(output)
  }
}
