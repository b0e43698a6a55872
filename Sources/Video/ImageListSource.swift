// Images as a source of packets, one a file.
import CFFmpeg
import Frames

/// Gives the images of a list one after the other; frame n is file n, at time n in ticks of the frame rate.
final class ImageListSource: PacketSource, @unchecked Sendable {  // used by one stage at a time; `interrupt` is atomic
  let name: String
  let options: SourceOptions
  let video: VideoInfo
  let otherStreams: [StreamParameters] = []
  let tags: [String: String] = [:]

  private let paths: [String]
  private let interrupt: Interrupt
  private var position: Int
  private let stop: Int
  private var stream: StreamParameters?
  private let scratch = PacketMemory()

  /// - Throws: `VideoError.notMedia`, `.cannotOpen` when none of the images can be read.
  init(name: String, paths: [String], options: SourceOptions) throws(VideoError) {
    self.name = name
    self.paths = paths
    self.options = options
    interrupt = Interrupt(timeout: options.timeout)
    let rate = options.frameRate.value
    let first = min(paths.count, Int(((options.start ?? 0) * rate).rounded(.up)))
    position = first
    stop = options.duration.map { min(paths.count, first + Int(($0 * rate).rounded(.up))) } ?? paths.count
    video = try Self.describe(paths, wanted: first..<max(first, stop), options, interrupt)
  }

  func cancel() { interrupt.cancel() }

  func next() throws(VideoError) -> DemuxEvent {
    if interrupt.wasCancelled { throw .cancelled }
    guard position < stop else { return .end(truncated: false) }
    defer { position += 1 }
    do { return .video(try packet(paths[position])) } catch {
      options.diagnostics?("\(error)")
      return .unreadable(1)
    }
  }

  private func packet(_ path: String) throws(VideoError) -> Packet {
    let input = try InputContext(name: path, options: plain, interrupt: interrupt, probes: false)
    let chosen = try StreamChoice.video(among: input.streams, name: path, number: nil)
    // One decoder serves all pictures of a codec, whatever their sizes.
    chosen.pointee.time_base = AVRational(num: video.timeBase.num, den: video.timeBase.den)
    if stream.map({ $0.stream.codec.codec_id != chosen.codec.codec_id }) ?? true {
      stream = StreamParameters(copying: chosen)
    }
    guard let stream else { throw .cannotOpen(path, cause: "no memory") }
    while av_read_frame(input.raw, scratch.raw) >= 0 {
      let packet = Packet(stream: stream)
      av_packet_move_ref(packet.raw, scratch.raw)
      guard packet.raw.pointee.stream_index == chosen.pointee.index else { continue }
      (packet.raw.pointee.pts, packet.raw.pointee.dts) = (Int64(position), Int64(position))
      packet.raw.pointee.duration = 1
      return packet
    }
    throw .notMedia(path, cause: "no picture in it")
  }

  private var plain: SourceOptions {
    var plain = SourceOptions()
    plain.ffmpeg = options.ffmpeg
    return plain
  }

  private static func describe(
    _ paths: [String], wanted: Range<Int>, _ options: SourceOptions, _ interrupt: Interrupt
  ) throws(VideoError) -> VideoInfo {
    var failure: VideoError?
    for path in paths {
      do throws(VideoError) {
        let input = try InputContext(name: path, options: .init(), interrupt: interrupt)
        let stream = try StreamChoice.video(among: input.streams, name: path, number: nil)
        var info = StreamChoice.info(stream, in: input, options: .init())
        guard info.width > 0 else { throw VideoError.notMedia(path, cause: "no picture in it, or one too large") }
        info.timeBase = options.frameRate.inverse
        info.frameRate = options.frameRate
        info.startTime = Int64(wanted.lowerBound)
        info.frameCount = wanted.count
        info.duration = Double(wanted.count) / options.frameRate.value
        info.imagePaths = paths
        return info
      } catch { failure = failure ?? error }
    }
    throw failure ?? .cannotOpen("image list", cause: "it is empty")
  }
}
