// From a fragmented MP4 to an ordinary one whose index comes first.
import CFFmpeg
import Foundation
import Frames

/// Copies every packet of a finished fragmented file into an ordinary fast-start file and puts that in its place.
struct FastStart {
  let path: String
  let format: String
  /// Seconds of each stream's first decoding time, as it was written.
  let starts: [Int: Double]

  /// - Throws: `VideoError`; the fragmented file is then untouched.
  func run() throws(VideoError) {
    let temporary = path + ".part"
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
    try output.writeHeader([
      "movflags": "faststart", "use_editlist": "1", "avoid_negative_ts": "disabled",
    ])
    try copyPackets(from: input, to: output)
    try output.writeTrailer()
    let number = file.synchronize()
    if number != 0 { throw OutputFile.error(path, number) }
  }

  private func copyPackets(from input: InputContext, to output: OutputContext) throws(VideoError) {
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    guard let packet else { throw .cannotWrite(path, cause: "no memory") }
    var shifts: [Int: Double] = [:]
    let streams = input.streams
    while av_read_frame(input.raw, packet) >= 0 {
      let number = Int(packet.pointee.stream_index)
      guard streams.indices.contains(number) else { continue }
      let base = streams[number].pointee.time_base
      if shifts[number] == nil {
        let read = Double(packet.pointee.dts) * Double(base.num) / Double(base.den)
        shifts[number] = (starts[number] ?? read) - read
      }
      try output.write(packet, timeBase: base, to: number, shift: shifts[number] ?? 0)
      av_packet_unref(packet)
    }
  }
}
