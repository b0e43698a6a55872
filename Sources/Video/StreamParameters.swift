// What a stream of packets is, detached from the file it came from.
import CFFmpeg
public import Frames

/// Codec parameters, time base, side data, tags and disposition of one stream; what a muxer needs to write it again.
public final class StreamParameters: @unchecked Sendable {  // never changed after it is made
  /// The kind of a stream.
  public enum Kind: String, Sendable { case video, audio, subtitle, data, attachment }

  /// Number of the stream in its source.
  public let index: Int
  public let kind: Kind
  /// FFmpeg's short name of the codec.
  public let codec: String
  /// Seconds per tick of the stream's packets.
  public let timeBase: Rational
  /// Tag "language", where there is one.
  public let language: String?

  /// A container with this one stream in it, as FFmpeg keeps these things nowhere else.
  private var shelf: UnsafeMutablePointer<AVFormatContext>?
  let stream: UnsafeMutablePointer<AVStream>

  init(copying original: UnsafeMutablePointer<AVStream>) {
    shelf = avformat_alloc_context()
    guard let copy = avformat_new_stream(shelf, nil) else {
      preconditionFailure("no memory for a stream's description")
    }
    avcodec_parameters_copy(copy.pointee.codecpar, original.pointee.codecpar)
    _ = cff_copy_side_data(copy, original)
    av_dict_copy(&copy.pointee.metadata, original.pointee.metadata, 0)
    copy.pointee.disposition = original.pointee.disposition
    copy.pointee.time_base = original.pointee.time_base
    copy.pointee.avg_frame_rate = original.pointee.avg_frame_rate
    copy.pointee.sample_aspect_ratio = original.pointee.sample_aspect_ratio
    stream = copy
    index = Int(original.pointee.index)
    kind = Self.kind(copy.pointee.codecpar.pointee.codec_type)
    codec = String(copying: avcodec_get_name(copy.pointee.codecpar.pointee.codec_id))
    timeBase = Rational(copy.pointee.time_base.num, copy.pointee.time_base.den)
    language = av_dict_get(copy.pointee.metadata, "language", nil, 0).map { String(cString: $0.pointee.value) }
  }

  /// The stream that an encoder writes.
  init(encoder: UnsafeMutablePointer<AVCodecContext>, frameRate: Rational) {
    shelf = avformat_alloc_context()
    guard let made = avformat_new_stream(shelf, nil) else {
      preconditionFailure("no memory for a stream's description")
    }
    avcodec_parameters_from_context(made.pointee.codecpar, encoder)
    made.pointee.time_base = encoder.pointee.time_base
    made.pointee.sample_aspect_ratio = encoder.pointee.sample_aspect_ratio
    made.pointee.avg_frame_rate = AVRational(num: frameRate.num, den: frameRate.den)
    made.pointee.disposition = AV_DISPOSITION_DEFAULT
    stream = made
    (index, kind, language) = (0, .video, nil)
    codec = String(copying: avcodec_get_name(encoder.pointee.codec_id))
    timeBase = Rational(encoder.pointee.time_base.num, encoder.pointee.time_base.den)
  }

  deinit { avformat_free_context(shelf) }

  /// Whether packets of the other stream can follow those of this one in a container.
  package func isLike(_ other: StreamParameters) -> Bool {
    let (mine, its) = (stream.pointee.codecpar.pointee, other.stream.pointee.codecpar.pointee)
    func bytes(_ codec: AVCodecParameters) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: codec.extradata, count: Int(codec.extradata_size))
    }
    return index == other.index && mine.codec_type == its.codec_type && mine.codec_id == its.codec_id
      && mine.sample_rate == its.sample_rate && mine.ch_layout.nb_channels == its.ch_layout.nb_channels
      && bytes(mine).elementsEqual(bytes(its))
  }

  /// "audio (aac, eng)".
  public var title: String { "\(kind.rawValue) (\(codec)\(language.map { ", \($0)" } ?? ""))" }

  static func kind(_ type: AVMediaType) -> Kind {
    switch type {
    case AVMEDIA_TYPE_VIDEO: .video
    case AVMEDIA_TYPE_AUDIO: .audio
    case AVMEDIA_TYPE_SUBTITLE: .subtitle
    case AVMEDIA_TYPE_ATTACHMENT: .attachment
    default: .data
    }
  }
}
