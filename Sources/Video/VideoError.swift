// What can go wrong with media, each case with what the user needs to act on.

/// An error of reading or writing media; its description is one line that names the file or URL, the cause and a way out.
public enum VideoError: Error, Sendable, Hashable {
  /// The source is missing, may not be read, or the network refuses it.
  case cannotOpen(String, cause: String)
  /// The source opens but is not media that FFmpeg knows, or is damaged beyond use.
  case notMedia(String, cause: String)
  /// The source has no video stream; `found` lists what it has.
  case noVideo(String, found: String)
  /// FFmpeg has no decoder for the source's codec.
  case noDecoder(String, codec: String)
  /// Reading failed half-way.
  case readFailed(String, cause: String)
  /// A picture cannot be decoded or has a layout that is no use here.
  case badPicture(String, cause: String)
  /// Nothing came from the source for `seconds`.
  case timedOut(String, seconds: Double)
  /// The caller asked to stop.
  case cancelled
  /// FFmpeg has no encoder of this name.
  case unknownEncoder(String)
  /// The encoder refuses what it is asked for.
  case encoder(String, cause: String)
  /// FFmpeg has no container of this name, or none for this file name.
  case unknownContainer(String)
  /// The output cannot be made or written.
  case cannotWrite(String, cause: String)
  /// The file system is full.
  case diskFull(String)
  /// The reader of the output went away.
  case brokenPipe(String)
  /// The output exists and may not be overwritten.
  case outputExists(String)
  /// The output is the input.
  case outputIsInput(String)
  /// An option does not make sense.
  case badOption(String)
}

extension VideoError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotOpen(let source, let cause): "cannot open \(source): \(cause)"
    case .notMedia(let source, let cause): "\(source) is not a video or picture that can be read: \(cause)"
    case .noVideo(let source, let found): "\(source) has no video, only \(found); give a file with a video stream"
    case .noDecoder(let source, let codec): "\(source): no decoder for \(codec) here; convert it, for example to H.264"
    case .readFailed(let source, let cause): "\(source): reading failed: \(cause)"
    case .badPicture(let source, let cause): "\(source): \(cause)"
    case .timedOut(let source, let seconds):
      "\(source): nothing came for \(Int(seconds.rounded(.up))) s; is it running?"
    case .cancelled: "stopped"
    default: outputDescription
    }
  }

  private var outputDescription: String {
    switch self {
    case .unknownEncoder(let name): "no encoder '\(name)' here; `ffmpeg -encoders` lists them, libx264 is the default"
    case .encoder(let name, let cause): "encoder \(name): \(cause)"
    case .unknownContainer(let name):
      "no container for '\(name)'; use a known suffix such as .mp4 or .mkv, or name a format"
    case .cannotWrite(let output, let cause): "cannot write \(output): \(cause)"
    case .diskFull(let output): "cannot write \(output): No space left on device; what was written so far is kept"
    case .brokenPipe(let output): "cannot write \(output): Broken pipe, its reader has gone"
    case .outputExists(let output): "\(output) exists; choose another name or allow it with --overwrite"
    case .outputIsInput(let output): "\(output) is the input itself; choose another output"
    case .badOption(let what): what
    default: ""
    }
  }
}
