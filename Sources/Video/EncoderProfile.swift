// Sensible settings for encoders by name.
import CFFmpeg
import Foundation

/// The options that an encoder is opened with.
struct EncoderProfile {
  /// FFmpeg's private options by name.
  var options: [(name: String, value: String)] = []
  /// Fixed quantiser for encoders without another quality scale; nil for the others.
  var quantizer: Int?
  /// Every picture stands alone.
  var isIntra = false

  /// - Parameter codec: FFmpeg's name of the encoder.
  init(codec: String, options wanted: SinkOptions) {
    switch codec {
    case "libx264", "libx264rgb":
      options = [("preset", wanted.preset ?? "veryfast"), ("crf", Self.text(wanted.crf ?? 23))]
      if wanted.isLive { options.append(("tune", "zerolatency")) }
    case "libx265":
      options = [("preset", wanted.preset ?? "ultrafast"), ("crf", Self.text(wanted.crf ?? 26))]
      if wanted.isLive { options.append(("tune", "zerolatency")) }
      // x265 would write to standard error and take all cores.
      options.append(("x265-params", "log-level=none:pools=\(max(1, wanted.threads))"))
    case "libvpx-vp9", "libvpx":
      options = [
        ("deadline", "realtime"), ("cpu-used", wanted.preset ?? "8"), ("crf", Self.text(wanted.crf ?? 32)), ("b", "0"),
      ]
      if codec == "libvpx" { options[3].value = "8M" } else { options.append(("row-mt", "1")) }
      if wanted.isLive { options.append(("lag-in-frames", "0")) }
    case "libsvtav1":
      options = [("preset", wanted.preset ?? "10"), ("crf", Self.text(wanted.crf ?? 35))]
      setenv("SVT_LOG", "1", 0)  // errors only: the library writes to standard error by itself
    case "libaom-av1":
      options = [("cpu-used", wanted.preset ?? "8"), ("crf", Self.text(wanted.crf ?? 32)), ("b", "0"), ("row-mt", "1")]
    case "ffv1":
      options = [("level", "3"), ("slicecrc", "1"), ("g", "1")]
      isIntra = true
    case "mjpeg", "mpeg4", "mpeg2video", "mpeg1video", "msmpeg4v3":
      quantizer = Int((wanted.crf ?? (codec == "mjpeg" ? 3 : 4)).rounded())
      isIntra = codec == "mjpeg"
    case "png":
      options = [("compression_level", "2")]
      isIntra = true
    case "prores_ks", "prores", "prores_aw", "rawvideo", "wrapped_avframe", "bmp", "tiff": isIntra = true
    default:
      if let preset = wanted.preset { options.append(("preset", preset)) }
      if let crf = wanted.crf { options.append(("crf", Self.text(crf))) }
    }
    for (name, value) in wanted.encoderOptions.sorted(by: { $0.key < $1.key }) { options.append((name, value)) }
  }

  private static func text(_ value: Double) -> String { String(format: "%g", value) }
}
