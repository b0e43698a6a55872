// Sources that change while they are open, and come back with sound.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized, .enabled(if: Judge.hasFFmpeg, "needs ffmpeg")) struct RecoveryServeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let sound = "-f lavfi -i sine=sample_rate=48000"

  /// Another codec and size on the same port, without a pause that would count as an end.
  @Test func anotherCodecInTheSameStreamIsTakenUp() throws {
    let port = try freePort()
    let daemon = try Daemon(
      """
      defaults: { size: 96x64, reconnect: { stall: 1s, first: 50ms, longest: 100ms } }
      streams: { front: { source: "udp://127.0.0.1:\(port)", outputs: [rec/front.mp4], encoder: { preset: ultrafast } } }
      """, in: folder)
    let to = "-f mpegts udp://127.0.0.1:\(port)?pkt_size=1316"
    let first = try Peer("\(Peer.camera) \(to)", in: folder)
    #expect(daemon.waits { $0.shown("front") > 15 })
    #expect(daemon.stream("front")["size"] as? String == "320x192")
    let second = try Peer(
      "ffmpeg -v error -re -f lavfi -i testsrc=size=256x144:rate=15 -c:v mpeg2video -g 15 -pix_fmt yuv420p \(to)",
      in: folder)
    first.end()
    let shown = daemon.shown("front")
    #expect(daemon.waits { $0.stream("front")["size"] as? String == "256x144" && $0.shown("front") > shown + 15 })
    #expect(daemon.reconciles("front") && daemon.reconnects("front") >= 1)
    #expect(try daemon.end().status == 0)
    second.end()
    // Another size is another recording; both play.
    let recordings = try folder.names(in: "rec")
    #expect(recordings.count >= 2)
    for name in recordings { #expect(try FFmpeg.frameCount(folder["rec/" + name]) > 0, "\(name)") }
  }

  @Test func soundWithoutPicturesIsNoSignal() throws {
    let port = try freePort()
    let daemon = try Daemon(
      """
      defaults: { size: 96x64, reconnect: { stall: 1500ms, first: 50ms, longest: 100ms } }
      streams: { front: { source: "udp://127.0.0.1:\(port)" } }
      """, in: folder)
    let camera = try Peer(
      "ffmpeg -v error -re \(Self.sound) -f lavfi -t 2 -i testsrc=size=320x192:rate=15 -c:v libx264 -preset ultrafast "
        + "-tune zerolatency -g 15 -pix_fmt yuv420p -c:a aac -f mpegts udp://127.0.0.1:\(port)?pkt_size=1316",
      in: folder)
    #expect(daemon.waits { $0.shown("front") > 10 })
    #expect(daemon.waits { $0.lastError("front").contains("no picture for") }, "\(daemon.lastError("front"))")
    camera.end()
    #expect(try daemon.end().status == 0)
  }

  @Test func aSourceWithSoundThatComesBackGoesOnInItsRecording() throws {
    let port = try freePort()
    let daemon = try Daemon(
      """
      defaults: { size: 96x64, reconnect: { first: 20ms, longest: 50ms } }
      streams:
        front: { source: "tcp://127.0.0.1:\(port)", outputs: [rec/front.mp4], encoder: { preset: ultrafast } }
      """, in: folder)
    for round in 0..<3 {
      let shown = daemon.shown("front")
      let camera = try Peer(
        "ffmpeg -v error -re -f lavfi -i testsrc=size=320x192:rate=15 \(Self.sound) -c:v libx264 -preset ultrafast "
          + "-tune zerolatency -g 15 -pix_fmt yuv420p -c:a aac -f mpegts tcp://127.0.0.1:\(port)?listen=1", in: folder)
      #expect(daemon.waits { $0.shown("front") > shown + 20 }, "round \(round): \(daemon.lastError("front"))")
      camera.end()
      #expect(daemon.waits { $0.state("front") == "reconnecting" })
    }
    let output = try #require(daemon.outputs("front").first)
    #expect(output.reconnects == 0 && output.error.isEmpty)
    #expect(try daemon.end().status == 0)
    let recordings = try folder.names(in: "rec")
    #expect(recordings.count == 1)
    let file = folder["rec/" + (recordings.first ?? "")]
    let seconds = try FFmpeg.probe(file, "-select_streams", "a:0", entries: "packet=dts_time").compactMap { Double($0) }
    #expect(seconds.count > 100 && zip(seconds, seconds.dropFirst()).allSatisfy { $0 < $1 }, "\(seconds.count)")
  }
}
