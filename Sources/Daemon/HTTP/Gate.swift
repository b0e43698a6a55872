// Who may ask: the token for other machines, and for browsers on this one only the daemon's own page.
import Foundation
import HTTPTypes

/// Judges requests before a handler sees them.
struct Gate: Sendable {
  /// Empty when only this machine can connect.
  let token: String
  /// Sites whose scripts may use the API.
  let origins: Set<String>
  let sessions: Sessions

  init(token: String, origins: [String], sessions: Sessions) {
    (self.token, self.sessions) = (token, sessions)
    self.origins = Set(origins.map { $0.lowercased() })
  }

  /// - Parameter isOpen: whether the route is answered without a token.
  /// - Throws: `unauthorized` and `forbidden`.
  func admit(_ head: HTTPRequest, from peer: Peer, isOpen: Bool = false) throws(Problem) {
    try checkOrigin(head)
    if carriesToken(head) { return }
    if isLocal(head, peer) { return try checkHost(head) }
    guard isOpen else { throw Self.unauthorized }
  }

  /// Whether the request shows the token, or a session that was opened with it.
  func carriesToken(_ head: HTTPRequest) -> Bool {
    guard !token.isEmpty else { return false }
    if let value = head.headerFields[.authorization] {
      let parts = value.split(separator: " ", maxSplits: 1)
      return parts.count == 2 && parts[0].lowercased() == "bearer" && isToken(String(parts[1]))
    }
    return sessions.isOpen(cookie: head.headerFields[.cookie])
  }

  /// Compares in a time that depends on the length of `text` only.
  func isToken(_ text: String) -> Bool {
    let (expected, given) = (Array(token.utf8), Array(text.utf8))
    guard !expected.isEmpty else { return false }
    var difference = expected.count ^ given.count
    for (index, byte) in given.enumerated() { difference |= Int(byte ^ expected[index % expected.count]) }
    return difference == 0
  }

  static var unauthorized: Problem {
    var problem = Problem(.unauthorized, "send the daemon's token as 'Authorization: Bearer TOKEN'")
    problem.headers[.wwwAuthenticate] = "Bearer realm=\"verge\""
    return problem
  }

  /// Whether it comes from this machine. What a proxy on it forwards comes from elsewhere, once there is a token to ask
  /// for.
  private func isLocal(_ head: HTTPRequest, _ peer: Peer) -> Bool {
    let isForwarded = [.forwarded, .forwardedFor, .via].contains { head.headerFields[$0] != nil }
    return peer.isLoopback && (token.isEmpty || !isForwarded)
  }

  /// A site can let its own name lead to 127.0.0.1, and would then share an origin with the daemon; it cannot do so
  /// with an address or with `localhost`.
  private func checkHost(_ head: HTTPRequest) throws(Problem) {
    guard let authority = head.authority, !Self.isAddressOrLocalhost(authority) else { return }
    throw Problem(.forbidden, "the host in the request must be localhost or an address, not '\(authority)'")
  }

  static func isAddressOrLocalhost(_ authority: String) -> Bool {
    let host: String
    if authority.hasPrefix("[") {
      host = String(authority.dropFirst().prefix { $0 != "]" })
    } else {
      host = authority.prefix { $0 != ":" }.lowercased()
    }
    return host == "localhost" || host.hasSuffix(".localhost") || Peer.isAddress(host)
  }
}

extension HTTPField.Name {
  static let forwarded = Self("Forwarded")!
  static let forwardedFor = Self("X-Forwarded-For")!
  static let secFetchSite = Self("Sec-Fetch-Site")!
  static let resourcePolicy = Self("Cross-Origin-Resource-Policy")!
  static let frameIndex = Self("X-Verge-Frame")!
  static let frameTime = Self("X-Verge-Time")!
}
