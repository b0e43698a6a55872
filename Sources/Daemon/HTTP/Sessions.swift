// Browsers that have shown the token: <img> and fetch cannot both send it, a cookie goes with either.
import Synchronization

/// Sessions by their random names.
final class Sessions: Sendable {
  static let cookie = "verge_session"
  /// A session that is not used for so long is over.
  private static let lifetime = Duration.seconds(3600)
  /// More than people watch; the one that is unused for longest makes room.
  private static let limit = 256

  private let used = Mutex<[String: ContinuousClock.Instant]>([:])

  /// - Returns: the new session's name: 256 bits from the system's source of randomness.
  func open() -> String {
    let name = Self.random()
    used.withLock { used in
      used = used.filter { $0.value.duration(to: .now) < Self.lifetime }
      if used.count >= Self.limit, let oldest = used.min(by: { $0.value < $1.value }) { used[oldest.key] = nil }
      used[name] = .now
    }
    return name
  }

  /// Ends the session that the `Cookie` field names.
  func close(cookie: String?) {
    guard let name = Self.name(in: cookie) else { return }
    used.withLock { $0[name] = nil }
  }

  /// Whether the `Cookie` field names a session; asking keeps it alive.
  func isOpen(cookie: String?) -> Bool {
    guard let name = Self.name(in: cookie) else { return false }
    return used.withLock { used in
      guard let last = used[name], last.duration(to: .now) < Self.lifetime else { return false }
      used[name] = .now
      return true
    }
  }

  /// The `Set-Cookie` field that makes a browser keep a session, or with nil forget it.
  static func field(_ name: String?) -> String {
    "\(cookie)=\(name ?? ""); Path=/; HttpOnly; SameSite=Strict" + (name == nil ? "; Max-Age=0" : "")
  }

  /// 64 hexadecimal digits that nobody can guess.
  static func random() -> String {
    var source = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(source.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  private static func name(in field: String?) -> String? {
    field?.split(separator: ";").lazy.map { $0.drop { $0 == " " } }.first { $0.hasPrefix("\(cookie)=") }
      .map { String($0.dropFirst(cookie.count + 1)) }
  }
}
