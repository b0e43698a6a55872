// The streams of an output container.
import CFFmpeg
import Foundation

/// Decides which streams a container can hold, and adds them to it.
struct StreamTable {
  private let muxer: UnsafePointer<AVOutputFormat>

  init(_ muxer: UnsafePointer<AVOutputFormat>) { self.muxer = muxer }

  /// What transport streams carry so that players know it; anything else would become unnamed private data.
  private static let transport: Set<String> = [
    "mp1", "mp2", "mp3", "aac", "aac_latm", "ac3", "eac3", "dts", "truehd", "opus", "s302m", "dvb_subtitle",
    "dvb_teletext", "hdmv_pgs_subtitle", "klv", "timed_id3", "scte_35",
  ]

  /// Whether the container can hold the stream bit for bit.
  func holds(_ stream: StreamParameters) -> Bool {
    let codec = stream.stream.codec
    switch String(copying: muxer.pointee.name) {
    case "mpegts": return Self.transport.contains(stream.codec)
    case "yuv4mpegpipe", "rawvideo", "image2", "image2pipe", "gif", "apng", "mjpeg", "mpjpeg", "null", "webp":
      return false
    case "mp4", "mov", "ipod", "3gp":
      // GoPro's telemetry has a tag of its own; other data tracks cannot be written.
      if stream.kind == .data { return codec.codec_tag == Self.tag("gpmd") }
      if stream.kind == .attachment { return false }
    default: break
    }
    guard codec.codec_id != AV_CODEC_ID_NONE else { return false }
    return avformat_query_codec(muxer, codec.codec_id, FF_COMPLIANCE_NORMAL) == 1
  }

  /// Adds a stream with its tags, disposition and side data.
  ///
  /// - Returns: the stream in `output`, or nil without memory.
  func add(
    _ stream: StreamParameters, to output: UnsafeMutablePointer<AVFormatContext>
  ) -> UnsafeMutablePointer<AVStream>? {
    guard let made = avformat_new_stream(output, nil) else { return nil }
    let original = stream.stream
    avcodec_parameters_copy(made.pointee.codecpar, original.pointee.codecpar)
    _ = cff_copy_side_data(made, original)
    av_dict_copy(&made.pointee.metadata, original.pointee.metadata, 0)
    av_dict_set(&made.pointee.metadata, "encoder", nil, 0)
    made.pointee.disposition = original.pointee.disposition
    made.pointee.time_base = original.pointee.time_base
    made.pointee.avg_frame_rate = original.pointee.avg_frame_rate
    made.pointee.sample_aspect_ratio = original.pointee.sample_aspect_ratio
    made.pointee.codecpar.pointee.codec_tag = tag(for: original.codec)
    return made
  }

  /// The source's tag where the container knows it for this codec, else 0: the container's own choice.
  private func tag(for codec: AVCodecParameters) -> UInt32 {
    if codec.codec_tag == Self.tag("gpmd") { return codec.codec_tag }
    guard let tags = muxer.pointee.codec_tag else { return 0 }
    return av_codec_get_id(tags, codec.codec_tag) == codec.codec_id ? codec.codec_tag : 0
  }

  static func tag(_ name: String) -> UInt32 {
    name.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
