// One open output container.
import CFFmpeg
import Foundation

/// Owns FFmpeg's output: streams, header, packets, trailer.
///
/// Used by one thread at a time.
final class OutputContext {
  let name: String
  private let interrupt: Interrupt
  private var output: UnsafeMutablePointer<AVFormatContext>?
  private let pipe: OutputPipe?
  private var scratch = PacketMemory()
  private var hasOwnIO = false
  private var lastDecodingTimes: [Int: Int64] = [:]
  /// The last packet of each stream of sound and picture, held back until the next one tells how long it lasts.
  private var held: [Int: PacketMemory] = [:]
  /// Whether packets are held back: a fragment of MP4 begins where the durations before it end, so they must be exact.
  var holdsBack = false
  private(set) var streams: [UnsafeMutablePointer<AVStream>] = []

  var raw: UnsafeMutablePointer<AVFormatContext> { output! }
  var muxer: UnsafePointer<AVOutputFormat> { UnsafePointer(raw.pointee.oformat) }

  /// - Parameters:
  ///   - pipe: where the bytes go; nil lets FFmpeg open `url`.
  ///   - interrupt: ends waits for a peer.
  /// - Throws: `VideoError.unknownContainer`, `.cannotWrite`.
  init(
    format: String, url: String, name: String, pipe: OutputPipe?, interrupt: Interrupt = Interrupt(timeout: nil)
  ) throws(VideoError) {
    MediaLog.install
    self.name = name
    self.interrupt = interrupt
    self.pipe = pipe
    guard avformat_alloc_output_context2(&output, nil, format, url) >= 0, output != nil else {
      throw .unknownContainer(format)
    }
    raw.pointee.pb = pipe?.context
    raw.pointee.interrupt_callback = interrupt.callback
    // At most a second of packets waits for those of a stream that has gone quiet; containers that insist on one order of
    // all packets keep FFmpeg's ten.
    let insists = ["flv", "mpegts", "avi", "rtsp"].contains(format)
    raw.pointee.max_interleave_delta = Int64(AV_TIME_BASE) * (insists ? 10 : 1)
    raw.pointee.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL
    raw.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS
    raw.pointee.flush_packets = 1
    raw.pointee.max_delay = 0
  }

  deinit {
    if hasOwnIO { avio_closep(&raw.pointee.pb) }
    avformat_free_context(output)
  }

  /// Has packets wait for those of a stream that has gone quiet for a fifth of a second only, whatever the container insists
  /// on: live pictures come first.
  func waitBriefly() { raw.pointee.max_interleave_delta = Int64(AV_TIME_BASE) / 5 }

  /// Opens the URL, for outputs that are not Verge's own files.
  ///
  /// - Throws: `VideoError.cannotWrite`.
  func connect(_ url: String, options: [String: String]) throws(VideoError) {
    guard muxer.pointee.flags & AVFMT_NOFILE == 0 else { return }
    var dictionary: OpaquePointer?
    defer { av_dict_free(&dictionary) }
    for (key, value) in options { av_dict_set(&dictionary, key, value, 0) }
    interrupt.arm()
    var callback = interrupt.callback
    let (code, cause) = MediaLog.listening {
      avio_open2(&raw.pointee.pb, url, AVIO_FLAG_WRITE, &callback, &dictionary)
    }
    guard code >= 0 else { throw failure(code, cause) }
    hasOwnIO = true
  }

  func add(_ stream: StreamParameters) throws(VideoError) {
    guard let made = StreamTable(muxer).add(stream, to: raw) else { throw .cannotWrite(name, cause: "no memory") }
    streams.append(made)
  }

  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.brokenPipe`.
  func writeHeader(_ options: [String: String]) throws(VideoError) {
    var dictionary: OpaquePointer?
    defer { av_dict_free(&dictionary) }
    for (key, value) in options { av_dict_set(&dictionary, key, value, 0) }
    interrupt.arm()
    let (code, cause) = MediaLog.listening { avformat_write_header(raw, &dictionary) }
    try check(code, cause)
  }

  /// Writes a copy of the packet into stream `index`, with its times moved by `shift` seconds.
  ///
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.brokenPipe`.
  func write(_ packet: UnsafePointer<AVPacket>, timeBase: AVRational, to index: Int, shift: Double = 0)
    throws(VideoError)
  {
    let memory = scratch
    let scratch = memory.raw
    guard av_packet_ref(scratch, packet) >= 0 else { throw .cannotWrite(name, cause: "no memory") }
    interrupt.arm()
    let base = streams[index].pointee.time_base
    av_packet_rescale_ts(scratch, timeBase, base)
    let ticks = shift == 0 ? 0 : Int64((shift * Double(base.den) / Double(base.num)).rounded())
    move(scratch, by: ticks, stream: index)
    scratch.pointee.stream_index = Int32(index)
    scratch.pointee.pos = -1
    let kind = StreamParameters.kind(streams[index].type)
    guard holdsBack, kind == .video || kind == .audio else {
      return try check(av_interleaved_write_frame(raw, scratch), nil)
    }
    let before = held.updateValue(memory, forKey: index)
    self.scratch = before ?? PacketMemory()
    guard let before = before?.raw else { return }
    before.pointee.duration = scratch.pointee.dts - before.pointee.dts
    try check(av_interleaved_write_frame(raw, before), nil)
  }

  /// Writes the packets that were held back, with the durations their sources gave.
  private func release() throws(VideoError) {
    for packet in held.values.map(\.raw) where packet.pointee.size > 0 {
      try check(av_interleaved_write_frame(raw, packet), nil)
    }
  }

  /// Moves the times, and keeps decoding times rising, as every container demands.
  private func move(_ packet: UnsafeMutablePointer<AVPacket>, by ticks: Int64, stream: Int) {
    let none = cff_no_pts()
    if packet.pointee.pts != none { packet.pointee.pts += ticks }
    if packet.pointee.dts != none { packet.pointee.dts += ticks }
    if packet.pointee.dts == none { packet.pointee.dts = packet.pointee.pts }
    let last = lastDecodingTimes[stream]
    if packet.pointee.dts == none { packet.pointee.dts = last.map { $0 + 1 } ?? 0 }
    if let last, packet.pointee.dts <= last { packet.pointee.dts = last + 1 }
    if packet.pointee.pts == none || packet.pointee.pts < packet.pointee.dts {
      packet.pointee.pts = packet.pointee.dts
    }
    lastDecodingTimes[stream] = packet.pointee.dts
  }

  /// Makes the muxer write out what it holds: a fragment, a cluster.
  func flush() throws(VideoError) {
    try check(av_write_frame(raw, nil), nil)
  }

  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.brokenPipe`.
  func writeTrailer() throws(VideoError) {
    interrupt.arm()
    try release()
    let (code, cause) = MediaLog.listening { av_write_trailer(raw) }
    if let io = raw.pointee.pb { avio_flush(io) }
    try check(code, cause)
  }

  private func check(_ code: Int32, _ cause: String?) throws(VideoError) {
    if let number = pipe?.failure, number != 0 { throw OutputFile.error(name, number) }
    if code < 0 { throw failure(code, cause) }
    if let io = raw.pointee.pb, io.pointee.error < 0 { throw failure(io.pointee.error, nil) }
  }

  private func failure(_ code: Int32, _ cause: String?) -> VideoError {
    if interrupt.wasCancelled { return .cancelled }
    if interrupt.isOverdue { return .cannotWrite(name, cause: "its peer takes nothing") }
    let error = FFmpegCode(code)
    if [ENOSPC, EDQUOT, EPIPE].contains(error.posix) { return OutputFile.error(name, error.posix) }
    return .cannotWrite(name, cause: cause ?? error.message)
  }
}
