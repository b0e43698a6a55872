// Reading sources to their end, and what FFmpeg's own tools say of the same file.
import Foundation
import Frames
import Video

/// Everything a source gave.
struct Reading {
  var frames: [Frame] = []
  var packets: [Packet] = []
  var undecodable = 0
  var truncated = false
  var pts: [Int64] { frames.compactMap(\.pts) }

  /// - Parameter keeping: how many frames to keep; of the others only the count and times are wanted.
  init(_ name: String, _ options: SourceOptions = .init()) throws {
    let source = try MediaSource(name, options)
    while true {
      switch try source.next() {
      case .frame(let frame): frames.append(frame)
      case .packet(let packet): packets.append(packet)
      case .undecodable(let count): undecodable += count
      case .end(let truncated):
        self.truncated = truncated
        return
      }
    }
  }
}

/// pts of a file's frames in its first video stream by ffprobe.
func probedTimes(_ path: String) -> [Int64] {
  probe(path, "-select_streams v:0 -show_entries frame=best_effort_timestamp -of csv=p=0").split(separator: "\n")
    .compactMap { Int64($0.split(separator: ",").first ?? "") }
}

/// Frames of a file's first video stream by ffprobe.
func probedCount(_ path: String) -> Int? {
  Int(
    probe(path, "-select_streams v:0 -count_frames -show_entries stream=nb_read_frames -of csv=p=0").prefix {
      $0.isNumber
    })
}

/// Mean absolute difference of the samples of two packed RGB pictures of one size.
func meanDifference(_ a: Frame, _ b: Frame) -> Double {
  precondition(a.width == b.width && a.height == b.height && a.format == .rgb24 && b.format == .rgb24)
  var sum = 0
  for y in 0..<a.height {
    for x in 0..<a.width * 3 { sum += abs(Int(a.planes[0].row(y)[x]) - Int(b.planes[0].row(y)[x])) }
  }
  return Double(sum) / Double(a.width * a.height * 3)
}

/// ffprobe's answer.
func probe(_ path: String, _ arguments: String) -> String {
  let list = ["-v", "error"] + arguments.split(separator: " ").map(String.init) + [path]
  return (run("ffprobe", list) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
}

/// The folder with real clips, beside the project.
let sharedVideos = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/video").path

func sharedClips() -> [String] {
  let candidates = [sharedVideos, sharedVideos.replacingOccurrences(of: "/wt/shared", with: "/shared")]
  for folder in candidates {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { continue }
    return names.sorted().filter { $0.hasSuffix(".mp4") }.map { "\(folder)/\($0)" }
  }
  return []
}
