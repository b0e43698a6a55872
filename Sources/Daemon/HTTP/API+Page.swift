// Handlers of the live page.
import HTTPTypes
import Hummingbird

extension API {
  func index(_ call: Call) async throws(Problem) -> Response {
    var response = try file("index.html", call)
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return response
  }

  func asset(_ call: Call) async throws(Problem) -> Response { try file(call.parameters["file"] ?? "", call) }

  /// A file of the page, or "not modified" for a browser that has it.
  private func file(_ name: String, _ call: Call) throws(Problem) -> Response {
    guard let file = page[name], name != PageFiles.signInName else {
      throw Problem(.noRoute, "the live page has no such file")
    }
    // To be asked for again each time, and mostly answered with 304: a new version of the daemon shows at once.
    let caching: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache"]
    if call.request.headers[.ifNoneMatch] == file.tag { return Response(status: .notModified, headers: caching) }
    var response = Response(status: .ok, headers: caching, body: ResponseBody(byteBuffer: file.bytes))
    response.headers[.contentType] = file.type
    return response
  }
}

extension PageFiles {
  static let signInName = "sign-in.html"

  /// The form that asks for the token. It needs no other file, so that nothing else is open to those who have none.
  func signIn(isRefused: Bool) -> Response {
    let nonce = Sessions.random()
    let note = isRefused ? "<p role=\"alert\">This is not the token.</p>" : ""
    let text = (self[Self.signInName]?.bytes.readableText ?? "<!-- note -->A token is needed.")
      .replacing("{{nonce}}", with: nonce).replacing("<!-- note -->", with: note)
    return Response(
      status: .unauthorized,
      headers: [
        .contentType: "text/html; charset=utf-8", .wwwAuthenticate: "Bearer realm=\"verge\"",
        .contentSecurityPolicy: "default-src 'none'; style-src 'nonce-\(nonce)'; form-action 'self'; "
          + "base-uri 'none'; frame-ancestors 'none'",
      ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
