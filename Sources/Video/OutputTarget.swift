// What an output argument means.
import CFFmpeg
import Foundation

/// Place, container and default encoder of an output.
public struct OutputTarget: Sendable {
  /// Where the bytes go.
  public enum Place: Sendable, Equatable {
    /// Nowhere: `null:`.
    case nowhere
    /// Standard output: `-`.
    case standardOutput
    case file(String)
    case url(String)
    /// One file a frame; the path has a number such as `%06d`, or names one picture.
    case images(String)
  }

  /// As the user wrote it.
  public let name: String
  public let place: Place
  /// FFmpeg's name of the container.
  public let format: String
  /// FFmpeg's name of the encoder that is taken when none is asked for.
  public let defaultCodec: String

  /// - Parameters:
  ///   - name: path, URL, `-` or `null:`.
  ///   - format: FFmpeg's name of the container; nil finds it by the suffix. Standard output is Matroska by default.
  /// - Throws: `VideoError.unknownContainer`.
  public init(_ name: String, format wanted: String? = nil) throws(VideoError) {
    MediaLog.install
    self.name = name == "-" ? "standard output" : name
    if name == "null:" {
      (place, format, defaultCodec) = (.nowhere, "null", "rawvideo")
      return
    }
    let hasScheme = name.firstMatch(of: /^[a-zA-Z][a-zA-Z0-9+.\-]*:/) != nil && !name.hasPrefix("file:")
    let path = name.hasPrefix("file:") ? String(name.dropFirst(5)) : name
    guard let (found, isImages) = Self.container(of: name, wanted, isURL: hasScheme) else {
      throw .unknownContainer(wanted ?? name)
    }
    format = found
    // HLS writes many files by itself.
    let isURL = hasScheme || found == "hls"
    place = name == "-" ? .standardOutput : isImages ? .images(path) : isURL ? .url(name) : .file(path)
    defaultCodec = Self.codec(of: found, name: name)
  }

  private static func container(of name: String, _ wanted: String?, isURL: Bool) -> (String, isImages: Bool)? {
    let suffix = (name as NSString).pathExtension.lowercased()
    let byScheme = ["rtmp": "flv", "rtmps": "flv", "rtsp": "rtsp", "udp": "mpegts", "srt": "mpegts", "tcp": "mpegts"]
    let bySuffix = ["y4m": "yuv4mpegpipe", "yuv": "rawvideo", "rgb": "rawvideo", "raw": "rawvideo"]
    let scheme = name.split(separator: ":").first.map { $0.lowercased() } ?? ""
    let chosen = wanted.map { $0 == "y4m" ? "yuv4mpegpipe" : $0 == "ts" ? "mpegts" : $0 == "mkv" ? "matroska" : $0 }
    let short = chosen ?? (name == "-" ? "matroska" : (isURL ? byScheme[scheme] : nil) ?? bySuffix[suffix])
    guard let muxer = av_guess_format(short, short == nil ? name : nil, nil) else { return nil }
    let found = String(copying: muxer.pointee.name).split(separator: ",").first.map(String.init) ?? ""
    return (found, isImages: found == "image2" && name != "-")
  }

  private static func codec(of format: String, name: String) -> String {
    switch format {
    case "rawvideo": return "rawvideo"
    case "yuv4mpegpipe": return "wrapped_avframe"  // its muxer takes pictures as they are
    case "image2", "image2pipe":
      let guess = av_guess_codec(av_guess_format("image2", nil, nil), nil, name, nil, AVMEDIA_TYPE_VIDEO)
      let found = avcodec_find_encoder(guess).map { String(copying: $0.pointee.name) }
      return found ?? "mjpeg"
    case "webm": return "libvpx-vp9"
    case "gif", "apng", "webp": return format == "webp" ? "libwebp" : format
    case "mjpeg", "mpjpeg": return "mjpeg"
    default: return "libx264"
    }
  }

  /// Whether the container keeps codec headers apart from the packets.
  var wantsGlobalHeader: Bool {
    (av_guess_format(format, nil, nil)?.pointee.flags ?? 0) & AVFMT_GLOBALHEADER != 0
  }

  var isMP4: Bool { ["mp4", "mov", "ipod", "3gp", "3g2"].contains(format) }

  /// Whether the container can say how a picture is to be turned; elsewhere the pixels are turned.
  var holdsRotation: Bool { isMP4 || place == .nowhere }

  /// The layouts that the container can name; nil: whatever the encoder makes.
  var pixelFormats: [AVPixelFormat]? {
    guard format == "yuv4mpegpipe" else { return nil }
    return [
      AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P10LE,
      AV_PIX_FMT_YUV422P10LE, AV_PIX_FMT_YUV444P10LE,
    ]
  }
}
