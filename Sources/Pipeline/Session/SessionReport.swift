// What a session did, as figures.
import Foundation

/// The figures of a session; its JSON is the object that `segment --json` and `bench --json` print.
public struct SessionReport: Sendable, Codable {
  public var frames: FrameCounts
  /// From the start to the end, or to now.
  public var seconds: Double
  /// Frames shown per second.
  public var fps: Double
  /// From the start until the first frame had passed the last stage; 0 when none did.
  public var firstFrameMs: Double
  /// From the last packet that a frame needs coming in to the frame having passed the last stage. A stream with B-frames
  /// sends some frames before they are due; that head start is not counted.
  public var latencyMs: LatencySummary
  public var stages: [StageReport]
  /// Most memory that was resident, in 10⁶ bytes.
  public var rssMB: Double

  enum CodingKeys: String, CodingKey {
    case frames, seconds, fps
    case firstFrameMs = "first_frame_ms"
    case latencyMs = "latency_ms"
    case stages
    case rssMB = "rss_mb"
  }
}

/// A moment of a session.
public struct SessionProgress: Sendable {
  public var frames: FrameCounts
  /// Frames that will come in all, where that is known.
  public var expected: Int?
  /// Frames shown per second, lately.
  public var fps: Double
  /// Median so far, in milliseconds.
  public var latencyMs: Double
  /// At the present rate, where it is known.
  public var secondsLeft: Double?
}

/// Resident memory of this process.
public enum ResidentMemory {
  /// The most so far, in bytes; 0 where the system does not tell.
  public static var peak: Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),  // not Linux: no figure
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kibibytes * 1024
  }
}
