import Foundation
import Pipeline
import Settings
import Testing
import UNet

@testable import Daemon

@Suite(.timeLimit(.minutes(3)), .serialized) struct StreamTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func settings(_ source: String, _ outputs: [String] = []) -> StreamSettings {
    var settings = StreamSettings()
    (settings.source, settings.outputs, settings.size) = (source, outputs, "96x64")
    return settings
  }

  /// The shipped model's smallest input keeps the tests quick.
  private func started(_ settings: StreamSettings) throws -> Daemon.Stream {
    let stream = try Daemon.Stream("test", settings, environment())
    stream.start()
    return stream
  }

  @Test func scenesRunAndAreAccountedFor() throws {
    let stream = try started(settings("scenes:160x96@30"))
    #expect(soon { stream.now.state == .running && stream.now.frames.shown > 5 })
    #expect(stream.now.size == "160x96")
    let shares = stream.now.classes.map(\.share).reduce(0, +)
    #expect(abs(shares - 1) < 1e-6)
    #expect(stream.end())
    let frames = stream.now.frames
    #expect(frames.reconciles && frames.in >= frames.shown)
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffprobe")) func recordingsAreCutAndAllPlay() throws {
    var settings = settings("scenes:160x96@30", [folder("rec/front.mp4")])
    settings.recording.every.seconds = 1
    settings.encoder.keyframes.seconds = 0.5
    let stream = try started(settings)
    #expect(soon { folder.names(in: "rec").count >= 3 })
    #expect(stream.end())
    let names = folder.names(in: "rec")
    #expect(names.allSatisfy { $0.hasPrefix("front-2") && $0.hasSuffix(".mp4") })
    let counts = names.map { decodedFrames(folder("rec/" + $0)) }
    #expect(counts.allSatisfy { $0 > 0 }, "\(counts)")
    let status = stream.now
    #expect(counts.reduce(0, +) == status.outputs[0].frames)
    #expect(status.outputs[0].frames + status.outputs[0].dropped == status.frames.shown + status.placeholders)
  }

  @Test func recordsHaveALineAFrame() throws {
    let stream = try started(settings("scenes:160x96@30", [folder("front.jsonl")]))
    #expect(soon { stream.now.frames.shown > 10 })
    #expect(stream.end())
    let lines = try String(contentsOfFile: folder("front.jsonl"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == stream.now.frames.shown)
    let first = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    #expect((first["classes"] as? [String: Double])?["road"] != nil)
  }

  @Test func aMissingSourceIsTriedAgainAndOutputsWaitForItsFirstFrame() throws {
    var settings = settings(folder("pipe"), [folder("front.mp4")])
    settings.reconnect.first.seconds = 0.05
    settings.reconnect.longest.seconds = 0.1
    let stream = try started(settings)
    #expect(soon { stream.now.reconnects >= 3 })
    #expect(stream.now.state == .reconnecting)
    #expect(stream.now.lastError?.message.contains("pipe") == true)
    #expect(stream.end())
    #expect(stream.now.outputs[0].frames == 0 && folder.names().isEmpty)
  }

  @Test func aNamedPipeWithoutAWriterCanBeStopped() throws {
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    let stream = try started(settings(folder("pipe")))
    usleep(200_000)
    let begin = ContinuousClock.now
    #expect(stream.end())
    #expect(ContinuousClock.now - begin < .seconds(5))
  }

  @Test func pausedStreamsGoOnWhenTold() throws {
    let stream = try started(settings("scenes:160x96@30"))
    #expect(soon { stream.now.state == .running })
    stream.pause()
    #expect(soon { stream.now.state == .paused })
    let shown = stream.now.frames.shown
    usleep(300_000)
    #expect(stream.now.frames.shown == shown)
    stream.resume()
    #expect(soon { stream.now.frames.shown > shown && stream.now.state == .running })
    stream.restart()
    #expect(soon { stream.now.reconnects == 2 && stream.now.state == .running })
    #expect(stream.end())
  }

  @Test func theModelChangesBetweenTwoFrames() throws {
    let stream = try started(settings("scenes:160x96@30"))
    #expect(soon { stream.now.state == .running })
    let networks = environment().networks
    stream.segmenter.setShadow(Shadow(try networks.model("carla"), share: 1))
    #expect(soon { (stream.now.shadow?.frames ?? 0) > 3 })
    let shadow = try #require(stream.now.shadow)
    #expect(shadow.model == "carla" && shadow.disagreement > 0 && shadow.disagreement <= 1)
    let before = stream.now.frames
    stream.segmenter.change(to: try networks.model("carla"))
    #expect(soon { stream.now.classes.contains { $0.name == "lane line" } })
    let after = stream.now
    #expect(after.model == "carla" && after.frames.undecodable == before.undecodable && after.shadow == nil)
    #expect(stream.end())
  }

  @Test func looksActAtOnce() throws {
    let stream = try started(settings("scenes:160x96@30"))
    #expect(soon { stream.now.frames.shown > 1 })
    var look = OverlaySettings()
    look.alpha = 1
    stream.painter.change(look, classes: ["road"])
    #expect(soon { stream.now.classes.filter(\.painted).map(\.name) == ["road"] })
    #expect(stream.now.overlay.alpha == 1)
    let picture = try #require(stream.overlayPicture())
    #expect(picture.bytes.starts(with: [0xFF, 0xD8, 0xFF]))
    #expect(try #require(stream.maskPicture()).bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(stream.end())
  }

  @Test func viewersGetPicturesAndSlowOnesMissSome() async throws {
    let stream = try started(settings("scenes:160x96@30"))
    var indices: [Int] = []
    for await picture in stream.hub.viewers.pictures() {
      indices.append(picture.index)
      try await Task.sleep(for: .milliseconds(150))
      if indices.count == 4 { break }
    }
    #expect(zip(indices.dropFirst(), indices).allSatisfy { $0 > $1 })
    #expect(soon { stream.hub.viewers.count == 0 })
    #expect(stream.end())
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg")) func filesEndOrLoopWithTheirSound() throws {
    let clip = folder("clip.mp4")
    #expect(
      judge(
        "ffmpeg",
        [
          "-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x96:rate=30:duration=1", "-f", "lavfi", "-i",
          "sine=duration=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest", clip,
        ]) != nil)
    var once = settings(clip, [folder("once.mkv")])
    (once.loop, once.paced) = (false, false)
    let stream = try started(once)
    #expect(soon { stream.now.state == .ended })
    #expect(stream.now.frames.shown == 30)
    #expect(stream.end())
    let name = try #require(folder.names().first { $0.hasPrefix("once-") })
    #expect(decodedFrames(folder(name)) == 30)
    let kinds = judge("ffprobe", ["-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", folder(name)])
    #expect(kinds?.contains("audio") == true)
    let looped = try started(settings(clip))
    #expect(soon { looped.now.frames.shown > 45 })
    #expect(looped.now.reconnects == 0)
    #expect(looped.end())
  }
}
