// Single pictures to files, with one encoder for many of the same size.
import CFFmpeg
public import Foundation
public import Frames

/// Writes label maps as indexed PNG and frames as PNG or JPEG, keeping its encoder while size and layout stay.
///
/// Used by one stage at a time.
public final class ImageWriter: @unchecked Sendable {  // used by one stage at a time
  private struct Settings: Equatable {
    var codec: AVCodecID
    var width, height: Int
    var format: Int32
    var quality: Int
  }

  private var context: UnsafeMutablePointer<AVCodecContext>?
  private var settings: Settings?
  private let packet = PacketMemory()
  private let picture = DecodedPicture()
  private let resampler = Resampler()
  private let turner = FrameTurner()
  private var converted: Frame?
  private var paletteMemory = AlignedMemory(byteCount: 1024)

  public init() { MediaLog.install }

  deinit { avcodec_free_context(&context) }

  /// Writes class indices as an 8-bit palette PNG (colour type 3) with the palette's colours.
  ///
  /// - Returns: bytes written.
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.encoder`.
  @discardableResult
  public func writePNG(_ labels: LabelMap, palette: Palette, to path: String) throws(VideoError) -> Int {
    try prepare(labels, palette)
    return try encode(to: path)
  }

  /// The bytes of such a PNG.
  ///
  /// - Throws: `VideoError.encoder`.
  public func png(_ labels: LabelMap, palette: Palette) throws(VideoError) -> Data {
    try prepare(labels, palette)
    return try encoded { Data($0) }
  }

  private func prepare(_ labels: LabelMap, _ palette: Palette) throws(VideoError) {
    let plane = Plane(data: labels.labels, stride: labels.width, width: labels.width, height: labels.height)
    let colors = paletteMemory.base.assumingMemoryBound(to: UInt32.self)
    for index in 0..<256 {
      let color = palette[index]
      colors[index] = 0xFF00_0000 | UInt32(color.red) << 16 | UInt32(color.green) << 8 | UInt32(color.blue)
    }
    let wanted = Settings(
      codec: AV_CODEC_ID_PNG, width: labels.width, height: labels.height, format: AV_PIX_FMT_PAL8.rawValue, quality: 0)
    try prepare(wanted)
    point(at: [plane], wanted)
    picture.raw.pointee.data.1 = paletteMemory.base.assumingMemoryBound(to: UInt8.self)
  }

  /// Writes a frame as an RGB PNG (grey for `gray8`), with the frame's own matrix and range; rotation is not applied.
  ///
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.encoder`, `.badPicture`.
  public func writePNG(_ frame: Frame, to path: String) throws(VideoError) {
    let format = frame.format == .gray8 ? PixelFormat.gray8 : .rgb24
    let wanted = Settings(
      codec: AV_CODEC_ID_PNG, width: frame.width, height: frame.height, format: format.ffmpeg.rawValue, quality: 0)
    try prepare(frame, as: format, full: true, wanted)
    try encode(to: path)
  }

  /// Writes a frame as a JPEG, 4:2:0, or 4:4:4 when the frame has full chroma; rotation is not applied.
  ///
  /// - Parameter quality: 2 (best) to 31.
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.encoder`, `.badPicture`.
  public func writeJPEG(_ frame: Frame, to path: String, quality: Int = 3) throws(VideoError) {
    try prepareJPEG(frame, quality: quality)
    try encode(to: path)
  }

  /// The bytes of a JPEG of the frame, turned upright.
  ///
  /// - Parameter quality: 2 (best) to 31.
  /// - Throws: `VideoError.encoder`, `.badPicture`.
  public func jpeg(_ frame: Frame, quality: Int = 4) throws(VideoError) -> Data {
    try prepareJPEG(try turner.upright(frame), quality: quality)
    return try encoded { Data($0) }
  }

  private func prepareJPEG(_ frame: Frame, quality: Int) throws(VideoError) {
    let isDense = frame.format != .gray8 && frame.format.chromaShiftX == 0
    let format = isDense ? PixelFormat.yuv444p : .yuv420p
    let layout = isDense ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUVJ420P
    let wanted = Settings(
      codec: AV_CODEC_ID_MJPEG, width: frame.width, height: frame.height, format: layout.rawValue, quality: quality)
    try prepare(frame, as: format, full: true, wanted)
  }

  private func prepare(
    _ frame: Frame, as format: PixelFormat, full: Bool, _ wanted: Settings
  ) throws(VideoError) {
    try prepare(wanted)
    var ready = frame
    // JPEG is BT.601 by its standard.
    let shape = PictureShape(width: frame.width, height: frame.height, format: format.ffmpeg, matrix: 5, isFull: full)
    if PictureShape(frame) != shape {
      ready = convertedFrame(frame.width, frame.height, format)
      try resampler.run(from: PlaneTable(frame), PictureShape(frame), to: PlaneTable(ready), shape)
    }
    point(at: ready.planes, wanted)
  }

  private func convertedFrame(_ width: Int, _ height: Int, _ format: PixelFormat) -> Frame {
    if let converted, converted.width == width, converted.height == height, converted.format == format {
      return converted
    }
    let made = Frame(width: width, height: height, format: format)
    converted = made
    return made
  }

  private func prepare(_ wanted: Settings) throws(VideoError) {
    if settings == wanted { return }
    avcodec_free_context(&context)
    settings = nil
    let codec = avcodec_find_encoder(wanted.codec)
    context = avcodec_alloc_context3(codec)
    guard let context, let codec else { throw .unknownEncoder(String(copying: avcodec_get_name(wanted.codec))) }
    context.pointee.width = Int32(wanted.width)
    context.pointee.height = Int32(wanted.height)
    context.pointee.pix_fmt = AVPixelFormat(wanted.format)
    context.pointee.time_base = AVRational(num: 1, den: 25)
    context.pointee.thread_count = 1
    // Masks are flat: more effort makes them hardly smaller and much slower.
    if wanted.codec == AV_CODEC_ID_PNG { context.pointee.compression_level = 2 }
    // The standard's own Huffman tables: a quarter less time than tables made for each picture, for 5 % more bytes.
    if wanted.codec == AV_CODEC_ID_MJPEG { av_opt_set(context.pointee.priv_data, "huffman", "default", 0) }
    if wanted.quality > 0 {
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE
      context.pointee.global_quality = Int32(wanted.quality) * FF_QP2LAMBDA
      context.pointee.color_range = AVCOL_RANGE_JPEG
    }
    let code = avcodec_open2(context, codec, nil)
    guard code >= 0 else { throw .encoder(String(copying: codec.pointee.name), cause: FFmpegCode(code).message) }
    settings = wanted
  }

  /// Lets the encoder's picture point at the planes; `encode` is done with them when it returns.
  private func point(at planes: [Plane], _ wanted: Settings) {
    let raw = picture.raw
    av_frame_unref(raw)
    (raw.pointee.width, raw.pointee.height) = (Int32(wanted.width), Int32(wanted.height))
    raw.pointee.format = wanted.format
    if wanted.quality > 0 {
      raw.pointee.quality = Int32(wanted.quality) * FF_QP2LAMBDA
      raw.pointee.color_range = AVCOL_RANGE_JPEG
    }
    let table = PlaneTable(planes)
    raw.pointee.data.0 = UnsafeMutablePointer(mutating: table.data.0)
    raw.pointee.data.1 = UnsafeMutablePointer(mutating: table.data.1)
    raw.pointee.data.2 = UnsafeMutablePointer(mutating: table.data.2)
    raw.pointee.linesize.0 = table.strides.0
    raw.pointee.linesize.1 = table.strides.1
    raw.pointee.linesize.2 = table.strides.2
  }

  /// - Returns: bytes written.
  @discardableResult
  private func encode(to path: String) throws(VideoError) -> Int {
    let (number, count) = try encoded { bytes throws(VideoError) in
      let file = try OutputFile(creating: path)
      let number = file.write(bytes)
      if number != 0 { file.removeIfRegular() }  // a picture cut short is worse than none
      return (number, bytes.count)
    }
    if number != 0 { throw OutputFile.error(path, number) }
    return count
  }

  /// Encodes the picture that was prepared.
  ///
  /// - Parameter take: gets the bytes, which are gone when it returns.
  private func encoded<Value>(
    _ take: (UnsafeRawBufferPointer) throws(VideoError) -> Value
  ) throws(VideoError) -> Value {
    var code = avcodec_send_frame(context, picture.raw)
    if code >= 0 { code = avcodec_receive_packet(context, packet.raw) }
    guard code >= 0 else { throw .encoder("image", cause: FFmpegCode(code).message) }
    defer { av_packet_unref(packet.raw) }
    return try take(UnsafeRawBufferPointer(start: packet.raw.pointee.data, count: Int(packet.raw.pointee.size)))
  }
}
