// What new settings mean for a stream that runs, and settings that come over the API.
import Foundation
import Settings
import Testing

@testable import Daemon

@Suite struct SettingsChangeTests {
  private func read(_ yaml: String) throws -> DaemonSettings { try DaemonConfiguration.read(yaml, from: "v.yaml") }

  @Test func eachStreamIsTouchedAsLittleAsPossible() throws {
    let old = try read(
      "streams: {a: {source: x}, b: {source: x}, c: {source: x}, d: {source: x}, e: {source: x}}")
    let new = try read(
      """
      http: { port: 1 }
      streams:
        a: { source: x }
        b: { source: x, overlay: { alpha: 1 }, classes: [road] }
        c: { source: x, model: carla, shadow: { model: road }, overlay: { hud: true } }
        d: { source: y, model: carla }
        f: { source: x }
      """)
    #expect(
      old.changes(to: new) == ["a": .unchanged, "b": .looks, "c": .models, "d": .restart, "e": .removed, "f": .added])
    #expect(old.groupsForRestart(to: new) == ["http"])
  }

  @Test func anotherSecretOfTheSameTextChangesNothing() {
    var other = StreamSettings()
    other.secrets = ["abcd"]
    #expect(StreamSettings().change(to: other) == .unchanged)
  }

  @Test func everyPropertyButSecretsIsAKey() {
    let names = Mirror(reflecting: StreamSettings()).children.compactMap(\.label)
    #expect(names == StreamSettings.CodingKeys.allCases.map(\.rawValue) + ["secrets"])
  }
}

@Suite struct RequestSettingsTests {
  private func refusal(_ body: () throws(DaemonError) -> Void) -> String {
    do throws(DaemonError) {
      try body()
      return "nothing"
    } catch {
      return error.description
    }
  }

  @Test func aRequestAddsAStream() throws {
    var defaults = StreamSettings()
    defaults.fps = 5
    let json = "{\"name\": \"front\", \"source\": \"a\\/b.mp4\",\n\t\"overlay\": {\"alpha\": 0.1}}"
    let (name, settings) = try StreamSettings.added(by: json, defaults: defaults)
    #expect(name == "front" && settings.source == "a/b.mp4" && settings.fps == 5 && settings.overlay.alpha == 0.1)
    #expect(try StreamSettings.added(by: "name: '7'\nsource: '8'", defaults: defaults).settings.source == "8")
  }

  @Test(arguments: [
    ("", "request: name is missing"), ("[]", "request: name is missing"),
    ("{\"name\": \"a\"}", "request: source is missing"),
    ("{\"name\": \"a/b\", \"source\": \"x\"}", "request: a stream's name must be"),
    ("{\"name\": [], \"source\": \"x\"}", "request: name is missing"),
    ("{\"name\": \"a\", \"sorce\": \"x\"}", "request: unknown key 'sorce'; did you mean 'source'?"),
    ("{\"name\": \"a\", \"source\": {}}", "request: source must be text, not {}"),
    ("{\"name\": \"a\", \"source\": \"${file:/etc/shadow}\"}", "secrets can be named in the configuration file only"),
    ("{\"name\": \"a\", \"source\": \"x\", \"fps\": -1}", "request: fps must be from 0.0 to 1000.0, not -1.0"),
    ("{\"name\": ", "no YAML"), ("\u{0}", "no YAML"), ("name: a\nname: b", "says 'name' twice"),
  ])
  func aWrongRequestIsExplained(text: String, words: String) {
    let said = refusal { () throws(DaemonError) in
      _ = try StreamSettings.added(by: text, defaults: StreamSettings())
    }
    #expect(said.hasPrefix("request") && said.contains(words), "\(said)")
  }

  @Test func charactersOfJSONAreRead() throws {
    let json = #"{"name": "a", "source": "\ud83d\ude97 \u00fc \\u00fc.mp4", "classes": ["\u0041"], "fps": 2.5}"#
    let settings = try StreamSettings.added(by: json, defaults: StreamSettings()).settings
    #expect(settings.source == #"🚗 ü \u00fc.mp4"# && settings.classes == ["A"] && settings.fps == 2.5)
    #expect(
      refusal { () throws(DaemonError) in _ = try settings.changed(by: #"{"size": "\ud83d"}"#) }.hasPrefix("request"))
  }

  @Test func aStreamThatComesMustNotWriteWhatAnotherDoes() throws {
    var a = StreamSettings()
    (a.source, a.outputs) = ("x", ["out/a.mp4"])
    var b = a
    #expect(
      refusal { () throws(DaemonError) in try StreamConflicts.check("b", b, among: ["a": a]) }
        == "b: outputs has out/a.mp4, which a writes already")
    b.outputs = ["out/b.mp4"]
    #expect(refusal { () throws(DaemonError) in try StreamConflicts.check("b", b, among: ["a": a]) } == "nothing")
    #expect(refusal { () throws(DaemonError) in try StreamConflicts.check("a", a, among: ["a": b]) } == "nothing")
  }

  @Test func aRequestIsLaidOverWhatIsThere() throws {
    var settings = StreamSettings()
    (settings.source, settings.outputs, settings.secrets) = ("123", ["null:", "5.mp4"], ["abcd"])
    settings.format = "null"
    settings.reconnect.stall = TimeSpan(seconds: 0.25)
    let changed = try settings.changed(by: "{\"overlay\": {\"hud\": true}, \"max_age\": \"1s\"}")
    var expected = settings
    expected.overlay.hud = true
    expected.maxAge = TimeSpan(seconds: 1)
    #expect(changed == expected)
    #expect(try settings.changed(by: "") == settings)
    #expect(refusal { () throws(DaemonError) in _ = try settings.changed(by: "source: ''") }.contains("source must be"))
    #expect(
      refusal { () throws(DaemonError) in _ = try settings.changed(by: "[1]") }.contains("must be a group of keys"))
  }
}
