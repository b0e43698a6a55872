// What a caller may say about a source.
import Foundation
public import Frames

/// Size, layout and rate of video without a header: `WxH[:pixfmt][@fps]`.
public struct RawVideoFormat: Sendable, Hashable {
  public var width, height: Int
  /// FFmpeg's name of the pixel format.
  public var pixelFormat: String
  /// Frames per second, a whole number, a decimal or a ratio.
  public var frameRate: String

  public init(width: Int, height: Int, pixelFormat: String = "yuv420p", frameRate: String = "25") {
    (self.width, self.height) = (width, height)
    (self.pixelFormat, self.frameRate) = (pixelFormat, frameRate)
  }

  /// - Throws: `VideoError.badOption` when the text does not have the form `WxH[:pixfmt][@fps]`.
  public init(_ text: String) throws(VideoError) {
    let form = /(\d{1,5})x(\d{1,5})(?::([a-z0-9_]+))?(?:@([0-9.\/]+))?/
    guard let match = text.wholeMatch(of: form), let width = Int(match.1), let height = Int(match.2), width > 0,
      height > 0
    else { throw .badOption("raw video '\(text)' must look like 1280x720, 1280x720:nv12 or 1280x720:rgb24@30") }
    self.init(
      width: width, height: height, pixelFormat: match.3.map(String.init) ?? "yuv420p",
      frameRate: match.4.map(String.init) ?? "25")
  }
}

/// How to open a source and which part of it to read.
public struct SourceOptions: Sendable {
  /// Says what rawvideo is like; sets the container to rawvideo.
  public var raw: RawVideoFormat?
  /// FFmpeg's name of the container or device, where it cannot be found out (`v4l2`, `mjpeg`, …).
  public var format: String?
  /// The source gives its frames in real time: little buffering, low delay, end of stream is no truncation.
  public var isLive = false
  /// Threads the decoder may use.
  public var threads = 2
  /// Which video stream, counting from 0 and without cover pictures; nil takes the best.
  public var videoStream: Int?
  /// Seconds to skip, from the source's own start.
  public var start: Double?
  /// Seconds to read from there.
  public var duration: Double?
  /// Seconds without any data until the source counts as dead; nil waits for ever.
  public var timeout: Double?
  /// Frames per second of image lists, and the guess for streams without times.
  public var frameRate = Rational(25, 1)
  /// Ends the opening and reading of the source once it is raised.
  public var cancellation: Cancellation?
  /// Further options of FFmpeg's demuxer and protocol.
  public var ffmpeg: [String: String] = [:]
  /// Receives what the user should know but need not act on, one line each; called from the reading thread.
  public var diagnostics: (@Sendable (String) -> Void)?

  public init() {}
}
