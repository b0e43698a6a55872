// etc/verge.yaml says of every option what the program says.
import Foundation
import Settings
import Testing

@testable import Daemon

@Suite struct ConfigurationExampleTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private var text: String {
    get throws { try String(contentsOf: root.appending(path: "etc/verge.yaml"), encoding: .utf8) }
  }

  /// The lines of options as they should be: groups bare, keys behind `#`.
  private var expected: [String] {
    DaemonPart().yaml.split(separator: "\n").filter { !$0.hasPrefix("streams:") }.map { line in
      let indent = line.prefix { $0 == " " }
      let isGroup = line.firstMatch(of: /^ *[a-z_]+:(?: +#|$)/) != nil
      return isGroup ? String(line) : indent + "#" + line.dropFirst(indent.count)
    }
  }

  @Test func itShowsEveryOptionWithDefaultAndNote() throws {
    let lines = try text.split(separator: "\n").map(String.init)
    let options = lines.filter { $0.firstMatch(of: /^ *#?[a-z_]+:/) != nil && !$0.hasPrefix("streams:") }
    let missing = expected.filter { !options.contains($0) }
    let unknown = options.filter { !expected.contains($0) }
    #expect(missing.isEmpty, "missing in etc/verge.yaml:\n\(missing.joined(separator: "\n"))")
    #expect(unknown.isEmpty, "in etc/verge.yaml, but not in the program:\n\(unknown.joined(separator: "\n"))")
    #expect(options == expected)
  }

  @Test func everyOptionHasANote() {
    for line in expected { #expect(line.contains(" # "), "\(line)") }
  }

  @Test func itIsADaemonOfDefaultsWithoutStreams() throws {
    #expect(try DaemonConfiguration.read(text, from: "verge.yaml") == DaemonSettings())
  }

  @Test func withEveryOptionUncommentedItIsTheSame() throws {
    let bare = try text.split(separator: "\n").map { $0.replacing(/^( *)#(?=[a-z_]+:)/) { String($0.1) } }
    #expect(try DaemonConfiguration.read(bare.joined(separator: "\n"), from: "verge.yaml") == DaemonSettings())
  }

  @Test func itsExamplesAreRight() throws {
    let bare = try text.split(separator: "\n").map { $0.replacing(/^#(?=  )/, with: "") }
    let key = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString)")
    try Data("key-of-a-stream".utf8).write(to: key)
    defer { try? FileManager.default.removeItem(at: key) }  // what is left behind harms nobody
    let yaml = bare.joined(separator: "\n").replacing("/etc/verge/stream-key", with: key.path)
    let settings = try DaemonConfiguration.read(yaml, from: "verge.yaml", environment: ["GATE_PASSWORD": "open-it"])
    #expect(
      settings.streams.count == 2 && settings.streams["gate"]?.redactedSource == "rtsp://***@192.168.1.20/stream1")
  }
}
