// Verge's pixel formats and FFmpeg's.
import CFFmpeg
import Frames

extension PixelFormat {
  /// The same layout in FFmpeg's words.
  var ffmpeg: AVPixelFormat {
    switch self {
    case .yuv420p: AV_PIX_FMT_YUV420P
    case .yuv422p: AV_PIX_FMT_YUV422P
    case .yuv444p: AV_PIX_FMT_YUV444P
    case .yuv420p10: AV_PIX_FMT_YUV420P10LE
    case .yuv422p10: AV_PIX_FMT_YUV422P10LE
    case .yuv444p10: AV_PIX_FMT_YUV444P10LE
    case .gbrp: AV_PIX_FMT_GBRP
    case .gbrp10: AV_PIX_FMT_GBRP10LE
    case .gray8: AV_PIX_FMT_GRAY8
    case .rgb24: AV_PIX_FMT_RGB24
    case .rgb0: AV_PIX_FMT_RGB0
    }
  }

  /// The format whose memory a decoded picture of FFmpeg's format already has, or nil when it must be converted.
  init?(sameMemoryAs format: AVPixelFormat) {
    switch format {
    case AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P: self = .yuv420p
    case AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUVJ422P: self = .yuv422p
    case AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUVJ444P: self = .yuv444p
    case AV_PIX_FMT_YUV420P10LE: self = .yuv420p10
    case AV_PIX_FMT_YUV422P10LE: self = .yuv422p10
    case AV_PIX_FMT_YUV444P10LE: self = .yuv444p10
    case AV_PIX_FMT_GBRP: self = .gbrp
    case AV_PIX_FMT_GBRP10LE: self = .gbrp10
    default: return nil
    }
  }

  /// The format nearest to FFmpeg's: chroma is never thinned except where no layout is as dense, depth stays 8 or
  /// becomes 10, RGB stays RGB, grey gets neutral chroma, alpha goes. Nil for pictures in the memory of a device.
  init?(nearestTo format: AVPixelFormat) {
    if let same = PixelFormat(sameMemoryAs: format) {
      self = same
      return
    }
    guard let about = av_pix_fmt_desc_get(format)?.pointee else { return nil }
    let flags = Int32(truncatingIfNeeded: about.flags)
    guard flags & AV_PIX_FMT_FLAG_HWACCEL == 0 else { return nil }
    let isDeep = about.comp.0.depth > 8
    if flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER) != 0 {
      self = isDeep ? .gbrp10 : .gbrp
    } else if about.nb_components < 3 {
      self = isDeep ? .yuv420p10 : .yuv420p
    } else {
      switch (about.log2_chroma_w, about.log2_chroma_h) {
      case (0, _): self = isDeep ? .yuv444p10 : .yuv444p
      case (_, 0): self = isDeep ? .yuv422p10 : .yuv422p
      default: self = isDeep ? .yuv420p10 : .yuv420p
      }
    }
  }
}

extension AVPixelFormat {
  /// The format without the "J" that once meant full range, and whether it had it.
  var withoutJ: (format: AVPixelFormat, isFull: Bool) {
    switch self {
    case AV_PIX_FMT_YUVJ420P: (AV_PIX_FMT_YUV420P, true)
    case AV_PIX_FMT_YUVJ422P: (AV_PIX_FMT_YUV422P, true)
    case AV_PIX_FMT_YUVJ444P: (AV_PIX_FMT_YUV444P, true)
    case AV_PIX_FMT_YUVJ440P: (AV_PIX_FMT_YUV440P, true)
    case AV_PIX_FMT_YUVJ411P: (AV_PIX_FMT_YUV411P, true)
    default: (self, false)
    }
  }

  /// FFmpeg's name of the format.
  var name: String { String(copying: av_get_pix_fmt_name(self)) }

  /// Whether a colour matrix applies.
  var isYUV: Bool {
    guard let about = av_pix_fmt_desc_get(self)?.pointee else { return false }
    return Int32(truncatingIfNeeded: about.flags) & AV_PIX_FMT_FLAG_RGB == 0 && about.nb_components >= 3
  }

  /// Whether the picture is grey only, with or without alpha.
  var isGray: Bool {
    guard let about = av_pix_fmt_desc_get(self)?.pointee else { return false }
    let flags = Int32(truncatingIfNeeded: about.flags)
    return about.nb_components < 3 && flags & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_RGB) == 0
  }
}
