// verge doctor --config: what serve would say, and what the streams need.
import Foundation
import Testing

@Suite struct DoctorConfigurationTests {
  @Test func everythingThatIsWrongIsToldAtOnce() throws {
    let folder = try Folder()
    try Data("http: {prot: 1}\nstreams:\n  a: {sorce: x}\n".utf8).write(to: folder["v.yaml"])
    let run = try Program.run("doctor", "--quick", "--config", "v.yaml", in: folder)
    #expect(run.status == 1)
    for words in [
      "problem: v.yaml:1: unknown key 'prot' in http; did you mean 'port'?",
      "problem: v.yaml:3: unknown key 'sorce' in streams.a; did you mean 'source'?",
      "problem: v.yaml:3: streams.a.source is missing",
    ] { #expect(run.text.contains(words), "\(run.text)") }
  }

  @Test func whatStreamsNameIsLookedFor() throws {
    let folder = try Folder()
    let text = """
      streams:
        a: { source: none.mp4, model: raod, outputs: [v.yaml/a.mp4] }
        b: { source: "rtsp://u:pw1234@h/x?token=abcd", classes: [raod], outputs: [out/b.mp4], encoder: { codec: libx265x } }
        c: { source: "scenes:", shadow: { model: ./none.safetensors }, enabled: false }
      """
    try Data(text.utf8).write(to: folder["v.yaml"])
    let run = try Program.run("doctor", "--quick", "--config", "v.yaml", in: folder)
    #expect(run.status == 1)
    for words in [
      "stream a: the source none.mp4 cannot be read: No such file", "stream a: ", "raod",
      "stream a: nothing can be written to v.yaml/a.mp4: v.yaml is no folder",
      "stream b: model road has no class 'raod'", "stream b: FFmpeg has no encoder 'libx265x' here",
      "stream c: ./none.safetensors", "c (off)", "3 streams, API at 127.0.0.1:8080", "rtsp://***@h/x?token=***",
    ] { #expect(run.text.contains(words), "\(words) in \(run.text)") }
    #expect(!run.text.contains("pw1234") && !run.text.contains("abcd"))
  }

  @Test func aSoundOneIsNoProblem() throws {
    let folder = try Folder()
    try Data("streams: {a: {source: 'scenes:', outputs: [out/a.mp4]}}\n".utf8).write(to: folder["v.yaml"])
    let run = try Program.run("doctor", "--quick", "--json", "--config", "v.yaml", in: folder)
    let doctor = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    let configuration = try #require(doctor["configuration"] as? [String: Any])
    #expect((configuration["problems"] as? [String]) == [] && (configuration["streams"] as? [Any])?.count == 1)
  }

  @Test func aFileThatIsNotThereIsAProblem() throws {
    let run = try Program.run("doctor", "--quick", "--config", "/nowhere/v.yaml")
    #expect(run.status == 1 && run.text.contains("problem: /nowhere/v.yaml: cannot be read: No such file or directory"))
  }
}
