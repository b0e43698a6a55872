// Clips that FFmpeg's own program makes, once per test run.
import Foundation
import Testing

/// FFmpeg's programs: they make the clips and judge the results.
enum FFmpeg {
  /// Runs `ffmpeg`, which writes over existing files.
  static func make(_ arguments: [String], in folder: Folder) throws {
    let run = try RunningProgram(
      URL(filePath: "/usr/bin/env"), ["ffmpeg", "-v", "error", "-y"] + arguments, input: nil, folder: folder
    ).wait()
    try #require(run.status == 0, "\(run.talk)")
  }

  /// What `ffprobe` prints for `entries` of a file, one line each.
  static func probe(_ file: URL, _ arguments: String..., entries: String) throws -> [String] {
    let run = try RunningProgram(
      URL(filePath: "/usr/bin/env"),
      ["ffprobe", "-v", "error"] + arguments + ["-show_entries", entries, "-of", "csv=p=0", file.path],
      input: nil, folder: Folder()
    ).wait()
    try #require(run.status == 0, "\(run.talk)")
    return run.text.split(separator: "\n").map(String.init)
  }

  /// How many frames of video can be decoded.
  static func frameCount(_ file: URL) throws -> Int {
    let lines = try probe(file, "-count_frames", "-select_streams", "v:0", entries: "stream=nb_read_frames")
    return lines.first.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
  }

  /// Pictures may come as unevenly as they like.
  private static let whatever = ["-fps_mode", "passthrough", "-enc_time_base", "1:90000"]

  /// Decodes everything; the complaints on the way.
  static func complaints(about file: URL) throws -> String {
    try RunningProgram(
      URL(filePath: "/usr/bin/env"), ["ffmpeg", "-v", "error", "-i", file.path] + whatever + ["-f", "null", "-"],
      input: nil,
      folder: Folder()
    ).wait().talk
  }

  /// MD5 over the packets of the first audio stream, untouched.
  static func audioHash(_ file: URL) throws -> String {
    try RunningProgram(
      URL(filePath: "/usr/bin/env"),
      ["ffmpeg", "-v", "error", "-i", file.path, "-map", "0:a:0", "-c", "copy", "-f", "md5", "-"], input: nil,
      folder: Folder()
    ).wait().text
  }
}

/// Input clips, shared by all tests and never written to.
final class Clips: Sendable {
  static let shared = Clips()

  nonisolated(unsafe) private let folder: Folder?  // made once, only read afterwards

  private init() {
    folder = try? Folder()
    atexit { Clips.shared.removeAll() }
  }

  private func removeAll() {
    if let folder { try? FileManager.default.removeItem(at: folder.url) }  // rubbish in /tmp harms nobody
  }

  /// 50 frames of 320×180 at 25 fps, B-frames, BT.709 limited, with AAC sound; starts at 0.
  static func street() throws -> URL { try shared.made("street.mp4", video(seconds: 2) + sound(seconds: 2)) }

  /// The same, 40 seconds of it.
  static func longDrive() throws -> URL { try shared.made("long.mp4", video(seconds: 40) + sound(seconds: 40)) }

  static func street(as name: String, _ arguments: String...) throws -> URL {
    try shared.made(name, ["-i", street().path, "-c", "copy"] + arguments)
  }

  static func soundOnly() throws -> URL {
    try shared.made("sound.m4a", ["-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"])
  }

  /// One black picture: a bitmap of one bit a pixel, which FFmpeg reads at any size that it reads at all.
  static func picture(width: Int, height: Int) throws -> URL {
    let rows = Data(repeating: 255, count: (width + 7) / 8 * height)
    return try bytes(Data("P4 \(width) \(height)\n".utf8) + rows, as: "\(width)x\(height).pnm")
  }

  /// A file of these bytes.
  static func bytes(_ data: Data, as name: String) throws -> URL {
    try shared.write(name) { try data.write(to: $0) }
  }

  private static func video(seconds: Int) -> [String] {
    let size = "testsrc2=s=320x180:r=25:d=\(seconds)"
    return ["-f", "lavfi", "-i", size, "-f", "lavfi", "-i", "sine=d=\(seconds)"]
      + ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-pix_fmt", "yuv420p", "-colorspace", "bt709"]
      + ["-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
  }

  private static func sound(seconds: Int) -> [String] { ["-c:a", "aac"] }

  private func made(_ name: String, _ arguments: [String]) throws -> URL {
    try write(name) { try FFmpeg.make(arguments + [$0.path], in: Folder()) }
  }

  /// Writes to a name of its own first: two tests may ask for the same clip at once.
  private func write(_ name: String, _ make: (URL) throws -> Void) throws -> URL {
    let folder = try #require(folder)
    let file = folder[name]
    if FileManager.default.fileExists(atPath: file.path) { return file }
    let draft = folder["\(UUID().uuidString)-\(name)"]
    try make(draft)
    rename(draft.path, file.path)
    return file
  }
}
