// Where packets come from.
import Foundation

/// What a demuxer gives next.
public enum DemuxEvent: Sendable {
  /// A packet of the video that is to be decoded.
  case video(Packet)
  /// A packet of another stream, to be copied untouched.
  case other(Packet)
  /// So many frames that cannot even be read, such as a broken file in a folder of images.
  case unreadable(Int)
  /// Nothing more; `truncated` when the source breaks off before its end.
  case end(truncated: Bool)
}

/// An open source of packets: a container, a device, a list of images.
///
/// `next` and everything else but `cancel` is used by one stage at a time.
public protocol PacketSource: AnyObject, Sendable {
  /// The path or URL it was opened with.
  var name: String { get }
  var video: VideoInfo { get }
  /// Sound, subtitles and data that come along as `other` packets.
  var otherStreams: [StreamParameters] { get }
  var options: SourceOptions { get }
  /// What the file says about itself, such as `creation_time` and `location`.
  var tags: [String: String] { get }

  /// The next packet; blocks until there is one. After `end` it is `end` for ever.
  ///
  /// - Throws: `VideoError.readFailed`, `.timedOut`, `.cancelled`.
  func next() throws(VideoError) -> DemuxEvent

  /// Ends a blocked `next` with `VideoError.cancelled`; may be called from any thread.
  func cancel()
}

/// Opens sources.
public enum Media {
  /// Opens a file, URL, device, image, folder or glob of images, or `-` for standard input.
  ///
  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, `.noVideo`, `.timedOut`, `.badOption`.
  public static func open(_ name: String, _ options: SourceOptions = .init()) throws(VideoError) -> any PacketSource {
    if options.raw == nil, options.format == nil, let images = try ImageList.paths(name) {
      return try ImageListSource(name: name, paths: images, options: options)
    }
    return try ContainerSource(name: name, options: options)
  }
}
