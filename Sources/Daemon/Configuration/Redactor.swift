// Keeps credentials out of what people and programs get to see.

/// Hides secrets in texts: those of the configuration, credentials in URLs, and values of tokens in queries.
///
/// Hides too much rather than too little. Secrets of fewer than four characters stay, since hiding them would leave nothing
/// legible; they are no secrets anyway.
public struct Redactor: Sendable {
  /// What stands in place of a secret.
  public static let mark = "***"

  /// Longest first, so that a secret within another leaves no rest of it.
  private let secrets: [String]
  private static let shortest = 4
  /// No URL is longer.
  private static let longest = 2048

  /// - Parameter secrets: texts to hide wherever they occur.
  public init(secrets: some Sequence<String> = []) {
    self.secrets = Set(secrets).filter { $0.count >= Self.shortest }.sorted { ($1.count, $0) < ($0.count, $1) }
  }

  /// Hides the secrets of the configuration and its token.
  public init(_ settings: DaemonSettings) { self.init(secrets: settings.secrets.union([settings.http.token])) }

  /// The same with further secrets.
  func hiding(_ other: Redactor) -> Redactor { Redactor(secrets: secrets + other.secrets) }

  /// The text without what must not be seen.
  public func callAsFunction(_ text: String) -> String {
    var text = text
    for secret in secrets where text.contains(secret) { text = text.replacing(secret, with: Self.mark) }
    if text.contains("://") { text = Self.withoutCredentials(text) }
    return text.contains("=") ? Self.withoutTokens(text) : text
  }

  /// `rtsp://user:pass@host/` becomes `rtsp://***@host/`.
  private static func withoutCredentials(_ text: String) -> String {
    var (result, rest) = ("", text[...])
    while let start = rest.firstRange(of: "://") {
      result += rest[..<start.upperBound]
      rest = rest[start.upperBound...]
      guard let at = credentialsEnd(in: rest) else { continue }
      result += mark
      rest = rest[at...]
    }
    return result + rest
  }

  /// Where the `@` stands that ends the credentials of a URL's rest after `://`.
  private static func credentialsEnd(in rest: Substring) -> Substring.Index? {
    let url = rest.prefix(longest).prefix { !$0.isWhitespace && !"\"'<>".contains($0) }
    let authority = url.prefix { !"/?#".contains($0) }
    if let at = authority.lastIndex(of: "@") { return at }
    // A password may have a slash that somebody forgot to escape; what follows a host's colon is a number.
    guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]"),
      !authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
    else { return nil }
    return url.lastIndex(of: "@")
  }

  /// `?token=abc&x=1` becomes `?token=***&x=1`.
  private static func withoutTokens(_ text: String) -> String {
    var (result, rest) = ("", text[...])
    while let equals = rest.firstIndex(of: "=") {
      let end = rest.index(after: equals)
      let name = rest[..<equals].reversed().prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) }.reversed()
      result += rest[..<end]
      rest = rest[end...]
      guard isTelling(String(name)) else { continue }
      let value = rest.prefix { !$0.isWhitespace && !"&;,\"'<>#)]}".contains($0) }
      if !value.isEmpty { result += mark }
      rest = rest[value.endIndex...]
    }
    return result + rest
  }

  /// Whether a name is one of those that stand before secrets.
  private static func isTelling(_ name: String) -> Bool {
    let name = name.lowercased()
    let words = ["token", "secret", "pass", "pwd", "auth", "apikey", "api_key", "api-key", "credential", "signature"]
    return words.contains { name.contains($0) } || ["key", "sig", "streamid", "accesskey", "streamkey"].contains(name)
      || name.hasSuffix("_key") || name.hasSuffix("-key")
  }
}

extension StreamSettings {
  /// The source as it may be shown.
  public var redactedSource: String { Redactor(secrets: secrets)(source) }
}
