// The first picture of a file, through demuxer and decoder and nothing else.
import CFFmpeg
import Foundation

/// Opens a file, decodes until a picture comes out, and closes everything again.
enum SinglePicture {
  /// - Parameter strictly: refuses a picture that breaks off or is damaged, where decoders would make something up.
  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, `.noVideo`, `.noDecoder`.
  static func decode(_ path: String, strictly: Bool = false) throws(VideoError) -> DecodedPicture {
    let input = try InputContext(name: path, options: .init(), interrupt: Interrupt(timeout: nil), probes: false)
    let stream = try StreamChoice.video(among: input.streams, name: path, number: nil)
    let decoder = try CodecContext(decoding: stream.pointee.codecpar, name: path) {
      $0.pointee.thread_count = 1
      if strictly { $0.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE }
    }
    let (picture, cause) = MediaLog.listening { firstPicture(input, stream.pointee.index, decoder.raw) }
    guard let picture else { throw .notMedia(path, cause: cause ?? "no picture in it") }
    return picture
  }

  private static func firstPicture(
    _ input: InputContext, _ number: Int32, _ decoder: UnsafeMutablePointer<AVCodecContext>
  ) -> DecodedPicture? {
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    let picture = DecodedPicture()
    var isDrained = false
    while !isDrained {
      isDrained = av_read_frame(input.raw, packet) < 0
      defer { av_packet_unref(packet) }
      if !isDrained, packet?.pointee.stream_index != number { continue }
      avcodec_send_packet(decoder, isDrained ? nil : packet)
      if avcodec_receive_frame(decoder, picture.raw) >= 0 { return picture }
    }
    return nil
  }
}
