// What a caller may say about a session.
import Frames

/// Which frames are taken, what is made of them, and how.
public struct SessionOptions: Sendable {
  /// Takes the frames whose number is a multiple of this; the others are counted as `skipped`.
  public var every = 1
  /// Takes so many frames a second of the source's time at most; the others are counted as `skipped`. nil takes all.
  public var maxRate: Double?
  /// Ends after so many frames were taken; nil takes all.
  public var limit: Int?
  /// The source cannot wait: late frames are dropped and counted, and latency does not grow.
  public var isLive = false
  /// The age at which a live frame is dropped, from the arrival of the last packet that it needs.
  public var maxAge = Duration.milliseconds(200)
  /// What the overlay looks like; also the names and colours of the classes in masks and records.
  public var style: OverlayStyle
  /// Where the masks go.
  public var masks = MaskOptions()
  /// Whether files that exist may be replaced.
  public var overwrites = false

  public init(style: OverlayStyle) { self.style = style }
}

/// What is written of the label maps.
public struct MaskOptions: Sendable {
  /// Folder for a PNG of class indices per frame.
  public var folder: String?
  /// Folder for a grey PNG per frame of how sure each label is, 255 = sure; the records then hold its mean.
  public var confidence: String?
  /// File for a lossless grey video of class indices.
  public var video: String?
  /// File for a line of JSON per frame; `-` is standard output.
  public var records: String?
  /// Whether the records hold each class's run lengths.
  public var hasRunLengths = false
  /// Whether the MD5 over all masks is taken.
  public var hasDigest = false

  public init() {}

  var isEmpty: Bool { folder == nil && confidence == nil && video == nil && records == nil && !hasDigest }
}
