// Raw video as people describe it.
import ArgumentParser

/// `WxH[:pixfmt][@fps]` on the command line: `1280x720:yuv420p@30`.
struct RawVideo: ExpressibleByArgument, Sendable, Equatable {
  let size: PictureSize
  /// FFmpeg's name of the pixel format.
  let pixelFormat: String
  /// Frames per second as FFmpeg reads it: `30`, `29.97`, `30000/1001`.
  let frameRate: String

  init?(argument: String) {
    let atRate = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let atFormat = atRate[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let size = PictureSize(argument: String(atFormat[0])) else { return nil }
    self.size = size
    pixelFormat = atFormat.count > 1 ? String(atFormat[1]) : "yuv420p"
    frameRate = atRate.count > 1 ? String(atRate[1]) : "30"
    guard !pixelFormat.isEmpty, Self.isRate(frameRate) else { return nil }
  }

  private static func isRate(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) ?? 0 }
    return parts.count <= 2 && parts.allSatisfy { $0 > 0 && $0.isFinite }
  }
}
