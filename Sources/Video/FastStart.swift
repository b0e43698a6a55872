// From a fragmented MP4 to an ordinary one whose index comes first.
import CFFmpeg
import Foundation
import Frames

/// Copies every packet of a finished fragmented file into an ordinary fast-start file and puts that in its place.
public struct FastStart {
  /// What the name of the new file ends with while it is being made, behind that of the old one.
  public static let draftSuffix = ".part"

  let path: String
  let format: String
  /// Seconds of each stream's first decoding time, as it was written.
  let starts: [Int: Double]

  /// - Throws: `VideoError`; the fragmented file is then untouched.
  func run() throws(VideoError) {
    let temporary = path + Self.draftSuffix
    do throws(VideoError) {
      try copy(to: temporary)
      if rename(temporary, path) != 0 { throw OutputFile.error(path, errno) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func copy(to temporary: String) throws(VideoError) {
    var options = SourceOptions()
    // Times come from the fragments; where the streams start is known here.
    options.ffmpeg["ignore_editlist"] = "1"
    options.format = "mov"
    let input = try InputContext(name: path, options: options, interrupt: Interrupt(timeout: nil), probes: false)
    let file = try OutputFile(creating: temporary)
    let pipe = OutputPipe(file)
    let output = try OutputContext(format: format, url: temporary, name: path, pipe: pipe)
    for stream in input.streams { try output.add(StreamParameters(copying: stream)) }
    Tags.write(Tags.read(input.raw), to: output.raw)
    var header = ["movflags": "faststart", "use_editlist": "1", "avoid_negative_ts": "disabled"]
    if let video = input.streams.first(where: { $0.type == AVMEDIA_TYPE_VIDEO }) {
      header["video_track_timescale"] = "\(video.pointee.time_base.den)"
    }
    try output.writeHeader(header)
    try copyPackets(from: input, to: output)
    try output.writeTrailer()
    let number = file.synchronize()
    if number != 0 { throw OutputFile.error(path, number) }
  }

  private func copyPackets(from input: InputContext, to output: OutputContext) throws(VideoError) {
    var scratch = av_packet_alloc()
    defer { av_packet_free(&scratch) }
    guard let scratch else { throw .cannotWrite(path, cause: "no memory") }
    let streams = input.streams.map { StreamParameters(copying: $0) }
    var shifts: [Int: Double] = [:]
    var captions = CaptionFilter()
    var code = FFmpegCode(av_read_frame(input.raw, scratch))
    while code.code >= 0 {
      defer { code = FFmpegCode(av_read_frame(input.raw, scratch)) }
      let number = Int(scratch.pointee.stream_index)
      guard streams.indices.contains(number) else { continue }
      let packet = Packet(stream: streams[number])
      av_packet_move_ref(packet.raw, scratch)
      if shifts[number] == nil, let first = packet.seconds { shifts[number] = (starts[number] ?? first) - first }
      for ready in captions.pass(packet) { try write(ready, to: output, shifts) }
    }
    // Anything but the end would make a shorter file of a good one.
    guard code == .endOfFile else { throw .readFailed(path, cause: code.message) }
    for rest in captions.rest { try write(rest, to: output, shifts) }
  }

  private func write(_ packet: Packet, to output: OutputContext, _ shifts: [Int: Double]) throws(VideoError) {
    let number = packet.stream.index
    try output.write(
      packet.raw, timeBase: packet.stream.stream.pointee.time_base, to: number, shift: shifts[number] ?? 0)
  }
}

/// Gives captions their length again, which fragments lose, and takes out the empty ones that FFmpeg's muxer adds to mark
/// the end of the caption before.
private struct CaptionFilter {
  private var held: [Int: Packet] = [:]

  /// The packets that may be written now that `packet` is known.
  mutating func pass(_ packet: Packet) -> [Packet] {
    guard packet.stream.codec == "mov_text" else { return [packet] }
    guard let before = held.updateValue(packet, forKey: packet.stream.index) else { return [] }
    if let start = before.dts, let end = packet.dts { before.raw.pointee.duration = end - start }
    return before.duration == 0 && before.isEmptyCaption ? [] : [before]
  }

  /// The last ones; an empty one only marked the end of the one before.
  var rest: [Packet] {
    held.sorted { $0.key < $1.key }.map(\.value).filter { $0.duration > 0 || !$0.isEmptyCaption }
  }
}

extension Packet {
  /// Whether this is a caption whose text has length 0.
  fileprivate var isEmptyCaption: Bool { bytes.count <= 2 }
}
