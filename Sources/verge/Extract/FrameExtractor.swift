// Frames of a video as picture files.
import Foundation
import Frames
import Video

/// Walks through a source and writes the chosen frames, upright, as PNGs named by frame number.
final class FrameExtractor {
  /// What is done with each chosen frame after its picture was written; gets the frame and the picture file's name.
  typealias Companion = (Frame, String) throws -> Void

  private let source: MediaSource
  private let folder: URL
  private let overwrite: Bool
  private var choice: FrameChoice
  private let companion: Companion?
  private let writer = ImageWriter()
  private var scaler: Scaler?
  private(set) var written = 0
  private(set) var undecodable = 0
  private var first: Double?

  init(source: MediaSource, choice: FrameChoice, folder: URL, overwrite: Bool, companion: Companion? = nil) {
    (self.source, self.choice, self.folder, self.overwrite) = (source, choice, folder, overwrite)
    self.companion = companion
  }

  /// - Parameter limit: stop after so many pictures; nil for all.
  /// - Returns: whether the source breaks off before its end.
  /// - Throws: `VideoError`, `CommandError.exists`, and what the companion throws.
  func run(limit: Int?, progress: (Int) -> Void) throws -> Bool {
    while !choice.isOver, written < limit ?? .max {
      switch try source.next() {
      case .frame(let frame):
        try take(frame)
        progress(frame.index + 1)
      case .packet: continue
      case .undecodable(let count): undecodable += count
      case .end(let truncated): return truncated
      }
    }
    return false
  }

  private func take(_ frame: Frame) throws {
    let time = frame.seconds ?? 0
    first = first ?? time
    guard choice.takes(index: frame.index, seconds: time - (first ?? 0), taken: written) else { return }
    let name = String(format: "%06d.png", frame.index)
    let file = folder.appending(path: name)
    if !overwrite, FileManager.default.fileExists(atPath: file.path) { throw CommandError.exists(path: file.path) }
    try writer.writePNG(upright(frame), to: file.path)
    try companion?(frame, name)
    written += 1
  }

  private func upright(_ frame: Frame) throws(VideoError) -> Frame {
    let size = frame.displaySize
    if scaler?.width != size.width || scaler?.height != size.height {
      scaler = Scaler(width: size.width, height: size.height, format: .rgb24)
    }
    return try scaler?.scale(frame) ?? frame
  }
}
