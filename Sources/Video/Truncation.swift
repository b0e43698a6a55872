// Telling a source that ends from one that breaks off.
import CFFmpeg

/// Gathers the signs that a file was cut: FFmpeg reads up to the cut and then reports an ordinary end.
struct Truncation {
  /// The container's index points beyond the end of the file.
  private var indexGoesBeyond = false
  private var lastIsCorrupt: [Int: Bool] = [:]
  /// Position after the last packet's bytes, for formats whose packets lie one after the other.
  private var lastEnd: Int64?
  private let isRawFrames: Bool
  private let isTransport: Bool

  init(_ input: InputContext) {
    isRawFrames = ["yuv4mpegpipe", "rawvideo"].contains(input.formatName)
    isTransport = input.formatName == "mpegts"
    _ = MediaLog.takeCut(input.raw)  // forgets an earlier demuxer at the same address
    guard let size = input.byteCount else { return }
    for stream in input.streams {
      let count = avformat_index_get_entries_count(stream)
      guard count > 0, let last = avformat_index_get_entry(stream, count - 1)?.pointee else { continue }
      if last.pos + Int64(last.size) > size { indexGoesBeyond = true }
    }
  }

  mutating func note(_ packet: Packet) {
    lastIsCorrupt[packet.stream.index] = packet.isCorrupt
    if packet.raw.pointee.pos >= 0 { lastEnd = packet.raw.pointee.pos + Int64(packet.raw.pointee.size) }
  }

  /// Whether the source, now at its end, was cut off.
  func isCut(_ input: InputContext) -> Bool {
    if indexGoesBeyond || lastIsCorrupt.values.contains(true) { return true }
    if let io = input.raw.pointee.pb, io.pointee.error < 0, FFmpegCode(io.pointee.error) != .endOfFile { return true }
    if isRawFrames, let lastEnd, let io = input.raw.pointee.pb, avio_tell(io) > lastEnd { return true }
    if isTransport, let size = input.byteCount, ![188, 192, 204].contains(where: { size % $0 == 0 }) { return true }
    return MediaLog.takeCut(input.raw)
  }
}
