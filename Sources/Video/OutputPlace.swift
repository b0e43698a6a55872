// Where an output's bytes go, and what may go wrong there.
import CFFmpeg
import Foundation

/// Checks, opens, closes and finishes the file, pipe or URL of one output.
final class OutputPlace {
  private let target: OutputTarget
  private let options: SinkOptions
  private let interrupt: Interrupt
  private var pipe: OutputPipe?

  /// - Throws: `VideoError.outputExists`, `.outputIsInput`.
  init(_ target: OutputTarget, _ options: SinkOptions) throws(VideoError) {
    self.target = target
    self.options = options
    interrupt = Interrupt(timeout: options.timeout)
    if case .file(let path) = target.place { try Self.check(path, options) }
    if case .images(let path) = target.place { try Self.check(Self.firstImage(path), options) }
  }

  /// Whether bytes go to an ordinary file that this object opened.
  var isFile: Bool { pipe?.file.isSeekable ?? false }

  /// Whether the file is written in fragments and made ordinary at the end.
  var isFragmentedFile: Bool { target.isMP4 && isFile }

  /// Whether decoding times, and sound, may begin below zero.
  var holdsNegativeTimes: Bool { target.isMP4 || ["matroska", "webm", "null"].contains(target.format) }

  /// Whether the muxer holds packets back until it is told to write them.
  var flushes: Bool { target.isMP4 || ["matroska", "webm"].contains(target.format) }

  /// Ends a write that waits for its peer; from any thread.
  func cancel() { interrupt.cancel() }

  /// - Throws: `VideoError.cannotWrite`, `.unknownContainer`.
  func open() throws(VideoError) -> OutputContext {
    switch target.place {
    case .nowhere: return try OutputContext(format: "null", url: "", name: target.name, pipe: nil)
    case .standardOutput: return try through(OutputFile(descriptor: STDOUT_FILENO, name: target.name), url: "")
    case .file(let path): return try through(OutputFile(creating: path), url: path)
    case .images(let path): return try OutputContext(format: target.format, url: path, name: target.name, pipe: nil)
    case .url(let url):
      let output = try OutputContext(
        format: target.format, url: url, name: target.name, pipe: nil, interrupt: interrupt)
      if options.isLive { output.waitBriefly() }
      try output.connect(url, options: options.muxerOptions)
      return output
    }
  }

  private func through(_ file: OutputFile, url: String) throws(VideoError) -> OutputContext {
    let made = OutputPipe(file)
    pipe = made
    return try OutputContext(format: target.format, url: url, name: target.name, pipe: made)
  }

  /// The muxer's options: fragments for MP4, short clusters for Matroska, times as they are.
  var muxerOptions: [String: String] {
    var all: [String: String] = [:]
    if target.isMP4 {
      // Fragments end where Verge flushes. The index waits for the first one, so that it knows where each stream starts.
      all["movflags"] = "frag_custom+delay_moov+frag_discont+default_base_moof"
      all["use_editlist"] = "1"
      all["avoid_negative_ts"] = "disabled"
    } else if ["matroska", "webm"].contains(target.format) {
      all["cluster_time_limit"] = "1000"
      // Sound may begin below zero, as AAC does: the picture must not move for it.
      all["avoid_negative_ts"] = "disabled"
    } else if target.format == "mpegts" {
      all["mpegts_copyts"] = "1"
      // A reader that knows a frame's length need not wait for the next frame.
      if options.isLive { all["omit_video_pes_length"] = "0" }
    } else if case .images(let path) = target.place {
      all["start_number"] = "0"
      if Self.firstImage(path) == path { all["update"] = "1" }
    }
    return all.merging(options.muxerOptions) { _, users in users }
  }

  /// - Throws: `VideoError.cannotWrite`, `.diskFull`.
  func synchronize() throws(VideoError) {
    guard let file = pipe?.file else { return }
    let number = file.synchronize()
    if number != 0 { throw OutputFile.error(target.name, number) }
  }

  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, where the disk refuses bytes it has taken.
  func close() throws(VideoError) {
    if isFile { try synchronize() }
    if !isFragmentedFile { pipe = nil }
  }

  /// Deletes the file that was made, or leaves it if something was written to it and `ifEmpty` says so.
  func remove(ifEmpty: Bool) {
    if isFile, !ifEmpty || pipe?.file.size == 0 { pipe?.file.removeIfRegular() }
    pipe = nil
  }

  /// Turns the fragmented file into an ordinary one; where that fails, the fragmented one stays, and plays.
  func makeOrdinary(starts: [Int: Double], streamCount: Int) {
    pipe = nil
    guard case .file(let path) = target.place else { return }
    do { try FastStart(path: path, format: target.format, starts: starts).run() } catch {
      options.diagnostics?("\(path) stays a fragmented MP4, which plays but may not seek quickly: \(error)")
    }
  }

  private static func check(_ path: String, _ options: SinkOptions) throws(VideoError) {
    var output = stat()
    guard stat(path, &output) == 0 else { return }
    if output.st_mode & S_IFMT == S_IFDIR { throw .cannotWrite(path, cause: "it is a folder") }
    var input = stat()
    if let name = options.input, stat(name, &input) == 0, input.st_dev == output.st_dev, input.st_ino == output.st_ino {
      throw .outputIsInput(path)
    }
    if output.st_mode & S_IFMT == S_IFREG, !options.overwrites { throw .outputExists(path) }
  }

  /// The first file of an image sequence; the path itself when it has no number.
  static func firstImage(_ pattern: String) -> String {
    guard let match = pattern.firstMatch(of: /%(0?)(\d*)d/) else { return pattern }
    let digits = String(repeating: "0", count: max(1, Int(match.2) ?? 1))
    return pattern.replacingCharacters(in: match.range, with: digits)
  }
}
