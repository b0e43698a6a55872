// Handlers of streams: what they are, and what changes them.
import Foundation
import HTTPTypes
import Hummingbird
import Logging

extension API {
  func list(_ call: Call) async throws(Problem) -> Response {
    JSONText.response(buffer: cache.buffer { JSONText.buffer(directory.streams) })
  }

  func status(_ call: Call) async throws(Problem) -> Response {
    JSONText.response(try asked { () throws(DaemonError) in try directory.status(of: call.name) })
  }

  func add(_ call: Call) async throws(Problem) -> Response {
    let settings = try await call.settings(upTo: bodyLimit)
    let status = try await changed(call, "add") { directory throws(DaemonError) in try directory.add(settings) }
    var response = JSONText.response(status, status: .created)
    let name = status.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    response.headers[.location] = "/v1/streams/\(name)"
    return response
  }

  func change(_ call: Call) async throws(Problem) -> Response {
    let (name, settings) = (call.name, try await call.settings(upTo: bodyLimit))
    return try await status(call, "change") { directory throws(DaemonError) in try directory.change(name, settings) }
  }

  func remove(_ call: Call) async throws(Problem) -> Response {
    let name = call.name
    try await changed(call, "remove") { directory throws(DaemonError) in try directory.remove(name) }
    return Response(status: .noContent)
  }

  func pause(_ call: Call) async throws(Problem) -> Response {
    let name = call.name
    return try await status(call, "pause") { directory throws(DaemonError) in try directory.pause(name) }
  }

  func resume(_ call: Call) async throws(Problem) -> Response {
    let name = call.name
    return try await status(call, "resume") { directory throws(DaemonError) in try directory.resume(name) }
  }

  func restart(_ call: Call) async throws(Problem) -> Response {
    let name = call.name
    return try await status(call, "restart") { directory throws(DaemonError) in try directory.restart(name) }
  }

  func promoteShadow(_ call: Call) async throws(Problem) -> Response {
    let name = call.name
    return try await status(call, "promote") { directory throws(DaemonError) in try directory.promoteShadow(name) }
  }

  func dropShadow(_ call: Call) async throws(Problem) -> Response {
    let name = call.name
    return try await status(call, "drop shadow") { directory throws(DaemonError) in try directory.dropShadow(name) }
  }

  /// Makes a change away from the threads that answer requests, and logs who asked for it.
  func changed<Value: Sendable>(
    _ call: Call, _ what: String,
    _ change: @escaping @Sendable (any StreamDirectory) throws(DaemonError) -> Value
  ) async throws(Problem) -> Value {
    let directory = directory
    defer { cache.forget() }
    let value = try await changes.run { () throws(DaemonError) in try change(directory) }
    logger.info("\(what) by request", metadata: ["stream": "\(call.name)", "peer": "\(call.peer.address)"])
    return value
  }

  private func status(
    _ call: Call, _ what: String,
    _ change: @escaping @Sendable (any StreamDirectory) throws(DaemonError) -> StreamStatus
  ) async throws(Problem) -> Response {
    JSONText.response(try await changed(call, what, change))
  }

  /// A question that is answered at once.
  func asked<Value>(_ question: () throws(DaemonError) -> Value) throws(Problem) -> Value {
    do throws(DaemonError) { return try question() } catch { throw Problem(error) }
  }
}
