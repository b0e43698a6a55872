// The groups of a stream's settings.
import Pipeline
public import Settings

/// What happens while a source is away.
public struct ReconnectSettings: SettingsPart {
  public var first = TimeSpan(seconds: 0.5)
  public var longest = TimeSpan(seconds: 30)
  public var stall = TimeSpan(seconds: 5)
  public var placeholder = true

  public init() {}

  public static let notes = [
    "first": "wait before a lost source is tried again; doubles each time",
    "longest": "wait between two tries",
    "stall":
      "without a packet, or four times as long without a picture, after which a source counts as lost; 0s: never",
    "placeholder": "whether outputs get a picture that says since when there is no signal",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.range(first, TimeSpan(seconds: 0.01)...TimeSpan(seconds: 3600), "first")
    try SettingsCheck.range(longest, TimeSpan(seconds: 0.01)...TimeSpan(seconds: 86_400), "longest")
    try SettingsCheck.require(longest >= first, "longest", "must be at least first, \(first), not \(longest)")
    try SettingsCheck.range(stall, TimeSpan(seconds: 0)...TimeSpan(seconds: 86_400), "stall")
  }
}

/// What the overlay looks like.
public struct OverlaySettings: SettingsPart {
  public var alpha = 0.5
  public var edges = "nearest"
  public var legend = false
  public var hud = false
  public var steady = false

  public init() {}

  public static let notes = [
    "alpha": "how much paint covers the picture: 0 none … 1 all",
    "edges": "borders of painted classes: nearest, as in masks, or smooth",
    "legend": "show what the colours mean",
    "hud": "show frames per second, latency and time",
    "steady": "cut flicker of the painted classes",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.range(alpha, 0...1, "alpha")
    try SettingsCheck.choice(edges, OverlayStyle.Edges.allCases.map(\.rawValue), "edges")
  }
}

/// How the overlay is encoded.
public struct EncoderSettings: SettingsPart {
  public var codec = "libx264"
  public var preset = "veryfast"
  public var crf = 23.0
  public var keyframes = TimeSpan(seconds: 2)

  public init() {}

  public static let notes = [
    "codec": "by FFmpeg's name: libx264, libx265, h264_vaapi, mjpeg, …",
    "preset": "speed of libx264 and its kin: ultrafast … veryslow",
    "crf": "quality of libx264 and its kin: 0 lossless … 51 worst",
    "keyframes": "time between key frames; viewers wait for one, and recordings and HLS are cut there",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.require(!codec.isEmpty, "codec", "must be an encoder's name, such as libx264")
    try SettingsCheck.range(crf, 0...63, "crf")
    try SettingsCheck.range(keyframes, TimeSpan(seconds: 0.04)...TimeSpan(seconds: 600), "keyframes")
  }
}

/// How recordings are cut and kept.
public struct RecordingSettings: SettingsPart {
  public var every = TimeSpan(seconds: 600)
  public var keep = TimeSpan(seconds: 0)

  public init() {}

  public static let notes = [
    "every": "length of each file; 0s: one file until the stream ends",
    "keep": "older files are deleted; 0s: none",
  ]

  public func check() throws(SettingsError) {
    try SettingsCheck.require(
      every.seconds == 0 || every.seconds >= 1, "every", "must be 0s or at least 1s, not \(every)")
    try SettingsCheck.require(
      keep.seconds == 0 || keep >= every, "keep", "must be 0s or at least a file's length, \(every), not \(keep)")
  }
}

/// How HLS is cut and kept.
public struct HLSSettings: SettingsPart {
  public var segment = TimeSpan(seconds: 2)
  public var count = 6

  public init() {}

  public static let notes = ["segment": "length of a segment", "count": "segments in the playlist"]

  public func check() throws(SettingsError) {
    try SettingsCheck.range(segment, TimeSpan(seconds: 0.5)...TimeSpan(seconds: 60), "segment")
    try SettingsCheck.range(count, 2...1000, "count")
  }
}

/// A candidate model on a share of the frames.
public struct ShadowSettings: SettingsPart {
  public var model = ""
  public var share = 0.1

  public init() {}

  public static let notes = [
    "model": "a candidate that runs beside the model, to compare; '': none",
    "share": "of the frames that it sees, 0 to 1",
  ]

  public func check() throws(SettingsError) { try SettingsCheck.range(share, 0...1, "share") }
}
