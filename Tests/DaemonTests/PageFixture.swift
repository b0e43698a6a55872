// Streams with drawn pictures, for looking at the page.
import Daemon
import Foundation
import Frames
import Scenes
import Synchronization
import Video

@testable import Pipeline

/// Directories whose streams look like real ones.
enum PageFixture {
  /// Streams in each state that the page treats differently.
  static func directory() throws -> FakeDirectory {
    let directory = FakeDirectory()
    let film = try Self.film(seed: 7, count: 6)
    let streams = [front(), rear(), yard(), test()]
    directory.state.withLock { state in
      for stream in streams { state.streams[stream.name] = stream }
      (state.film, state.interval) = (film, .milliseconds(100))
      state.picture = EncodedPicture(bytes: film[0], index: 0, time: 0)
    }
    return directory
  }

  static func oneStream() throws -> FakeDirectory {
    let directory = FakeDirectory()
    let film = try Self.film(seed: 11, count: 4)
    directory.state.withLock { state in
      state.streams["front"] = front()
      (state.film, state.interval) = (film, .milliseconds(100))
    }
    return directory
  }

  private static func front() -> StreamStatus {
    var status = FakeDirectory.sample("front")
    (status.source, status.size, status.since) = ("rtsp://camera.local:8554/front", "640x360", Date())
    (status.frames.in, status.frames.shown, status.frames.late) = (54_210, 54_122, 88)
    status.rates = Rates(input: 30, network: 29.9, output: 29.9)
    status.latencyMs = LatencySummary(p50: 31, p95: 44, p99: 58, max: 91)
    status.classes = classes()
    var file = OutputStatus(output: "recordings/front.mp4", state: .writing)
    (file.frames, file.bytes, file.latencyMs.p99) = (54_122, 812_345_678, 61)
    var push = OutputStatus(output: "rtsp://media.local:8554/front-overlay", state: .retrying)
    (push.frames, push.dropped, push.bytes) = (51_002, 3120, 702_345_678)
    push.lastError = Incident(time: Date(), message: "connection refused")
    status.outputs = [file, push]
    status.shadow = ShadowStatus(model: "road-candidate", share: 0.1)
    status.shadow?.frames = 5412
    status.shadow?.disagreement = 0.032
    return status
  }

  private static func rear() -> StreamStatus {
    var status = FakeDirectory.sample("rear", state: .reconnecting)
    (status.source, status.size, status.since) = ("srt://10.0.0.12:9000", "640x360", Date())
    (status.frames.in, status.frames.shown, status.reconnects) = (9001, 8990, 3)
    status.lastError = Incident(time: Date(), message: "the source sent nothing for 5s")
    status.classes = classes()
    return status
  }

  private static func yard() -> StreamStatus {
    var status = FakeDirectory.sample("yard", state: .failed)
    (status.source, status.since) = ("/var/lib/verge/yard.mp4", Date())
    status.lastError = Incident(time: Date(), message: "/var/lib/verge/yard.mp4: no such file or directory")
    return status
  }

  private static func test() -> StreamStatus {
    var status = FakeDirectory.sample("test drive <b>", state: .paused)
    (status.size, status.since, status.frames.shown) = ("640x360", Date(), 900)
    (status.frames.in, status.classes) = (900, classes())
    return status
  }

  private static func classes() -> [ClassShare] {
    let shares: [SceneClass: Double] = [
      .road: 0.342, .sky: 0.21, .building: 0.183, .vegetation: 0.091, .car: 0.061, .pavement: 0.052, .pedestrian: 0.004,
    ]
    return SceneClass.allCases.prefix(18).map { item in
      let color = [item.color.red, item.color.green, item.color.blue].map { String(format: "%02x", $0) }.joined()
      return ClassShare(name: item.name, color: "#\(color)", share: shares[item] ?? 0, painted: item != .sky)
    }
  }

  /// JPEGs of a drawn street with its classes painted over.
  static func film(seed: UInt64, count: Int) throws -> [Data] {
    let (renderer, writer) = (SceneRenderer(width: 640, height: 360), ImageWriter())
    let path = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString).jpg").path
    defer { try? FileManager.default.removeItem(atPath: path) }  // the system clears it otherwise
    return try (0..<count).map { index in
      let (frame, labels) = renderer.render(Scene(seed: seed), frame: index * 3)
      for y in 0..<frame.height {
        let row = frame.planes[0].row(y)
        for x in 0..<frame.width {
          let color = SceneClass.palette[Int(labels[x: x, y: y])]
          for (place, sample) in [color.red, color.green, color.blue].enumerated() {
            row[x * 4 + place] = UInt8((Int(row[x * 4 + place]) + Int(sample)) / 2)
          }
        }
      }
      try writer.writeJPEG(frame, to: path)
      return try Data(contentsOf: URL(filePath: path))
    }
  }
}
