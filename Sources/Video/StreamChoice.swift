// Which of a container's streams is the video, and what its header says about it.
import CFFmpeg
import Frames

/// Picks the video stream and describes it.
enum StreamChoice {
  typealias Stream = UnsafeMutablePointer<AVStream>

  /// The wanted video stream: the one asked for, or the default one, or the largest.
  ///
  /// Cover pictures are no video.
  /// - Throws: `VideoError.noVideo` with what there is instead, `.badOption` for a number that is too high.
  static func video(among streams: [Stream], name: String, number: Int?) throws(VideoError) -> Stream {
    let videos = streams.filter { StreamParameters.kind($0.type) == .video && !$0.isCover }
    if let number {
      guard videos.indices.contains(number) else {
        throw .badOption("\(name) has \(videos.count) video stream(s), so there is no number \(number)")
      }
      return videos[number]
    }
    func rank(_ stream: Stream) -> (Int, Int) {
      let area = Int(stream.codec.width) * Int(stream.codec.height)
      let isDefault = stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0
      return (isDefault ? 1 : 0, area)
    }
    guard var best = videos.first else { throw .noVideo(name, found: inventory(streams)) }
    for stream in videos.dropFirst() where rank(stream) > rank(best) { best = stream }
    return best
  }

  private static func inventory(_ streams: [Stream]) -> String {
    if streams.isEmpty { return "no streams at all" }
    let names = streams.map { stream in
      stream.isCover ? "a cover picture" : StreamParameters(copying: stream).title
    }
    return names.joined(separator: ", ")
  }

  /// What the header says of the chosen stream.
  static func info(_ stream: Stream, in input: InputContext, options: SourceOptions) -> VideoInfo {
    let codec = stream.codec
    let guess = av_guess_frame_rate(input.raw, stream, nil)
    let rate = guess.num > 0 && guess.den > 0 ? Rational(guess.num, guess.den) : Rational(0, 1)
    let aspect = av_guess_sample_aspect_ratio(input.raw, stream, nil)
    var info = VideoInfo(
      width: Int(codec.width), height: Int(codec.height), codec: String(copying: avcodec_get_name(codec.codec_id)),
      pixelFormat: AVPixelFormat(codec.format).name, container: input.formatName,
      timeBase: Rational(stream.pointee.time_base.num, stream.pointee.time_base.den), frameRate: rate,
      sampleAspectRatio: Rational(aspect.num, aspect.den))
    if let matrix = cff_display_matrix(stream) { info.rotation = Rotation(displayMatrix: matrix) }
    info.color = color(codec)
    if stream.pointee.start_time != cff_no_pts() { info.startTime = stream.pointee.start_time }
    limit(&info, stream, input, options)
    return info
  }

  private static func color(_ codec: AVCodecParameters) -> ColorDescription {
    let range: ColorDescription.Range =
      codec.color_range == AVCOL_RANGE_JPEG ? .full : codec.color_range == AVCOL_RANGE_MPEG ? .limited : .unspecified
    return ColorDescription(
      matrix: Int32(codec.color_space.rawValue), range: range, primaries: Int32(codec.color_primaries.rawValue),
      transfer: Int32(codec.color_trc.rawValue), chromaLocation: Int32(codec.chroma_location.rawValue))
  }

  /// Duration, frame count and the wanted stretch of time.
  private static func limit(_ info: inout VideoInfo, _ stream: Stream, _ input: InputContext, _ options: SourceOptions)
  {
    let whole: Double? =
      if stream.pointee.duration > 0, stream.pointee.duration != cff_no_pts() {
        Double(stream.pointee.duration) * info.timeBase.value
      } else if input.raw.pointee.duration > 0 { Double(input.raw.pointee.duration) / Double(AV_TIME_BASE) } else {
        nil
      }
    info.duration = whole
    if stream.pointee.nb_frames > 0 {
      info.frameCount = Int(stream.pointee.nb_frames)
    } else if let whole, info.frameRate.isPositive {
      info.frameCount = Int((whole * info.frameRate.value).rounded())
    }
    guard options.start != nil || options.duration != nil else { return }
    let first = Double(info.startTime ?? 0) * info.timeBase.value
    let from = first + max(0, options.start ?? 0)
    info.wanted = from..<(options.duration.map { from + max(0, $0) } ?? .infinity)
    let rest = whole.map { max(0, min($0 - (from - first), options.duration ?? .infinity)) }
    if let rest, let whole, whole > 0, let count = info.frameCount {
      info.frameCount = Int((Double(count) * rest / whole).rounded())
    }
    info.duration = rest ?? options.duration
  }
}

extension UnsafeMutablePointer<AVStream> {
  var codec: AVCodecParameters { pointee.codecpar.pointee }
  var type: AVMediaType { pointee.codecpar.pointee.codec_type }
  /// Whether the stream is a picture attached to the file, not a video.
  var isCover: Bool { pointee.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS) != 0 }
}
