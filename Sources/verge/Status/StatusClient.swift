// Asks a running daemon over HTTP.
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Where a daemon's API is, and what opens it.
struct StatusClient {
  private let host: String
  private let port: Int
  private let token: String?
  /// As the user gave it.
  private let url: String

  /// Seconds for an answer.
  private static let patience = TimeAmount.seconds(10)
  /// Bytes of an answer; hundreds of streams take far less.
  private static let limit = 16 << 20

  /// - Throws: `CommandError.unusable` for anything but `http://HOST[:PORT]`.
  init(url: String, token: String?) throws(CommandError) {
    guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host, !host.isEmpty,
      parts.path.isEmpty || parts.path == "/"
    else { throw .unusable(what: url, why: "must be of the form http://HOST:PORT, such as http://127.0.0.1:8080") }
    self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    (port, self.url) = (parts.port ?? 80, url)
    self.token = token
  }

  /// The body that `GET path` answers.
  ///
  /// - Throws: `CommandError.unusable` that says what to do about it.
  func get(_ path: String) throws(CommandError) -> Data {
    let (status, body) = try answer(to: path)
    guard status == .ok else { throw refusal(status, body) }
    return body
  }

  private func answer(to path: String) throws(CommandError) -> (HTTPResponseStatus, Data) {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.next().makePromise(of: NIOHTTPClientResponseFull.self)
    let request = head(of: path)
    let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(5)).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        try channel.pipeline.syncOperations.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: Self.limit))
        try channel.pipeline.syncOperations.addHandler(OneRequest(request, promise))
      }
    }
    let connecting = bootstrap.connect(host: host, port: port)
    connecting.whenFailure { promise.fail($0) }
    let late = promise.futureResult.eventLoop.scheduleTask(in: Self.patience) { promise.fail(Silence()) }
    defer { late.cancel() }
    do {
      let full = try promise.futureResult.wait()
      return (full.head.status, full.body.map { Data($0.readableBytesView) } ?? Data())
    } catch {
      throw .unusable(what: url, why: Self.reason(error))
    }
  }

  private func head(of path: String) -> HTTPRequestHead {
    var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
    head.headers.add(name: "Host", value: host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
    head.headers.add(name: "Accept", value: "application/json")
    head.headers.add(name: "Connection", value: "close")
    if let token { head.headers.add(name: "Authorization", value: "Bearer \(token)") }
    return head
  }

  private func refusal(_ status: HTTPResponseStatus, _ body: Data) -> CommandError {
    if status == .unauthorized {
      let way = token == nil ? "it needs a token: VERGE_HTTP_TOKEN=… or --token" : "the token is not the daemon's"
      return .unusable(what: url, why: way)
    }
    struct Problem: Decodable { let detail: String? }
    let detail = (try? JSONDecoder().decode(Problem.self, from: body))?.detail  // others than ours have none
    return .unusable(
      what: url, why: "it answered \(status.code) \(status.reasonPhrase)" + (detail.map { ": \($0)" } ?? ""))
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      let cause = error.connectionErrors.first?.error as? IOError
      let why = cause.map { String(cString: strerror($0.errnoCode)) } ?? "there is no such host"
      return "no answer: \(why); is verge serve running there?"
    case let error as IOError: return "no answer: \(String(cString: strerror(error.errnoCode)))"
    case is ChannelError, is Silence: return "no answer in time; is that verge serve?"
    default: return "it does not speak HTTP as verge serve does"
    }
  }

  /// No answer came in time.
  fileprivate struct Silence: Error {}
}

/// Sends one request once connected, and hands its answer on.
private final class OneRequest: ChannelInboundHandler {
  typealias InboundIn = NIOHTTPClientResponseFull
  typealias OutboundOut = HTTPClientRequestPart

  private let head: HTTPRequestHead
  private let promise: EventLoopPromise<NIOHTTPClientResponseFull>

  init(_ head: HTTPRequestHead, _ promise: EventLoopPromise<NIOHTTPClientResponseFull>) {
    (self.head, self.promise) = (head, promise)
  }

  func channelActive(context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    promise.succeed(unwrapInboundIn(data))
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }

  /// It closed without an answer; that comes too late where there was one.
  func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
}
