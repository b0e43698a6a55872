// An open decoder.
import CFFmpeg

/// Owns an `AVCodecContext`.
final class CodecContext {
  private var context: UnsafeMutablePointer<AVCodecContext>?
  var raw: UnsafeMutablePointer<AVCodecContext> { context! }

  /// Opens a decoder.
  ///
  /// - Parameter configure: sets fields before it opens.
  /// - Throws: `VideoError.noDecoder`, `.badPicture` when the decoder refuses the stream.
  init(
    decoding parameters: UnsafePointer<AVCodecParameters>, name: String,
    configure: (UnsafeMutablePointer<AVCodecContext>) -> Void
  ) throws(VideoError) {
    let title = String(copying: avcodec_get_name(parameters.pointee.codec_id))
    guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
      throw .noDecoder(name, codec: title)
    }
    context = avcodec_alloc_context3(codec)
    guard let made = context else { throw .noDecoder(name, codec: title) }
    // 16384 × 16384 is the largest picture Verge promises; a damaged header may claim anything.
    made.pointee.max_pixels = 1 << 28
    avcodec_parameters_to_context(made, parameters)
    configure(made)
    let code = avcodec_open2(made, codec, nil)
    guard code >= 0 else { throw .badPicture(name, cause: "decoder \(title): \(FFmpegCode(code).message)") }
  }

  deinit { avcodec_free_context(&context) }
}
