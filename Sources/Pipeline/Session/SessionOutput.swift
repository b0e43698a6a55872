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
