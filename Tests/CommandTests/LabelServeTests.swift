// A mask belongs to its frame, over the whole live way.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct LabelServeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// Each frame shows another street, so that a mask of the frame before or after, or of a picture that was reordered, is
  /// another mask; `verge segment` says offline what each frame's is.
  @Test(.enabled(if: Judge.hasFFmpeg, "needs ffmpeg")) func masksAndOverlaysBelongToTheirFrames() throws {
    let truth = try Truth(frames: 24, in: folder)
    let port = try freePort()
    let daemon = try Daemon(
      """
      streams:
        front:
          source: "tcp://127.0.0.1:\(port)"
          outputs: [rec/front.mkv, front.jsonl]
          max_age: 5s
          reconnect: { first: 20ms, longest: 50ms, placeholder: false }
          encoder: { crf: 10 }
      """, in: folder)
    let line = "ffmpeg -v error -re -i clip.ts -c copy -f mpegts tcp://127.0.0.1:\(port)?listen=1"
    let sender = try Peer(line, in: folder)
    var masks: [Int: Answer] = [:]
    var overlays: [Int: Answer] = [:]
    #expect(
      daemon.waits { daemon in
        daemon.keep("/v1/streams/front/mask.png", in: &masks)
        daemon.keep("/v1/streams/front/frame.jpg", in: &overlays)
        return !sender.isRunning && daemon.shown("front") > 0 && daemon.reconciles("front")
      }, "\(daemon.program.talkSoFar)")
    #expect(try daemon.end().status == 0)
    for (index, answer) in masks {
      #expect(
        answer.body == truth.masks[index], "the mask of frame \(index) is that of \(truth.frames(of: answer.body))")
      #expect(answer.time.map { abs($0 - truth.records[index].time) < 1e-6 } ?? false)
    }
    #expect(masks.count > 6 && overlays.count > 6, "\(masks.count) and \(overlays.count) were seen")
    try checkRecords(truth)
    try FileManager.default.createDirectory(at: folder["seen"], withIntermediateDirectories: true)
    for (index, answer) in overlays { try answer.body.write(to: folder["seen/\(1000 + index).jpg"]) }
    try truth.check(try Thumbnails("-pattern_type glob -i seen/*.jpg", in: folder), show: overlays.keys.sorted())
  }

  /// Every frame that was shown has its own shares and its own time, and the recording shows the same frames.
  private func checkRecords(_ truth: Truth) throws {
    let records = try Record.read(folder["front.jsonl"])
    #expect(records.count > 12)
    for record in records {
      let own = truth.records[record.frame]
      #expect(abs(record.time - own.time) < 1e-6)
      // The daemon counts the network's pixels, `segment` the picture's.
      #expect(record.distance(to: own) < 0.01, "frame \(record.frame): \(record.shares) and \(own.shares)")
    }
    let name = try #require(try folder.names(in: "rec").first)
    try truth.check(try Thumbnails("-i rec/\(name)", in: folder), show: records.map(\.frame))
  }
}

/// What is right for each frame of a clip.
private struct Truth {
  /// PNG files.
  let masks: [Data]
  let records: [Record]
  private let overlays: Thumbnails

  /// Draws the clip with pictures that are decoded in another order than shown, and segments it offline.
  init(frames: Int, in folder: Folder) throws {
    let drawing = try Program.run(
      "scenes", "-o", "clip.y4m", "--vary", "--frames", "\(frames)", "--size", "320x192", "--fps", "5", in: folder)
    try #require(drawing.status == 0, "\(drawing.talk)")
    let coding = ["-c:v", "libx264", "-bf", "2", "-b_strategy", "0", "-crf", "18", "-g", "12", "clip.ts"]
    try FFmpeg.make(["-i", "clip.y4m"] + coding, in: folder)
    try FileManager.default.createDirectory(at: folder["truth"], withIntermediateDirectories: true)
    let run = try Program.run(
      "segment", "clip.ts", "-o", "truth/%06d.png", "--masks", "masks", "--jsonl", "truth.jsonl", "--quiet", in: folder)
    try #require(run.status == 0, "\(run.talk)")
    masks = try folder.names(in: "masks").map { try Data(contentsOf: folder["masks/" + $0]) }
    records = try Record.read(folder["truth.jsonl"])
    overlays = try Thumbnails("-i truth/%06d.png", in: folder)
    try #require(masks.count == frames && records.count == frames && overlays.pictures.count == frames)
    // A wrong mask shows: no two are alike.
    try #require(Set(masks).count == frames)
    for (one, next) in zip(records, records.dropFirst()) { try #require(one.distance(to: next) > 0.05) }
  }

  /// The frames whose mask this is.
  func frames(of mask: Data) -> [Int] { masks.indices.filter { masks[$0] == mask } }

  /// Expects that the pictures are the overlays of these frames: picture and paint, for the paint of another frame on the
  /// right picture is further off than a codec makes it.
  func check(_ seen: Thumbnails, show frames: [Int]) throws {
    try #require(seen.pictures.count == frames.count)
    for (picture, frame) in zip(seen.pictures, frames) {
      let distances = overlays.pictures.map { Thumbnails.distance($0, picture) }
      let nearest = distances.indices.min { distances[$0] < distances[$1] }
      #expect(
        nearest == frame && distances[frame] < 5, "frame \(frame) looks like \(nearest ?? -1): \(distances[frame])")
    }
  }
}

/// A line of JSON of a frame.
private struct Record {
  let frame: Int
  let time: Double
  let shares: [String: Double]

  static func read(_ file: URL) throws -> [Record] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return Record(
        frame: try #require(object["frame"] as? Int), time: try #require(object["time"] as? Double),
        shares: try #require(object["classes"] as? [String: Double]))
    }
  }

  /// The largest difference of a class's share.
  func distance(to other: Record) -> Double {
    shares.map { abs($0.value - (other.shares[$0.key] ?? 1)) }.max() ?? 1
  }
}

/// Pictures, small enough to be compared quickly, as FFmpeg decodes them.
private struct Thumbnails {
  let pictures: [Data]

  init(_ input: String, in folder: Folder) throws {
    let (width, height) = (80, 48)
    let decoding = input.split(separator: " ").map(String.init)
    try FFmpeg.make(
      decoding + ["-vf", "scale=\(width):\(height):flags=area", "-pix_fmt", "rgb24", "-fps_mode", "passthrough"]
        + ["-f", "rawvideo", "thumbnails"], in: folder)
    let (bytes, size) = (try Data(contentsOf: folder["thumbnails"]), width * height * 3)
    pictures = stride(from: 0, to: bytes.count, by: size).map { Data(bytes[$0..<min(bytes.count, $0 + size)]) }
  }

  /// Mean difference of the samples.
  static func distance(_ a: Data, _ b: Data) -> Double {
    Double(zip(a, b).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(a.count)
  }
}

extension Answer {
  /// Seconds of the source's time.
  fileprivate var time: Double? { headers["x-verge-time"].flatMap { Double($0) } }
}

extension Daemon {
  /// Asks for the newest picture and keeps it by the number of the frame that it says it shows.
  fileprivate func keep(_ path: String, in answers: inout [Int: Answer]) {
    let answer = ask(path)
    guard answer.status == 200, let index = answer.headers["x-verge-frame"].flatMap({ Int($0) }) else { return }
    answers[index] = answer
  }
}
