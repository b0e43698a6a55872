// The daemon's end while it has all hands full.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct StopServeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let names = ["front", "rear", "side"]

  /// More frames than the machine has time for; for each stream a recording that is cut over and over, HLS and records.
  private func loaded() throws -> Daemon {
    let streams = Self.names.map { name in
      "  \(name): { source: 'scenes:320x192@30', outputs: [rec/\(name).mp4, hls/\(name).m3u8, \(name).jsonl] }"
    }
    let daemon = try Daemon(
      """
      defaults: { recording: { every: 2s }, hls: { segment: 1s }, encoder: { keyframes: 500ms } }
      streams:
      \(streams.joined(separator: "\n"))
      """, in: folder)
    // The newest recording of each stream has something in it as well.
    try #require(
      daemon.waits { _ in
        let sizes = recordings().mapValues { $0.map(size) }
        return sizes.count == Self.names.count && sizes.values.allSatisfy { $0.count >= 2 && $0.last ?? 0 > 0 }
      }, "\(daemon.program.talkSoFar)")
    return daemon
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffprobe")) func everyRecordingIsFinishedUnderLoad() throws {
    let daemon = try loaded()
    let begin = ContinuousClock.now
    let run = try daemon.end()
    #expect(run.status == 0, "\(run.talk)")
    #expect(ContinuousClock.now - begin < .seconds(11), "the limit is 10 s")
    for file in recordings().values.joined() {
      #expect(try FFmpeg.frameCount(file) > 0, "\(file.lastPathComponent)")
      #expect(try FFmpeg.complaints(about: file) == "", "\(file.lastPathComponent)")
      #expect(try isOrdinary(file), "\(file.lastPathComponent) is still in fragments")
    }
    for name in Self.names {
      #expect(try String(contentsOf: folder["hls/\(name).m3u8"], encoding: .utf8).contains("#EXT-X-ENDLIST"))
      #expect(try String(contentsOf: folder["\(name).jsonl"], encoding: .utf8).hasSuffix("}\n"))
    }
  }

  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffprobe")) func everyRecordingPlaysAfterAKillUnderLoad() throws {
    let daemon = try loaded()
    daemon.program.send(SIGKILL)
    _ = try daemon.program.wait()
    for (name, files) in recordings() {
      #expect(files.count >= 2)
      // One that was begun in the moment of the kill may have nothing in it yet.
      for file in files where file != files.last || size(file) > 0 {
        #expect(try FFmpeg.frameCount(file) > 0, "\(file.lastPathComponent)")
      }
      let lines = try String(contentsOf: folder["\(name).jsonl"], encoding: .utf8).split(separator: "\n")
      #expect(
        try lines.dropLast().allSatisfy { try JSONSerialization.jsonObject(with: Data($0.utf8)) is [String: Any] })
    }
  }

  /// The recordings by stream, oldest first.
  private func recordings() -> [String: [URL]] {
    let names = ((try? folder.names(in: "rec")) ?? []).filter { $0.hasSuffix(".mp4") }  // no folder yet: none
    return Dictionary(grouping: names.map { folder["rec/" + $0] }) { String($0.lastPathComponent.prefix { $0 != "-" }) }
  }

  private func size(_ file: URL) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0  // gone: nothing in it
  }

  /// Whether an MP4 has its index first and no fragments.
  private func isOrdinary(_ file: URL) throws -> Bool {
    let bytes = try Data(contentsOf: file)
    return bytes.range(of: Data("moof".utf8)) == nil && bytes.range(of: Data("moov".utf8)) != nil
  }
}
