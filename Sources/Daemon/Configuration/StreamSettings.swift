// What is said of one stream.
public import Settings
import Video

/// A stream's settings: its keys under `streams` in the configuration, with their defaults.
public struct StreamSettings: SettingsPart {
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
  /// Texts that must not be shown, those that `${env:…}` and `${file:…}` stood for; not written.
  public var secrets: Set<String> = []

  public init() {}

  /// All but `secrets`.
  enum CodingKeys: String, CodingKey, CaseIterable {
    case source, outputs, model, size, fps, maxAge, priority, enabled, loop, paced, audio, transport, format, raw
    case reconnect, overlay, classes, encoder, recording, hls, shadow
  }

  public static let title = "a stream"
  public static let notes = [
    "source": "rtsp://…, rtmp://…, http(s)://…, srt://…, udp://…, a file, a pipe, /dev/video0, - or scenes:",
    "outputs": "rtsp://…, rtmp://…, srt://…, udp://…, tcp://…, files: .mp4 .mkv .ts .m3u8 .jsonl, masks:…",
    "model": "a .safetensors file, or the name of a shipped model: road, carla, accurate",
    "size": "of the network's input, WIDTHxHEIGHT; '': as many pixels as the model was made for",
    "fps": "most frames a second that the network sees; 0: all",
    "maxAge": "frames older than this are dropped, and counted as late",
    "priority": "share of a busy network, compared with the other streams'",
    "enabled": "false keeps the stream's settings without running it",
    "loop": "whether a file starts anew at its end",
    "paced": "whether a file, also over HTTP, and HLS run at their own speed, not as fast as it goes",
    "audio": "whether sound goes to the outputs that can carry it",
    "transport": "of RTSP: tcp or udp",
    "format": "of the source, by FFmpeg's name, where it cannot be found out: v4l2, mjpeg, …",
    "raw": "a source of raw video: WxH[:pixfmt][@fps]",
    "reconnect": "while the source is away",
    "overlay": "acts at once, without a restart of the stream",
    "classes": "painted classes, at once; []: all",
    "encoder": "of the overlay, for all outputs",
    "recording": "of outputs that are files: front.mp4 becomes front-20260131-235959.mp4, times in UTC",
    "hls": "of outputs that end in .m3u8",
    "shadow": "what it thinks differently is in the API and the metrics",
  ]

  public func check() throws(SettingsError) {
    try checkTexts()
    try SettingsCheck.range(fps, 0...1000, "fps")
    try SettingsCheck.range(maxAge, TimeSpan(seconds: 0.001)...TimeSpan(seconds: 3600), "max_age")
    try SettingsCheck.require(
      priority > 0 && priority <= 100, "priority", "must be above 0, up to 100, not \(priority)")
    try SettingsCheck.choice(transport, ["tcp", "udp"], "transport")
    try SettingsCheck.require(!model.isEmpty, "model", "must be a file or a shipped model's name, not nothing")
    try SettingsCheck.require(
      size.isEmpty || networkPixels != nil, "size", "must be WIDTHxHEIGHT such as 480x352, not '\(size)'")
    try SettingsCheck.require(!classes.contains(""), "classes", "must be names of the model's classes, not ''")
    try SettingsCheck.require(
      encoder.codec != "copy", "encoder.codec", "must be an encoder: the overlay is a new picture and cannot be copied")
  }

  private func checkTexts() throws(SettingsError) {
    for (name, text) in [("source", source), ("model", model), ("format", format)] {
      try SettingsCheck.require(Self.isPlain(text), name, "must be one line of text without control characters")
    }
    for output in outputs {
      try SettingsCheck.require(
        !output.isEmpty && Self.isPlain(output), "outputs", "must be URLs and paths, one line each, none empty")
      if let problem = OutputKind(output).problem { throw .setting(name: "outputs", reason: problem) }
    }
    guard !raw.isEmpty else { return }
    do throws(VideoError) {
      _ = try RawVideoFormat(raw)
    } catch {
      throw .setting(name: "raw", reason: "must look like 1280x720, 1280x720:nv12 or 1280x720:rgb24@30, not '\(raw)'")
    }
  }

  /// Pixels of the network's input; nil for those that the model was trained at.
  var networkPixels: Int? {
    PictureExtent(size).flatMap { min($0.width, $0.height) >= 16 ? $0.width * $0.height : nil }
  }

  private static func isPlain(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
  }
}
