// What is said of one stream.
public import Settings

/// A stream's settings: its keys under `streams` in the configuration, with their defaults.
public struct StreamSettings: Codable, Sendable, Hashable {
  public var source = ""
  public var outputs: [String] = []
  public var model = "road"
  public var size = ""
  public var fps = 0.0
  public var maxAge = TimeSpan(seconds: 0.2)
  public var priority = 1.0
  public var enabled = true
  public var loop = true
  public var paced = true
  public var audio = true
  public var transport = "tcp"
  public var format = ""
  public var raw = ""
  public var reconnect = ReconnectSettings()
  public var overlay = OverlaySettings()
  public var classes: [String] = []
  public var encoder = EncoderSettings()
  public var recording = RecordingSettings()
  public var hls = HLSSettings()
  public var shadow = ShadowSettings()

  public init() {}
}

/// What happens while a source is away.
public struct ReconnectSettings: Codable, Sendable, Hashable {
  public var first = TimeSpan(seconds: 0.5)
  public var longest = TimeSpan(seconds: 30)
  public var stall = TimeSpan(seconds: 5)
  public var placeholder = true

  public init() {}
}

/// What the overlay looks like.
public struct OverlaySettings: Codable, Sendable, Hashable {
  public var alpha = 0.5
  public var edges = "nearest"
  public var legend = false
  public var hud = false
  public var steady = false

  public init() {}
}

/// How the overlay is encoded.
public struct EncoderSettings: Codable, Sendable, Hashable {
  public var codec = "libx264"
  public var preset = "veryfast"
  public var crf = 23.0
  public var keyframes = TimeSpan(seconds: 2)

  public init() {}
}

/// How recordings are cut and kept.
public struct RecordingSettings: Codable, Sendable, Hashable {
  public var every = TimeSpan(seconds: 600)
  public var keep = TimeSpan(seconds: 0)

  public init() {}
}

/// How HLS is cut and kept.
public struct HLSSettings: Codable, Sendable, Hashable {
  public var segment = TimeSpan(seconds: 2)
  public var count = 6

  public init() {}
}

/// A candidate model on a share of the frames.
public struct ShadowSettings: Codable, Sendable, Hashable {
  public var model = ""
  public var share = 0.1

  public init() {}
}
