// Packets out of one container, file, URL, pipe or device.
import CFFmpeg
import Foundation
import Frames
import Synchronization

/// A demuxer: reads one input and sorts its packets into the chosen video and the rest.
final class ContainerSource: PacketSource, @unchecked Sendable {  // used by one stage at a time; `interrupt` is atomic
  let name: String
  let options: SourceOptions
  let video: VideoInfo
  let otherStreams: [StreamParameters]
  let tags: [String: String]

  private let input: InputContext
  private let interrupt: Interrupt
  private let videoStream: StreamParameters
  private let others: [Int: StreamParameters]
  private let scratch = PacketMemory()
  private var discontinuities = Discontinuities()
  private var truncation: Truncation
  private var hasSeeked = false
  private var videoIsOver = false
  private var failuresInARow = 0
  private var packetsRead = 0
  private var end: DemuxEvent?
  private var told: Set<String> = []

  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, `.noVideo`, `.timedOut`, `.cancelled`, `.badOption`.
  init(name: String, options: SourceOptions) throws(VideoError) {
    self.name = name == "-" ? "standard input" : name
    self.options = options
    interrupt = Interrupt(timeout: options.timeout, cancellation: options.cancellation)
    input = try InputContext(name: name, options: options, interrupt: interrupt)
    let streams = input.streams
    let chosen = try StreamChoice.video(among: streams, name: self.name, number: options.videoStream)
    videoStream = StreamParameters(copying: chosen)
    video = StreamChoice.info(chosen, in: input, options: options)
    var kept: [StreamParameters] = []
    for stream in streams where stream != chosen {
      if stream.type == AVMEDIA_TYPE_VIDEO {
        stream.pointee.discard = AVDISCARD_ALL
      } else {
        kept.append(StreamParameters(copying: stream))
      }
    }
    otherStreams = kept
    tags = Tags.read(input.raw)
    others = Dictionary(uniqueKeysWithValues: kept.map { ($0.index, $0) })
    truncation = Truncation(input)
    tellAboutOtherVideo(streams, chosen)
    seek()
  }

  func cancel() { interrupt.cancel() }

  func next() throws(VideoError) -> DemuxEvent {
    interrupt.arm()
    while end == nil {
      let code = FFmpegCode(av_read_frame(input.raw, scratch.raw))
      if code.code < 0 {
        try noPacket(code)
      } else {
        if let event = event(for: scratch.raw) { return event }
        interrupt.arm()
      }
    }
    return end!
  }

  /// Decides what a failed read means: wait, try again, or the end.
  private func noPacket(_ code: FFmpegCode) throws(VideoError) {
    if let stopped = interrupt.error(name) { throw stopped }
    if code == .again {
      usleep(1000)
      return
    }
    failuresInARow += 1
    if code == .invalidData, failuresInARow < 10 { return }
    if code != .endOfFile {
      if packetsRead == 0 { throw .readFailed(name, cause: cause(of: code)) }
      tell("\(name): reading ended early: \(code.message)")
    }
    let isCut = code != .endOfFile || truncation.isCut(input)
    end = .end(truncated: isCut && !options.isLive)
  }

  private func cause(of code: FFmpegCode) -> String {
    let isPipedMP4 = input.formatName.hasPrefix("mov") && !input.isSeekable
    return isPipedMP4
      ? "this MP4 has its index at the end, so it cannot come through a pipe; give its file name" : code.message
  }

  /// The packet that was read, brought into its place; nil when nobody wants it.
  private func event(for read: UnsafeMutablePointer<AVPacket>) -> DemuxEvent? {
    failuresInARow = 0
    packetsRead += 1
    defer { av_packet_unref(read) }
    let index = Int(read.pointee.stream_index)
    guard let stream = index == videoStream.index ? videoStream : others[index] else {
      if index >= Int(videoStream.index), input.streams.indices.contains(index),
        input.streams[index].type != AVMEDIA_TYPE_VIDEO
      {
        tell("\(name): stream \(index) appears in the middle and is left out")
      }
      return nil
    }
    let packet = Packet(stream: stream)
    av_packet_move_ref(packet.raw, read)
    truncation.note(packet)
    straighten(packet)
    return stream === videoStream ? videoEvent(packet) : isWanted(packet) ? .other(packet) : nil
  }

  private func videoEvent(_ packet: Packet) -> DemuxEvent? {
    if hasSeeked {
      // Where a container has no index, a seek may land between key frames.
      guard packet.isKey else { return nil }
      hasSeeked = false
    }
    if let wanted = video.wanted, let time = packet.seconds, time >= wanted.upperBound {
      // Sound may lie up to a second behind the picture in the file.
      if time >= wanted.upperBound + 1 || otherStreams.isEmpty { end = .end(truncated: false) }
      videoIsOver = true
      return nil
    }
    return videoIsOver ? nil : .video(packet)
  }

  private func isWanted(_ packet: Packet) -> Bool {
    guard let wanted = video.wanted, let time = packet.seconds else { return true }
    return wanted.contains(time)
  }

  /// Makes the packet's clock go on from the last epoch's.
  ///
  /// Only decoding times tell of a jump: pictures' own times go back and forth by reordering.
  private func straighten(_ packet: Packet) {
    guard packet.stream.timeBase.isPositive else { return }
    let base = packet.stream.timeBase.value
    let clock = packet.stream.kind == .video ? packet.dts : packet.dts ?? packet.pts
    let (seconds, isNew) = discontinuities.offset(
      stream: packet.stream.index, time: clock.map { Double($0) * base }, duration: Double(packet.duration) * base)
    if isNew {
      tell("\(name): time jumps back to \(String(format: "%.3f", packet.seconds ?? 0)) s; it is made to go on")
    }
    if seconds != 0 { packet.shift(by: Int64((seconds / base).rounded())) }
  }

  /// Goes to the key frame before the wanted start, where the source can.
  private func seek() {
    guard let wanted = video.wanted, options.start ?? 0 > 0, input.isSeekable else { return }
    let hasIndex = input.raw.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT == 0
    // Without an index a seek lands on any packet; ten seconds are more than any usual distance of key frames.
    let target = wanted.lowerBound - (hasIndex ? 0 : 10)
    let ticks = Int64((target / videoStream.timeBase.value).rounded(.down))
    interrupt.arm()
    if av_seek_frame(input.raw, Int32(videoStream.index), ticks, AVSEEK_FLAG_BACKWARD) >= 0 { hasSeeked = true }
  }

  private func tellAboutOtherVideo(
    _ streams: [UnsafeMutablePointer<AVStream>], _ chosen: UnsafeMutablePointer<AVStream>
  ) {
    for stream in streams where stream != chosen && stream.type == AVMEDIA_TYPE_VIDEO {
      let what = stream.isCover ? "a cover picture" : "another video"
      tell("\(name): stream \(stream.pointee.index) is \(what) and is left out; stream \(chosen.pointee.index) is used")
    }
  }

  /// Says something once.
  private func tell(_ line: String) {
    if told.count < 20, told.insert(line).inserted { options.diagnostics?(line) }
  }
}
