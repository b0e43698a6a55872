// The first picture of a file, through demuxer and decoder and nothing else.
import CFFmpeg
import Foundation

/// Opens a file, decodes until a picture comes out, and closes everything again.
enum SinglePicture {
  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, `.noVideo`, `.noDecoder`.
  static func decode(_ path: String) throws(VideoError) -> DecodedPicture {
    let (result, cause) = MediaLog.listening { Result { () throws(VideoError) in try open(path) } }
    do {
      return try result.get()
    } catch .notMedia(let name, let code) {
      throw .notMedia(name, cause: cause ?? code)
    } catch {
      throw error
    }
  }

  private static func open(_ path: String) throws(VideoError) -> DecodedPicture {
    var input: UnsafeMutablePointer<AVFormatContext>?
    // The prefix keeps names with a colon or a percent sign from being taken for a protocol or a pattern.
    let code = avformat_open_input(&input, "file:" + path, nil, nil)
    guard code >= 0, let opened = input else {
      let reason = FFmpegCode(code)
      if reason.posix == EACCES || reason.posix == ENOENT || reason.posix == EISDIR {
        throw .cannotOpen(path, cause: String(cString: strerror(reason.posix)))
      }
      throw .notMedia(path, cause: reason.message)
    }
    defer { avformat_close_input(&input) }
    // A plain image says its codec at once; probing further would decode it twice.
    let isImage =
      String(copying: opened.pointee.iformat.pointee.name).hasSuffix("_pipe") && opened.pointee.nb_streams > 0
    if !isImage { avformat_find_stream_info(opened, nil) }
    var codec: UnsafePointer<AVCodec>?
    let number = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0)
    guard number >= 0, let stream = opened.pointee.streams[Int(number)] else {
      throw .noVideo(path, found: "\(opened.pointee.nb_streams) other streams")
    }
    guard let codec else {
      throw .noDecoder(path, codec: String(copying: avcodec_get_name(stream.pointee.codecpar.pointee.codec_id)))
    }
    return try firstPicture(opened, number, stream, codec, path)
  }

  private static func firstPicture(
    _ input: UnsafeMutablePointer<AVFormatContext>, _ number: Int32, _ stream: UnsafeMutablePointer<AVStream>,
    _ codec: UnsafePointer<AVCodec>, _ path: String
  ) throws(VideoError) -> DecodedPicture {
    var context = avcodec_alloc_context3(codec)
    defer { avcodec_free_context(&context) }
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    guard let context else { throw .noDecoder(path, codec: String(copying: codec.pointee.name)) }
    context.pointee.thread_count = 1
    avcodec_parameters_to_context(context, stream.pointee.codecpar)
    var code = avcodec_open2(context, codec, nil)
    guard code >= 0 else { throw .noDecoder(path, codec: String(copying: codec.pointee.name)) }
    let picture = DecodedPicture()
    var isDrained = false
    while !isDrained {
      isDrained = av_read_frame(input, packet) < 0
      if !isDrained, packet?.pointee.stream_index != number {
        av_packet_unref(packet)
        continue
      }
      code = avcodec_send_packet(context, isDrained ? nil : packet)
      av_packet_unref(packet)
      if avcodec_receive_frame(context, picture.raw) >= 0 { return picture }
    }
    throw .notMedia(path, cause: code < 0 ? FFmpegCode(code).message : "no picture in it")
  }
}
