// The configuration: what is read, and what is refused with which words.
import Foundation
import Settings
import Testing

@testable import Daemon

/// What is wrong with a configuration, a line each; "nothing" for nothing.
func refusal(_ yaml: String, environment: [String: String] = [:]) -> String {
  do throws(SettingsError) {
    _ = try DaemonConfiguration.read(yaml, from: "v.yaml", environment: environment)
    return "nothing"
  } catch {
    return error.description
  }
}

@Suite struct ConfigurationTests {
  @Test func theSmallestOneReads() throws {
    let text = """
      http: { address: 127.0.0.1, port: 8080 }
      defaults: { model: road, max_age: 200ms }
      streams:
        front:
          source: rtsp://127.0.0.1:8554/front     # or a file
          outputs: [ recordings/front.mp4, "udp://127.0.0.1:9000?pkt_size=1316" ]
      """
    let settings = try DaemonConfiguration.read(text, from: "verge.yaml")
    var front = StreamSettings()
    front.source = "rtsp://127.0.0.1:8554/front"
    front.outputs = ["recordings/front.mp4", "udp://127.0.0.1:9000?pkt_size=1316"]
    var expected = DaemonSettings()
    expected.streams = ["front": front]
    #expect(settings == expected)
  }

  @Test func defaultsLieUnderEveryStream() throws {
    let text = """
      defaults: { fps: 10, overlay: { alpha: 0.3, hud: true }, classes: [road] }
      streams:
        a: { source: a.mp4 }
        b: { source: b.mp4, overlay: { alpha: 0.7 }, classes: [], fps: 0 }
      """
    let settings = try DaemonConfiguration.read(text, from: "v.yaml")
    let (a, b) = (try #require(settings.streams["a"]), try #require(settings.streams["b"]))
    #expect(a.fps == 10 && a.overlay.alpha == 0.3 && a.overlay.hud && a.classes == ["road"])
    #expect(b.fps == 0 && b.overlay.alpha == 0.7 && b.overlay.hud && b.classes.isEmpty)
    #expect(settings.defaults.fps == 10)
  }

  @Test(arguments: ["", "# nothing\n", "streams:\n", "http:\nlog:\nnetwork:\ndefaults:\nstreams: {}\n", "---\n"])
  func nothingIsTheDefaults(text: String) throws {
    #expect(try DaemonConfiguration.read(text, from: "v.yaml") == DaemonSettings())
  }

  @Test(arguments: [
    (
      "streams:\n  front:\n    sorce: x\n    source: y",
      "v.yaml:3: unknown key 'sorce' in streams.front; did you mean 'source'?"
    ),
    ("steams: {}", "v.yaml:1: unknown key 'steams'; did you mean 'streams'?"),
    ("http: {prot: 1}", "v.yaml:1: unknown key 'prot' in http; did you mean 'port'?"),
    ("http: {port: many}", "v.yaml:1: http.port must be a whole number, not 'many'"),
    ("http: {port: 70000}", "v.yaml:1: http.port must be from 0 to 65535, not 70000"),
    ("http: {address: 0.0.0.0}", "v.yaml:1: http.address is 0.0.0.0, which other machines reach: set http.token"),
    ("http: {address: 127.0.0.1.example.org}", "which other machines reach"),
    ("http: {address: 'a b'}", "http.address must be an address"),
    ("http: {token: 'a b'}", "v.yaml:1: http.token must be of visible ASCII characters without spaces"),
    ("http: {origins: [example.org]}", "http.origins must be of the form https://HOST"),
    ("http: {origins: ['https://a/']}", "http.origins must be of the form https://HOST"),
    ("http: {timeout: 0s}", "http.timeout must be from 100ms to 10m, not 0s"),
    ("log: {level: inof}", "log.level must be one of trace, debug, info"),
    ("log: {format: yaml}", "log.format must be one of text, json"),
    ("network: {threads: -1}", "network.threads must be from 0 to 256, not -1"),
    ("network: {cpu: avx3}", "network.cpu must be one of c, avx2"),
    ("defaults:\n  overlay: {alpha: 1.5}", "v.yaml:2: defaults.overlay.alpha must be from 0.0 to 1.0, not 1.5"),
    ("defaults: {max_age: soon}", "defaults.max_age must be a length of time such as 200ms, 5s or 10m, not 'soon'"),
    ("defaults: {max_age: 0}", "defaults.max_age must be from 1ms to 60m, not 0s"),
    ("defaults: {fps: -1}", "defaults.fps must be from 0.0 to 1000.0, not -1.0"),
    ("defaults: {size: large}", "defaults.size must be WIDTHxHEIGHT such as 480x352, not 'large'"),
    ("defaults: {raw: large}", "defaults.raw must look like 1280x720"),
    ("defaults: {transport: upd}", "defaults.transport must be one of tcp, udp; 'upd' is most like udp"),
    ("defaults: {priority: 0}", "defaults.priority must be above 0"),
    ("defaults: {enabled: yes}", "defaults.enabled must be true or false, not 'yes'"),
    ("defaults: {outputs: a.mp4}", "defaults.outputs must be a list, such as [a, b], not 'a.mp4'"),
    ("defaults: {outputs: ['']}", "defaults.outputs must be URLs and paths"),
    ("defaults: {source: \"a\\nb\"}", "defaults.source must be one line of text"),
    ("defaults: {encoder: {codec: copy}}", "defaults.encoder.codec must be an encoder"),
    ("defaults: {encoder: {crf: 64}}", "defaults.encoder.crf must be from 0.0 to 63.0"),
    ("defaults: {reconnect: {first: 1m}}", "defaults.reconnect.longest must be at least first, 60s, not 30s"),
    ("defaults: {recording: {keep: 1m}}", "defaults.recording.keep must be 0s or at least a file's length"),
    ("defaults: {hls: {count: 1}}", "defaults.hls.count must be from 2 to 1000, not 1"),
    ("defaults: {shadow: {share: 2}}", "defaults.shadow.share must be from 0.0 to 1.0, not 2.0"),
    ("streams: [a]", "v.yaml:1: streams must be a group of names, not [a]"),
    ("streams:\n  front:", "v.yaml:2: streams.front.source is missing"),
    (
      "streams:\n  'a b': {source: x}", "v.yaml:2: a stream's name must be 1 to 64 of A-Z, a-z, 0-9, _ and -, not 'a b'"
    ),
    ("streams: {'': {source: x}}", "a stream's name must be"),
    ("streams:\n  a: {source: x}\n  a: {source: y}", "says 'a' twice"),
  ])
  func whatIsWrongIsToldWithItsLine(yaml: String, words: String) {
    let said = refusal(yaml)
    #expect(said.contains(words) && !said.contains("\n"), "\(said)")
  }

  @Test func aStreamIsAGroup() {
    #expect(refusal("streams:\n  front: 3").hasPrefix("v.yaml:2: streams.front must be a group of keys, not '3'\n"))
  }

  @Test func everythingThatIsWrongIsTold() {
    let said = refusal(
      """
      http: { port: x, adress: y }
      defaults: { fps: -1 }
      streams:
        a: { source: a.mp4, overlay: { alpha: 7 } }
        b: { fps: many, sizes: 3 }
      """)
    #expect(
      said.split(separator: "\n") == [
        "v.yaml:1: http.port must be a whole number, not 'x'",
        "v.yaml:1: unknown key 'adress' in http; did you mean 'address'?",
        "v.yaml:2: defaults.fps must be from 0.0 to 1000.0, not -1.0",
        "v.yaml:4: streams.a.overlay.alpha must be from 0.0 to 1.0, not 7.0",
        "v.yaml:5: streams.b.fps must be a number, not 'many'",
        "v.yaml:5: unknown key 'sizes' in streams.b; did you mean 'size'?",
        "v.yaml:5: streams.b.source is missing: a stream needs a URL, a file or a device",
      ])
  }

  @Test(arguments: [
    ("[out/a.mp4]", "[./out/../out/a.mp4]", true), ("[a.mp4, a.mp4]", "[]", true), ("[a.mp4]", "[b.mp4]", false),
    ("['udp://127.0.0.1:9000?pkt_size=1316']", "['UDP://127.0.0.1:9000']", true),
    ("['rtsp://h/a']", "['rtsp://h/b']", false),
  ])
  func noTwoStreamsWriteTheSame(first: String, second: String, isRefused: Bool) {
    let said = refusal(
      "streams:\n  a:\n    source: x\n    outputs: \(first)\n  b:\n    source: y\n    outputs: \(second)\n")
    #expect(said.contains("writes already") == isRefused, "\(said)")
    if isRefused, second != "[]" { #expect(said.hasPrefix("v.yaml:7: streams.b.outputs has ")) }
  }

  @Test func onlyOneStreamReadsStandardInput() {
    #expect(
      refusal("streams:\n  a: {source: '-'}\n  b: {source: '-'}\n")
        == "v.yaml:3: streams.b.source is -, which a reads already")
  }

  @Test func aTokenOpensOtherAddresses() throws {
    let settings = try DaemonConfiguration.read("http: {address: '::', token: abcdefgh}", from: "v.yaml")
    #expect(!settings.http.isLoopback && settings.http.token == "abcdefgh")
    for address in ["127.0.0.1", "127.9.9.9", "::1", "localhost"] {
      #expect(refusal("http: {address: '\(address)'}") == "nothing")
    }
  }
}

@Suite struct ConfigurationFileTests {
  @Test func badFilesAreOneLine() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }  // what is left behind harms nobody
    let files: [(name: String, data: Data, words: String)] = [
      ("binary", Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 128) }), "is not UTF-8 text"),
      ("zeros", Data(count: 5000), "no YAML"),
      ("large", Data(repeating: 0x23, count: 2 << 20), "is longer than 1024 KiB"),
      ("deep", Data(String(repeating: "{a: ", count: 100_000).utf8), "no YAML"),
      ("tabs", Data("http:\n\tport: 1\n".utf8), ":2: no YAML"),
    ]
    for file in files {
      let url = folder.appending(path: file.name)
      try file.data.write(to: url)
      let said = refusal(ofFile: url.path)
      #expect(said.hasPrefix(url.path) && said.contains(file.words) && !said.contains("\n"), "\(said.prefix(300))")
    }
    #expect(refusal(ofFile: folder.path).hasSuffix("cannot be read: Is a directory"))
    #expect(refusal(ofFile: folder.path + "/none.yaml").hasSuffix("cannot be read: No such file or directory"))
    #expect(refusal(ofFile: "/dev/zero").hasSuffix("is longer than 1024 KiB"))
  }

  @Test func aByteOrderMarkIsNoText() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: url) }  // what is left behind harms nobody
    try (Data([0xEF, 0xBB, 0xBF]) + Data("http: {port: 9}\r\n".utf8)).write(to: url)
    #expect(try DaemonConfiguration.read(path: url.path, environment: [:]).http.port == 9)
  }

  @Test func theEnvironmentNamesTheFile() throws {
    #expect(try DaemonConfiguration.find("a.yaml", environment: ["VERGE_CONFIG": "b.yaml"]) == "a.yaml")
    #expect(try DaemonConfiguration.find(environment: ["VERGE_CONFIG": "b.yaml"]) == "b.yaml")
  }

  private func refusal(ofFile path: String) -> String {
    do throws(SettingsError) {
      _ = try DaemonConfiguration.read(path: path, environment: [:])
      return "nothing"
    } catch {
      return error.description
    }
  }
}
