// A request with what the connection and the route say about it.
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// What Hummingbird hands over with a request: the connection it came on.
struct CallContext: InitializableFromSource, Sendable {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// One request on its way to a handler.
struct Call: Sendable {
  let request: Request
  let channel: any Channel
  let peer: Peer
  /// By the names between braces in the route's path, percent-decoded.
  var parameters: [String: String] = [:]

  /// The stream that the path names.
  var name: String { parameters["name"] ?? "" }

  /// Reads the body as text.
  ///
  /// - Throws: a problem for more than `limit` bytes, for what is no UTF-8, and when the client goes away.
  func text(upTo limit: Int) async throws(Problem) -> String {
    let declared = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    guard declared <= limit else { throw Self.tooLarge(limit) }
    let buffer: ByteBuffer
    do { buffer = try await request.body.collect(upTo: limit) } catch is NIOTooManyBytesError {
      throw Self.tooLarge(limit)
    } catch { throw Problem(.malformed, "the body did not arrive whole") }
    guard let text = buffer.getValidatedString else { throw Problem(.malformed, "the body is not UTF-8 text") }
    return text
  }

  /// The body as a stream's settings, JSON or YAML.
  ///
  /// - Throws: what `text(upTo:)` does, and a problem for an empty body and for broken JSON.
  func settings(upTo limit: Int) async throws(Problem) -> String {
    let text = try await text(upTo: limit)
    let start = text.first { !$0.isWhitespace }
    guard let start else {
      throw Problem(.malformed, "the body is empty; it must be a stream's settings in JSON or YAML")
    }
    let type = request.headers[.contentType]?.lowercased() ?? ""
    let isJSON = type.contains("json") || (start == "{" && !type.contains("yaml"))
    if isJSON, let fault = JSONText.fault(in: text) { throw Problem(.malformed, "the body is not JSON: \(fault)") }
    return text
  }

  private static func tooLarge(_ limit: Int) -> Problem {
    // What is left of the body is not worth reading.
    var problem = Problem(.tooLarge, "the body may have \(limit) bytes at most (http.body_limit)")
    problem.headers[.connection] = "close"
    return problem
  }
}

extension ByteBuffer {
  /// All of it as text; nil when it is not UTF-8.
  fileprivate var getValidatedString: String? { String(validating: readableBytesView, as: UTF8.self) }
}
