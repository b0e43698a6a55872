// verge status, against a server that only pretends.
import Foundation
import Synchronization
import Testing

@Suite struct StatusTests {
  private let list = """
    [{"classes":[],"frames":{"abandoned":0,"in":100,"late":7,"shown":90,"skipped":0,"undecodable":3},"last_error":\
    {"message":"source is away","time":"2026-01-31T23:59:59Z"},"latency_ms":{"max":50,"p50":12.4,"p95":30,"p99":41.6},\
    "model":"road","name":"front","outputs":[],"overlay":{"alpha":0.5,"hud":false,"legend":false,"steady":false},\
    "placeholders":0,"queues":{},"rates":{"input":30,"network":29.97,"output":29.97},"reconnects":2,"since":\
    "2026-01-31T23:59:59Z","source":"rtsp://cam/front","stages":[],"state":"running","viewers":4}]
    """

  @Test func streamsAreATable() throws {
    let server = try PretendedServer("200 OK", list)
    let run = try Program.run("status", "--url", server.url)
    let lines = run.text.split(separator: "\n")
    #expect(run.status == 0 && lines.count == 2, "\(run.talk)\(run.text)")
    #expect(lines.first?.hasPrefix("stream  state    fps in   out  p50 ms  p99  late  dropped") == true, "\(run.text)")
    #expect(
      lines.last?.hasPrefix("front   running    30.0  30.0      12   42     7        0           2        4") == true)
    #expect(run.text.contains("source is away (") && !server.request.contains("Authorization"))
  }

  @Test func jsonIsTheDaemonsOwn() throws {
    let server = try PretendedServer("200 OK", list)
    let run = try Program.run("status", "--json", "--token", "abc", "--url", server.url)
    #expect(run.text == list + "\n")
    #expect(server.request.hasPrefix("GET /v1/streams HTTP/1.1\r\n") && server.request.contains("Bearer abc"))
  }

  @Test func noStreamsAreSaid() throws {
    let server = try PretendedServer("200 OK", "[]")
    #expect(try Program.run("status", "--url", server.url).text == "no streams\n")
  }

  @Test(arguments: [
    ("401 Unauthorized", "{}", "it needs a token: VERGE_HTTP_TOKEN=… or --token"),
    ("200 OK", "{\"no\": \"list\"}", "its answer is no list of streams"),
    ("200 OK", "[{\"name\": 1}]", "its answer is no list of streams"), ("200 OK", "", "no list of streams"),
    ("404 Not Found", "<html>", "it answered 404 Not Found"),
    ("503 Service Unavailable", "{\"detail\": \"it starts\"}", "it answered 503 Service Unavailable: it starts"),
  ])
  func aRefusalIsOneLine(status: String, body: String, words: String) throws {
    let server = try PretendedServer(status, body)
    expectFailure(try Program.run("status", "--url", server.url), saying: server.url, words)
  }

  @Test func whereNothingListensThatIsSaid() throws {
    let url = try PretendedServer.freeAddress()
    expectFailure(
      try Program.run("status", "--url", url), saying: "Connection refused", "is verge serve running there?")
    expectFailure(
      try Program.run("status", "--url", "http://nowhere.invalid:1"), saying: "http://nowhere.invalid:1: no answer")
  }

  @Test func whatIsNoHTTPIsSaid() throws {
    let server = try PretendedServer(raw: "SSH-2.0-OpenSSH_9.2\r\n")
    expectFailure(try Program.run("status", "--url", server.url), saying: "does not speak HTTP")
    let silent = try PretendedServer(raw: "")
    expectFailure(try Program.run("status", "--url", silent.url), saying: silent.url)
  }

  @Test(arguments: ["https://h", "h:80", "http://", "http://h/x", ""])
  func aURLOfAnotherFormIsRefused(url: String) throws {
    expectFailure(try Program.run("status", "--url", url), saying: "must be of the form http://HOST:PORT")
  }

  @Test func watchingGoesOnUntilInterrupted() throws {
    let server = try PretendedServer("200 OK", list)
    let folder = try Folder()
    let running = try Program.start("status", "--watch", "--json", "--url", server.url, in: folder)
    while server.count < 2, running.process.isRunning { usleep(10_000) }
    running.send(SIGINT)
    let run = try running.wait(seconds: 20)
    #expect(run.status == 130 && run.text.split(separator: "\n").count >= 2)
  }
}

/// Answers every request on a port of loopback with the same.
private final class PretendedServer: Sendable {
  let url: String
  private let descriptor: Int32
  private let seen = Mutex<(String, Int)>(("", 0))

  convenience init(_ status: String, _ body: String) throws {
    try self.init(raw: "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
  }

  init(raw answer: String) throws {
    let (descriptor, port) = try Self.listen()
    (self.descriptor, url) = (descriptor, "http://127.0.0.1:\(port)")
    let thread = Thread { [weak self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = max(0, recv(client, &buffer, buffer.count, 0))
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        self?.seen.withLock { $0 = (text, $0.1 + 1) }
        _ = answer.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        close(client)
      }
    }
    thread.start()
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// The newest request, and how many there were.
  var request: String { seen.withLock { $0.0 } }
  var count: Int { seen.withLock { $0.1 } }

  /// An address that nobody listens on.
  static func freeAddress() throws -> String {
    let (descriptor, port) = try listen()
    close(descriptor)
    return "http://127.0.0.1:\(port)"
  }

  private static func listen() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        bind(descriptor, name, length) == 0 && Glibc.listen(descriptor, 8) == 0
          && getsockname(descriptor, name, &length) == 0
      }
    }
    try #require(status)
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}
