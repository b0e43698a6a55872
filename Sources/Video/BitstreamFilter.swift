// Packets brought into the form that a container wants.
import CFFmpeg

/// One of FFmpeg's bitstream filters, which give one packet for each that they take.
///
/// FFmpeg's muxers add what they need by themselves, except MP4 with a delayed index (5.1 refuses AAC from a transport
/// stream then), so that case is done here.
final class BitstreamFilter {
  private var context: UnsafeMutablePointer<AVBSFContext>?

  /// nil where the filter is not in this FFmpeg or does not take the stream.
  init?(_ name: String, for stream: StreamParameters) {
    guard let filter = av_bsf_get_by_name(name), av_bsf_alloc(filter, &context) >= 0, let context else { return nil }
    avcodec_parameters_copy(context.pointee.par_in, stream.stream.pointee.codecpar)
    context.pointee.time_base_in = stream.stream.pointee.time_base
    guard av_bsf_init(context) >= 0 else { return nil }
  }

  deinit { av_bsf_free(&context) }

  /// What turns a stream into MP4's form of it: AAC with a header on each packet into AAC without.
  static func forMP4(_ stream: StreamParameters) -> BitstreamFilter? {
    guard stream.codec == "aac", stream.stream.codec.extradata_size == 0 else { return nil }
    return BitstreamFilter("aac_adtstoasc", for: stream)
  }

  /// The packet in its new form; nil when it is damaged or the filter keeps it.
  func apply(_ packet: Packet) -> Packet? {
    let result = Packet(stream: packet.stream)
    guard av_packet_ref(result.raw, packet.raw) >= 0, av_bsf_send_packet(context, result.raw) >= 0 else { return nil }
    return av_bsf_receive_packet(context, result.raw) >= 0 ? result : nil
  }
}
