// Which FFmpeg the program runs on, and what it can do.
import CFFmpeg

enum MediaLibraries {
  /// FFmpeg's own version: `5.1.9-0+deb12u1`.
  static var version: String { String(cString: av_version_info()) }

  /// The libraries' versions by name.
  static var libraries: [(name: String, version: String)] {
    [
      ("libavformat", text(avformat_version())), ("libavcodec", text(avcodec_version())),
      ("libswscale", text(swscale_version())), ("libavutil", text(avutil_version())),
      ("libavdevice", text(cff_device_version())),
    ]
  }

  /// The encoders that Verge's users ask for most, those present here.
  static var encoders: [String] {
    [
      "libx264", "libx265", "libsvtav1", "libvpx-vp9", "h264_nvenc", "h264_vaapi", "h264_qsv", "mpeg4", "ffv1", "mjpeg",
      "png",
    ]
    .filter { avcodec_find_encoder_by_name($0) != nil }
  }

  /// The decoders of dashcams, phones, cameras and simulators, those present here.
  static var decoders: [String] {
    [
      "h264", "hevc", "libdav1d", "av1", "vp9", "vp8", "mpeg4", "mpeg2video", "mjpeg", "prores", "ffv1", "rawvideo",
      "png",
    ]
    .filter { avcodec_find_decoder_by_name($0) != nil }
  }

  private static func text(_ version: UInt32) -> String { "\(version >> 16).\(version >> 8 & 255).\(version & 255)" }
}
