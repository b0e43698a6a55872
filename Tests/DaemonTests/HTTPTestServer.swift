// The real server on a loopback port, for the length of a test.
import Daemon
import Foundation
import Logging
import ServiceLifecycle
import Settings

/// A server under test.
struct TestServer: Sendable {
  let port: Int
  let directory: FakeDirectory
  private let stop: @Sendable () async -> Void

  /// Starts a server, runs the body, and ends the server gracefully.
  static func run(
    _ directory: FakeDirectory = FakeDirectory("front"), settings: HTTPSettings = .testing,
    _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = HTTPServer(settings: settings, directory: directory, logger: logger) { found.yield($0) }
    let services = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { found.finish() }
        try await services.run()
      }
      guard let port = await ports.first(where: { _ in true }) else { return try await group.waitForAll() }
      let stop: @Sendable () async -> Void = { await services.triggerGracefulShutdown() }
      do { try await body(TestServer(port: port, directory: directory, stop: stop)) } catch {
        await stop()
        throw error
      }
      await stop()
      try await group.waitForAll()
    }
  }

  /// Tells the server to stop, as SIGTERM does.
  func shutDown() async { await stop() }

  /// One request on a connection of its own.
  func send(
    _ method: String, _ path: String, _ fields: [String: String] = [:], body: String? = nil,
    address: String = "127.0.0.1"
  ) async throws -> Reply {
    var lines = fields
    if lines["Host"] == nil { lines["Host"] = "\(address):\(port)" }
    lines["Connection"] = "close"
    if let body { lines["Content-Length"] = "\(body.utf8.count)" }
    let head = lines.map { "\($0): \($1)\r\n" }.joined()
    return try await sendRaw("\(method) \(path) HTTP/1.1\r\n\(head)\r\n\(body ?? "")", address: address)
  }

  /// Sends bytes as they are, and reads until the server closes.
  func sendRaw(_ text: String, address: String = "127.0.0.1") async throws -> Reply {
    let port = port
    return try await onThread {
      let connection = try RawConnection(address: address, port: port)
      try connection.write(text)
      return Reply(try connection.readToEnd())
    }
  }
}

extension HTTPSettings {
  /// Any free port, and a short patience.
  static var testing: HTTPSettings {
    var settings = HTTPSettings()
    settings.port = 0
    settings.timeout = TimeSpan(seconds: 1.5)
    return settings
  }
}

/// Runs blocking work on a thread of its own: the few that run async code belong to the server under test too.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Result { try work() }) }.start()
  }
}

/// Whether something comes true within 10 s, which a busy machine may need for what takes a moment.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
  for _ in 0..<200 {
    if condition() { return true }
    do { try await Task.sleep(for: .milliseconds(50)) } catch { return false }
  }
  return condition()
}
