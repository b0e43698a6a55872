// What pages of other sites may do: nothing, unless the settings name them.
import HTTPTypes

extension Gate {
  /// Refuses changes that a page of another site asks for.
  ///
  /// Browsers send `Origin` with them, newer ones `Sec-Fetch-Site` too; other programs send neither and may pass.
  func checkOrigin(_ head: HTTPRequest) throws(Problem) {
    guard ![.get, .head, .options].contains(head.method) else { return }
    if let origin = head.headerFields[.origin]?.lowercased() {
      guard isOwn(origin, head) || origins.contains(origin) else {
        throw Problem(.forbidden, "the site \(origin) is not among http.origins")
      }
    } else if let site = head.headerFields[.secFetchSite], !["same-origin", "none"].contains(site) {
      throw Problem(.forbidden, "a page of another site may not change anything")
    }
  }

  /// What lets a page of another site read the answer, if the settings name the site.
  func sharing(_ head: HTTPRequest) -> HTTPFields {
    var fields = HTTPFields()
    if !origins.isEmpty { fields[.vary] = "Origin" }
    guard let origin = head.headerFields[.origin], origins.contains(origin.lowercased()) else {
      fields[.resourcePolicy] = "same-origin"
      return fields
    }
    fields[.accessControlAllowOrigin] = origin
    fields[.resourcePolicy] = "cross-origin"
    return fields
  }

  /// The answer to a browser that asks whether a page of another site may send a request; nil when it asks no such
  /// thing or may not.
  func preflight(_ head: HTTPRequest, allowing methods: [HTTPRequest.Method]) -> HTTPFields? {
    guard head.method == .options, head.headerFields[.accessControlRequestMethod] != nil,
      let origin = head.headerFields[.origin], origins.contains(origin.lowercased())
    else { return nil }
    return [
      .accessControlAllowMethods: methods.map(\.rawValue).joined(separator: ", "),
      .accessControlAllowHeaders: "Authorization, Content-Type",
      .accessControlMaxAge: "600",
    ]
  }

  /// Whether the page came from this daemon, by whatever name it was asked; TLS may end at a proxy before it.
  private func isOwn(_ origin: String, _ head: HTTPRequest) -> Bool {
    guard let authority = head.authority?.lowercased() else { return false }
    return origin == "http://\(authority)" || origin == "https://\(authority)"
  }
}
