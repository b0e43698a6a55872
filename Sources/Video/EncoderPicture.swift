// Layout and colour of the pictures that an encoder gets.
import CFFmpeg
import Frames

/// What every picture of an encoded stream is like, fixed by the first frame.
struct EncoderPicture {
  let width, height: Int
  /// The encoder's pixel format, perhaps one with a J.
  let format: AVPixelFormat
  /// The same layout in Verge's words; what frames are converted to.
  let layout: PixelFormat
  let color: ColorDescription
  /// What to say about a choice that the user may not expect.
  var remark: String?

  /// Chooses the layout nearest to the frame's that the encoder takes.
  ///
  /// - Throws: `VideoError.encoder` when it takes none of Verge's.
  init(
    first frame: Frame, size: (width: Int, height: Int), codec: UnsafePointer<AVCodec>, among allowed: [AVPixelFormat]?
  ) throws(VideoError) {
    let name = String(copying: codec.pointee.name)
    (width, height) = size
    let offered = Self.formats(of: codec).map { all in allowed.map { all.filter($0.contains) } ?? all } ?? allowed
    let usable = offered?.compactMap { format in PixelFormat(encoding: format).map { (format, $0) } }
    let wanted = Self.wanted(frame, name, width, height, offered)
    remark = wanted.remark
    guard let choice = Self.nearest(to: wanted.layout, among: usable) else {
      throw .encoder(name, cause: "takes none of the pixel formats that can be made here")
    }
    (format, layout) = choice
    color = Self.color(frame, layout: layout, isFull: format.withoutJ.isFull)
  }

  /// The layout that would suit best.
  private static func wanted(
    _ frame: Frame, _ codec: String, _ width: Int, _ height: Int, _ offered: [AVPixelFormat]?
  ) -> (layout: PixelFormat, remark: String?) {
    let takesRGB = offered.map { $0.contains { [.gbrp, .rgb24, .rgb0].contains(PixelFormat(encoding: $0)) } } ?? true
    var layout = frame.format
    // RGB for an encoder of YUV: 4:2:0, which every player shows.
    if !layout.isYUV, layout != .gray8, !takesRGB { layout = layout.bitDepth > 8 ? .yuv420p10 : .yuv420p }
    let isOdd = layout.chromaShiftX > 0 && width % 2 == 1 || layout.chromaShiftY > 0 && height % 2 == 1
    guard isOdd, codec == "libx264" || codec == "libx265" else { return (layout, nil) }
    let remark =
      "\(width)×\(height) is odd: \(codec) keeps the size by full chroma (4:4:4), which some players do not show"
    return (layout.bitDepth > 8 ? .yuv444p10 : .yuv444p, remark)
  }

  private static func nearest(
    to layout: PixelFormat, among usable: [(AVPixelFormat, PixelFormat)]?
  ) -> (AVPixelFormat, PixelFormat)? {
    guard let usable else { return (layout.ffmpeg, layout) }
    if let same = usable.first(where: { $0.1 == layout }) { return same }
    let list = usable.map(\.0) + [AV_PIX_FMT_NONE]
    let best = avcodec_find_best_pix_fmt_of_list(list, layout.ffmpeg, 0, nil)
    return usable.first { $0.0 == best }
  }

  private static func formats(of codec: UnsafePointer<AVCodec>) -> [AVPixelFormat]? {
    guard var place = cff_pixel_formats(codec) else { return nil }
    var all: [AVPixelFormat] = []
    while place.pointee != AV_PIX_FMT_NONE {
      all.append(place.pointee)
      place += 1
    }
    return all
  }

  /// The frame's own colour description, except where the layout forces another.
  private static func color(_ frame: Frame, layout: PixelFormat, isFull: Bool) -> ColorDescription {
    var color = frame.color
    if isFull { color.range = .full }
    if layout.isYUV, !frame.format.isYUV, frame.format != .gray8 {
      (color.matrix, color.range) = (1, isFull ? .full : .limited)
      if color.primaries == 2 { color.primaries = 1 }
      if color.transfer == 2 { color.transfer = 1 }
      color.chromaLocation = 0
    } else if !layout.isYUV, layout != .gray8 {
      (color.matrix, color.range) = (0, .full)
    }
    return color
  }
}

extension PixelFormat {
  /// The layout whose memory suits an encoder's format, where there is one.
  init?(encoding format: AVPixelFormat) {
    switch format {
    case AV_PIX_FMT_GRAY8: self = .gray8
    case AV_PIX_FMT_RGB24: self = .rgb24
    case AV_PIX_FMT_RGB0, AV_PIX_FMT_BGR0: self = .rgb0  // the same room; swscale puts the bytes in order
    default: self.init(sameMemoryAs: format)
    }
  }
}
