// Frames into packets.
import CFFmpeg
import Foundation
public import Frames

/// Encodes frames for one output.
///
/// The first frame fixes size, layout, colour description, aspect ratio, rotation and time base; later frames that differ
/// are converted to it. Times are kept; a frame whose time is not after the one before comes one tick after it. After each
/// `send`, and after `finish`, call `receive` until it gives nil. Used by one stage at a time.
public final class Encoder: @unchecked Sendable {  // used by one stage at a time
  /// FFmpeg's name of the encoder.
  public let name: String

  let target: OutputTarget
  let options: SinkOptions
  let codec: UnsafePointer<AVCodec>
  private(set) var context: UnsafeMutablePointer<AVCodecContext>?
  private(set) var picture: EncoderPicture?
  private var stream: StreamParameters?
  private var isFinished = false
  private var pool: FramePool?
  private let resampler = Resampler()
  private let turner = FrameTurner()
  private var lastTime: Int64?
  /// How long the frames are shown that the encoder still holds, by pts.
  private var durations: [Int64: Int64] = [:]
  private var saidRepeated = false
  private let submitted = DecodedPicture()

  /// Finds the encoder; it is opened with the first frame.
  ///
  /// - Throws: `VideoError.unknownEncoder`.
  public init(_ target: OutputTarget, _ options: SinkOptions) throws(VideoError) {
    MediaLog.install
    name = options.codec ?? target.defaultCodec
    self.target = target
    self.options = options
    guard let found = avcodec_find_encoder_by_name(name) ?? Self.byCodec(name), found.pointee.type == AVMEDIA_TYPE_VIDEO
    else { throw .unknownEncoder(name) }
    codec = found
  }

  deinit { avcodec_free_context(&context) }

  /// "h264" and the like name codecs; the first encoder that makes it.
  private static func byCodec(_ name: String) -> UnsafePointer<AVCodec>? {
    guard let about = avcodec_descriptor_get_by_name(name) else { return nil }
    return avcodec_find_encoder(about.pointee.id)
  }

  /// Gives the encoder a frame; it keeps the frame's memory until it is done with it.
  ///
  /// - Precondition: `receive` has given nil since the last frame.
  /// - Throws: `VideoError.encoder`, `.badPicture`.
  public func send(_ frame: Frame) throws(VideoError) {
    let turned = target.holdsRotation ? frame : try turner.upright(frame)
    if context == nil { try open(turned) }
    let ready = try fitted(turned)
    let raw = submitted.raw
    point(raw, at: ready)
    raw.pointee.pts = time(of: frame)
    defer { av_frame_unref(raw) }
    let code = avcodec_send_frame(context, raw)
    if code < 0 { throw .encoder(name, cause: FFmpegCode(code).message) }
  }

  /// Says that no frame follows; `receive` then gives what the encoder still holds.
  public func finish() {
    if !isFinished, let context { avcodec_send_frame(context, nil) }
    isFinished = true
  }

  /// The next packet, or nil when the encoder wants a frame (or, after `finish`, is empty).
  ///
  /// - Throws: `VideoError.encoder`.
  public func receive() throws(VideoError) -> Packet? {
    guard let context, let stream else { return nil }
    let packet = Packet(stream: stream)
    let code = FFmpegCode(avcodec_receive_packet(context, packet.raw))
    if code == .again || code == .endOfFile { return nil }
    if code.code < 0 { throw .encoder(name, cause: code.message) }
    if let duration = packet.pts.flatMap({ durations.removeValue(forKey: $0) }) {
      packet.raw.pointee.duration = duration
    }
    return packet
  }

  /// The frame in the size, layout, matrix and range of the first one.
  private func fitted(_ frame: Frame) throws(VideoError) -> Frame {
    guard let picture else { return frame }
    let shape = PictureShape(
      width: picture.width, height: picture.height, format: picture.format, matrix: picture.color.matrix,
      isFull: picture.color.range == .full || !picture.layout.isYUV)
    if PictureShape(frame) == shape { return frame }
    if pool == nil { pool = FramePool(width: picture.width, height: picture.height, format: picture.layout) }
    guard let result = pool?.makeFrame() else { return frame }
    try resampler.run(from: PlaneTable(frame), PictureShape(frame), to: PlaneTable(result), shape)
    result.copyProperties(from: frame)
    return result
  }

  /// The frame's time in the encoder's ticks, after the one before.
  private func time(of frame: Frame) -> Int64 {
    let base = context!.pointee.time_base
    let from = AVRational(num: frame.timeBase.num, den: frame.timeBase.den)
    var time = frame.pts.map { av_rescale_q($0, from, base) } ?? lastTime.map { $0 + 1 } ?? 0
    if let lastTime, time <= lastTime {
      if !saidRepeated {
        options.diagnostics?("times repeat or go back; such frames follow one tick after the one before")
      }
      saidRepeated = true
      time = lastTime + 1
    }
    lastTime = time
    if durations.count > 512 { durations.removeAll(keepingCapacity: true) }
    if frame.duration > 0 { durations[time] = av_rescale_q(frame.duration, from, base) }
    return time
  }

  private func open(_ frame: Frame) throws(VideoError) {
    let size = (frame.width, frame.height)
    let picture = try EncoderPicture(first: frame, size: size, codec: codec, among: target.pixelFormats)
    if let remark = picture.remark { options.diagnostics?(remark) }
    context = avcodec_alloc_context3(codec)
    guard let made = context else { throw .encoder(name, cause: "no memory") }
    configure(made, picture, frame)
    let (code, cause) = MediaLog.listening { avcodec_open2(made, codec, nil) }
    guard code >= 0 else {
      avcodec_free_context(&context)
      throw .encoder(name, cause: cause ?? FFmpegCode(code).message)
    }
    let stream = StreamParameters(encoder: made, frameRate: options.frameRate)
    if target.holdsRotation, !frame.rotation.isUpright, let matrix = cff_new_display_matrix(stream.stream) {
      frame.rotation.writeDisplayMatrix(to: matrix)
    }
    self.picture = picture
    self.stream = stream
  }
}
