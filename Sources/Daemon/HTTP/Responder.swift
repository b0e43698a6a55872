// From a request to its answer: the gate, the route, the handler, and what all answers have in common.
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Answers requests.
struct Responder: HTTPResponder {
  typealias Context = CallContext

  private let table: RouteTable
  private let gate: Gate
  private let page: PageFiles
  private let requests: RequestMetrics
  private let logger: Logger
  /// Longer paths are no stream's.
  private static let pathLimit = 2048

  init(_ api: API) {
    (table, gate, page) = (RouteTable(api.routes), api.gate, api.page)
    (requests, logger) = (api.requests, api.logger)
  }

  func respond(to request: Request, context: CallContext) async throws -> Response {
    let start = ContinuousClock.now
    let call = Call(request: request, channel: context.channel, peer: Peer(context.channel.remoteAddress))
    let match = table.find(request.method, request.uri.path)
    var response: Response
    do throws(Problem) { response = try await answer(call, match) } catch { response = refusal(error, call) }
    finish(&response, call)
    requests.record(match.route, status: response.status, duration: .now - start)
    logger.debug(
      "request",
      metadata: [
        "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
        "peer": "\(call.peer.address)",
      ])
    return request.method == .head ? Self.withoutBody(response) : response
  }

  private func answer(_ call: Call, _ match: RouteTable.Match) async throws(Problem) -> Response {
    let head = call.request.head
    guard (head.path ?? "").utf8.count <= Self.pathLimit else { throw Problem(.uriTooLong, "the path is too long") }
    if case .otherMethods(let methods) = match, let fields = gate.preflight(head, allowing: methods) {
      return Response(status: .noContent, headers: fields)
    }
    try gate.admit(head, from: call.peer, isOpen: match.route?.isOpen ?? false)
    switch match {
    case .route(let route, let parameters):
      var call = call
      call.parameters = parameters
      return try await route.handle(call)
    case .otherMethods(let methods): return try Self.other(head.method, than: methods)
    case .nothing: throw Problem(.noRoute, "there is nothing here; GET /v1/streams lists the streams, / shows them")
    }
  }

  private static func other(_ method: HTTPRequest.Method, than methods: [HTTPRequest.Method]) throws(Problem)
    -> Response
  {
    let allowed = (methods + [.options]).map(\.rawValue).joined(separator: ", ")
    if method == .options { return Response(status: .noContent, headers: [.allow: allowed]) }
    var problem = Problem(.method, "\(method) is not among the methods of this path: \(allowed)")
    problem.headers[.allow] = allowed
    throw problem
  }

  private func refusal(_ problem: Problem, _ call: Call) -> Response {
    let path = call.request.uri.path
    if problem.kind == .unauthorized, path == "/" { return page.signIn(isRefused: false) }
    return problem.response(instance: String(path.prefix(Self.pathLimit)))
  }

  /// What keeps answers out of caches, of wrong hands and of wrong readings.
  private func finish(_ response: inout Response, _ call: Call) {
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    response.headers[.xContentTypeOptions] = "nosniff"
    // Not "no-referrer": browsers would then call a form's origin "null", and the gate would refuse it.
    response.headers[.referrerPolicy] = "same-origin"
    for field in gate.sharing(call.request.head) { response.headers[field.name] = field.value }
  }

  /// The same without its body. An answer of unknown length says that it is empty, else its framing would follow.
  private static func withoutBody(_ response: Response) -> Response {
    var head = response.createHeadResponse()
    if head.headers[.contentLength] == nil { head.headers[.contentLength] = "0" }
    return head
  }
}

extension HTTPField.Name {
  static let referrerPolicy = Self("Referrer-Policy")!
}
