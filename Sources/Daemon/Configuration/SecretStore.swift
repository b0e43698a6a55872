// What stands for a secret in a text, and the secrets found.
import Settings

/// Replaces `${env:NAME}` and `${file:PATH}` in texts, and keeps what they stood for, to hide it.
///
/// Used by one thread, while settings are read.
final class SecretStore {
  private let environment: [String: String]
  /// All that was found so far.
  private(set) var found: Set<String> = []

  /// The longest secret, in bytes.
  private static let limit = 16_384

  init(environment: [String: String]) { self.environment = environment }

  /// The text with its secrets in place; `$${` stays as `${`.
  ///
  /// - Throws: `SettingsError.setting` that names a secret that is not there.
  func expand(_ text: String) throws(SettingsError) -> String {
    var (result, rest) = ("", text[...])
    while let start = rest.firstRange(of: "${") {
      let before = rest[..<start.lowerBound]
      if before.hasSuffix("$") {
        result += before.dropLast() + "${"
        rest = rest[start.upperBound...]
        continue
      }
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
        throw .setting(name: "", reason: "has '${' without '}'; write $${ for the characters themselves")
      }
      result += before + (try secret(String(rest[start.upperBound..<end])))
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// - Parameter name: `env:NAME` or `file:PATH`.
  private func secret(_ name: String) throws(SettingsError) -> String {
    let value: String
    if name.hasPrefix("env:") {
      guard let text = environment[String(name.dropFirst(4))] else {
        throw .setting(name: "", reason: "needs ${\(name)}, but there is no such environment variable")
      }
      value = text
    } else if name.hasPrefix("file:") {
      value = try contents(of: String(name.dropFirst(5)), name)
    } else {
      throw .setting(name: "", reason: "has ${\(name)}, which is neither ${env:NAME} nor ${file:PATH}")
    }
    guard !value.isEmpty else { throw .setting(name: "", reason: "needs ${\(name)}, which is empty") }
    found.insert(value)
    return value
  }

  private func contents(of path: String, _ name: String) throws(SettingsError) -> String {
    do {
      let text = try ConfigurationText.read(path, limit: Self.limit)
      let end = text.lastIndex { !$0.isWhitespace }
      return end.map { String(text[...$0]) } ?? ""
    } catch {
      throw .setting(name: "", reason: "needs ${\(name)}, which \(error.reason)")
    }
  }
}
