// A compressed unit.
import CFFmpeg
import Frames

/// A packet's description, which goes with this object: also where an initialiser that holds it throws, as then no `deinit`
/// runs but those of the properties.
final class PacketMemory {
  let raw: UnsafeMutablePointer<AVPacket>

  init() {
    guard let packet = av_packet_alloc() else { preconditionFailure("no memory for a packet's description") }
    raw = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = raw
    av_packet_free(&packet)
  }
}

/// A packet of one stream, by reference to the demuxer's or encoder's memory.
public final class Packet: @unchecked Sendable {  // changed by its first holder only, before it hands it on
  private let memory = PacketMemory()
  /// The stream it belongs to; its time base is that of the times here.
  public let stream: StreamParameters
  /// When it came in.
  package var arrival = ContinuousClock.now

  init(stream: StreamParameters) { self.stream = stream }

  var raw: UnsafeMutablePointer<AVPacket> { memory.raw }

  /// Presentation time in ticks; nil where the source does not say.
  public var pts: Int64? { raw.pointee.pts == cff_no_pts() ? nil : raw.pointee.pts }
  /// Decoding time in ticks; nil where the source does not say.
  public var dts: Int64? { raw.pointee.dts == cff_no_pts() ? nil : raw.pointee.dts }
  /// Ticks; 0 unknown.
  public var duration: Int64 { raw.pointee.duration }
  public var isKey: Bool { raw.pointee.flags & AV_PKT_FLAG_KEY != 0 }
  /// The packet's bytes; valid while the packet lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: raw.pointee.data, count: Int(raw.pointee.size))
  }

  /// Whether the demuxer found it damaged or cut off.
  var isCorrupt: Bool { raw.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }
  /// Whether an edit list hides what it holds.
  var isHidden: Bool { raw.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

  /// Seconds of `dts`, or of `pts` where there is none.
  package var seconds: Double? { (dts ?? pts).map { Double($0) * stream.timeBase.value } }

  /// Moves both times by `ticks`.
  package func shift(by ticks: Int64) {
    if pts != nil { raw.pointee.pts &+= ticks }
    if dts != nil { raw.pointee.dts &+= ticks }
  }
}
