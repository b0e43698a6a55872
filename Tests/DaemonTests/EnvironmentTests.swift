// Settings from environment variables, and secrets.
import Foundation
import Settings
import Testing

@testable import Daemon

@Suite struct EnvironmentTests {
  private let yaml = "http: {port: 1}\nstreams:\n  front-left: {source: a.mp4}\n  back: {source: b.mp4}\n"

  @Test func variablesOverrideKeys() throws {
    let environment = [
      "VERGE_HTTP_PORT": "9000", "VERGE_HTTP_BODY_LIMIT": "2048", "VERGE_STREAMS_FRONT_LEFT_SOURCE": "c: '#1'.mp4",
      "VERGE_STREAMS_BACK_OUTPUTS": "x.mp4, y.ts", "VERGE_STREAMS_FRONT_LEFT_OUTPUTS": "['p,q.mp4']",
      "VERGE_DEFAULTS_OVERLAY_ALPHA": "0.25", "VERGE_STREAMS_BACK_MAX_AGE": "1s", "VERGE_LOG_FORMAT": "json",
    ]
    let settings = try DaemonConfiguration.read(yaml, from: "v.yaml", environment: environment)
    #expect(settings.http.port == 9000 && settings.http.bodyLimit == 2048 && settings.log.format == "json")
    let (left, back) = (try #require(settings.streams["front-left"]), try #require(settings.streams["back"]))
    #expect(left.source == "c: '#1'.mp4" && left.outputs == ["p,q.mp4"] && left.overlay.alpha == 0.25)
    #expect(back.outputs == ["x.mp4", "y.ts"] && back.maxAge.seconds == 1)
  }

  @Test(arguments: [
    ("VERGE_HTTP_PORT", "x", "VERGE_HTTP_PORT: http.port must be a whole number, not 'x'"),
    ("VERGE_HTTP_PORT", "", "VERGE_HTTP_PORT: http.port must be a whole number, not nothing"),
    ("VERGE_HTTP_PORT", "99999", "VERGE_HTTP_PORT: http.port must be from 0 to 65535, not 99999"),
    ("VERGE_HTTP_PROT", "1", "VERGE_HTTP_PROT: no such setting; did you mean VERGE_HTTP_PORT?"),
    ("VERGE_HTPP_PORT", "1", "VERGE_HTPP_PORT: no such setting; did you mean VERGE_HTTP_PORT?"),
    ("VERGE_STREAMS_BACK_SORCE", "1", "did you mean VERGE_STREAMS_BACK_SOURCE?"),
    ("VERGE_STREAMS_BACK_OVERLAY_ALPHA", "2", "VERGE_STREAMS_BACK_OVERLAY_ALPHA: streams.back.overlay.alpha must be"),
    ("VERGE_STREAMS_BACK_OUTPUTS", "[a", "VERGE_STREAMS_BACK_OUTPUTS: no YAML"),
    ("VERGE_LOG", "debug", "did you mean VERGE_LOG_"), ("VERGE_STREAMS", "a", "VERGE_STREAMS: no such setting"),
  ])
  func aWrongVariableIsNamed(variable: String, value: String, words: String) {
    let said = refusal(yaml, environment: [variable: value])
    #expect(said.contains(words) && !said.contains("\n"), "\(said)")
  }

  @Test func variablesThatAreNoSettingsAreNotLookedAt() {
    let others = [
      "VERGE_CONFIG", "VERGE_PROGRAM", "VERGE_PEERS_PYTHON", "VERGE_FUZZ_SECONDS", "VERGE_FUZZ_SEED",
      "VERGE_SERVICE_HOST", "VERGE_PORT", "VERGE_PORT_8080_TCP", "PATH",
    ]
    #expect(refusal(yaml, environment: Dictionary(uniqueKeysWithValues: others.map { ($0, "x") })) == "nothing")
  }

  @Test func aVariableForTwoStreamsIsRefused() {
    let yaml = "streams:\n  a-b: {source: x}\n  a_b: {source: y}\n"
    #expect(refusal(yaml) == "nothing")
    #expect(
      refusal(yaml, environment: ["VERGE_STREAMS_A_B_FPS": "1"])
        == "VERGE_STREAMS_A_B_FPS: could mean each of the streams a-b, a_b; rename one")
  }
}

@Suite struct SecretTests {
  private func read(_ yaml: String, _ environment: [String: String]) throws -> DaemonSettings {
    try DaemonConfiguration.read(yaml, from: "v.yaml", environment: environment)
  }

  @Test func textsNameSecrets() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }  // what is left behind harms nobody
    try Data("from-a-file\n\n".utf8).write(to: file)
    let yaml = """
      http: { token: "${file:\(file.path)}" }
      defaults: { model: "$${x}" }
      streams:
        a: { source: "rtsp://u:${env:PASS}@cam/${env:KEY}", outputs: ["rtmp://live/app/${env:KEY}", b.mp4] }
      """
    let settings = try read(yaml, ["PASS": "pa55", "KEY": "stream-key", "VERGE_STREAMS_A_FORMAT": "${env:KEY}"])
    let a = try #require(settings.streams["a"])
    #expect(settings.http.token == "from-a-file" && a.model == "${x}" && a.format == "stream-key")
    #expect(a.source == "rtsp://u:pa55@cam/stream-key" && a.outputs == ["rtmp://live/app/stream-key", "b.mp4"])
    #expect(settings.secrets == ["from-a-file", "pa55", "stream-key"] && a.secrets == settings.secrets)
    #expect(a.redactedSource == "rtsp://***@cam/***")
    #expect(!String(describing: Redactor(settings)("\(a.outputs) \(a.source)")).contains("stream-key"))
  }

  @Test(arguments: [
    ("${env:NONE}", "v.yaml:2: streams.a.source needs ${env:NONE}, but there is no such environment variable"),
    ("${env:EMPTY}", "streams.a.source needs ${env:EMPTY}, which is empty"),
    (
      "${file:/nowhere/x}", "streams.a.source needs ${file:/nowhere/x}, which cannot be read: No such file or directory"
    ),
    ("${file:/dev/zero}", "which is longer than 16 KiB"), ("${file:/}", "which cannot be read: Is a directory"),
    ("${x}", "streams.a.source has ${x}, which is neither ${env:NAME} nor ${file:PATH}"),
    ("${env:A", "streams.a.source has '${' without '}'"),
  ])
  func aMissingSecretIsNamed(source: String, words: String) {
    let said = refusal("streams:\n  a: {source: '\(source)'}", environment: ["EMPTY": ""])
    #expect(said.split(separator: "\n").first?.contains(words) == true, "\(said)")
  }

  @Test func errorsTellNoSecrets() {
    let said = refusal(
      "log: {level: '${env:KEY}'}\ndefaults: {size: '${env:KEY}'}\nstreams: {a: {source: x, outputs: ['rtsp://u:pw1234@h/a', 'rtsp://u:pw1234@h/a']}}",
      environment: ["KEY": "hush-hush"])
    #expect(said.contains("***") && !said.contains("hush") && !said.contains("pw1234"), "\(said)")
  }
}
