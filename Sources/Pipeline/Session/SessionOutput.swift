// Where a session's overlay goes.
public import Video

/// What becomes of the painted frames.
public enum SessionOutput: Sendable {
  /// No overlay is made: only masks and records, or nothing but the figures.
  case none
  /// A file, URL or standard output, encoded.
  case video(String, SinkOptions)
  /// A folder with a picture per frame, named after the source's images.
  case pictures(String, SinkOptions)
  /// Handed on frame by frame.
  case receiver(any SessionReceiver)

  /// What the user's output argument means: `null:` and `md5:` make no overlay.
  ///
  /// - Parameter isImageList: whether the source is a list of images, so that a name without a suffix is a folder.
  public init(_ argument: String, isImageList: Bool, _ options: SinkOptions) {
    switch argument {
    case "null:", "md5:": self = .none
    default:
      let last = argument.split(separator: "/").last ?? ""
      let isFolder = isImageList && argument != "-" && (argument.hasSuffix("/") || !last.contains("."))
      self =
        isFolder || isImageList && last.hasSuffix(".overlay") ? .pictures(argument, options) : .video(argument, options)
    }
  }
}

/// Takes what a session makes as it is made, instead of a file.
///
/// Each kind of call comes from one thread at a time; a call that waits holds the session up, and a live one then drops
/// frames.
public protocol SessionReceiver: AnyObject, Sendable {
  /// A frame with its labels; it counts as shown when the call returns.
  func receive(_ segmented: SegmentedFrame) throws
  /// A packet of another stream of the source.
  func receive(_ packet: Packet) throws
}
