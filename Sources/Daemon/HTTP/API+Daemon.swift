// Handlers of what concerns the daemon as a whole.
import Foundation
import HTTPTypes
import Hummingbird
import Logging

extension API {
  func health(_ call: Call) async throws(Problem) -> Response { Self.text("alive\n") }

  func readiness(_ call: Call) async throws(Problem) -> Response {
    guard directory.daemon.isReady else { throw Problem(.notReady, "not every enabled stream has been started") }
    return Self.text("ready\n")
  }

  func metrics(_ call: Call) async throws(Problem) -> Response {
    var response = Self.text(MetricsPage(directory, requests).text)
    response.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
    return response
  }

  func daemon(_ call: Call) async throws(Problem) -> Response { JSONText.response(directory.daemon) }

  func reload(_ call: Call) async throws(Problem) -> Response {
    let report = try await changed(call, "reload") { directory throws(DaemonError) in try directory.reload() }
    return JSONText.response(report)
  }

  /// Opens a session for whoever shows the token: in the `Authorization` field, as JSON, or from the page's form.
  func openSession(_ call: Call) async throws(Problem) -> Response {
    let isForm = call.request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") ?? false
    let body = try await call.text(upTo: min(bodyLimit, 4096))
    guard gate.carriesToken(call.request.head) || gate.isToken(Self.token(in: body, isForm: isForm)) else {
      logger.notice("a session was refused", metadata: ["peer": "\(call.peer.address)"])
      if isForm { return page.signIn(isRefused: true) }
      throw Gate.unauthorized
    }
    let cookie: HTTPFields = [.setCookie: Sessions.field(gate.sessions.open())]
    guard isForm else { return Response(status: .noContent, headers: cookie) }
    var response = Response(status: .seeOther, headers: cookie)
    response.headers[.location] = "/"
    return response
  }

  func closeSession(_ call: Call) async throws(Problem) -> Response {
    gate.sessions.close(cookie: call.request.headers[.cookie])
    return Response(status: .noContent, headers: [.setCookie: Sessions.field(nil)])
  }

  /// The token in `token=…` or `{"token":"…"}`; empty when there is none.
  private static func token(in body: String, isForm: Bool) -> String {
    guard isForm else {
      return (try? JSONDecoder().decode([String: String].self, from: Data(body.utf8)))?["token"] ?? ""  // no token
    }
    let field = body.split(separator: "&").first { $0.hasPrefix("token=") }
    return field?.dropFirst(6).replacing("+", with: " ").removingPercentEncoding ?? ""
  }

  static func text(_ text: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
