// How many frames were lost in decoding.
import CFFmpeg

/// Counts packets that failed, and for codecs with one frame a packet also those that silently gave none: lost, or left out
/// where the decoder was allowed to.
struct LossCount {
  /// Frames known to be lost.
  private(set) var known = 0
  /// Frames known to be left out.
  private(set) var leftOut = LeftOutFrames()
  /// Whether every packet holds exactly one shown frame.
  private(set) var isOneToOne = false
  private var sentCount = 0
  private var deliveredCount = 0
  private var failedCount = 0
  private var leftOutCount = 0
  /// Packets that were ever sent; the number of the last one.
  private var number: Int64 = 0
  /// Packets whose frames may be left out and have not come so far, in order.
  private var open: [(number: Int64, isWanted: Bool)] = []

  /// Packets after which a frame comes no more; decoders reorder by 16 at most.
  private static let memory = 32

  /// Codecs in which every packet holds exactly one shown frame.
  private static let oneToOne: Set<UInt32> = Set(
    [
      AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG, AV_CODEC_ID_FFV1,
      AV_CODEC_ID_PRORES, AV_CODEC_ID_DNXHD, AV_CODEC_ID_RAWVIDEO,
    ].map(\.rawValue))

  mutating func begin(_ stream: StreamParameters) {
    let codec = stream.stream.codec
    // Interlaced streams may have a packet per field.
    let isProgressive = codec.field_order == AV_FIELD_UNKNOWN || codec.field_order == AV_FIELD_PROGRESSIVE
    isOneToOne = Self.oneToOne.contains(codec.codec_id.rawValue) && isProgressive
    (sentCount, deliveredCount, failedCount, leftOutCount) = (0, 0, 0, 0)
  }

  /// A packet goes to the decoder.
  ///
  /// - Parameter mayLeaveOut: whether no frame may come of it.
  /// - Returns: its number, from 1.
  mutating func sent(_ packet: Packet, mayLeaveOut: Bool, isWanted: Bool) -> Int64 {
    number += 1
    guard packet.raw.pointee.size > 0, !packet.isHidden else { return number }
    sentCount += 1
    if mayLeaveOut { open.append((number, isWanted)) }
    while let first = open.first, first.number + Int64(Self.memory) < number { leaveOut(first.isWanted) }
    return number
  }

  /// A packet does not go to the decoder.
  mutating func kept(_ packet: Packet) { if !packet.isHidden { leftOut.late += 1 } }

  /// A frame came out.
  ///
  /// - Parameter number: of its packet.
  mutating func delivered(_ number: Int64) {
    deliveredCount += 1
    if let place = open.firstIndex(where: { $0.number == number }) { open.remove(at: place) }
  }

  /// The last packet that was sent gave an error.
  mutating func failed() {
    failedCount += 1
    known += 1
    if open.last?.number == number { open.removeLast() }
  }

  /// The decoder is empty: what went in and neither came out nor failed nor was to be left out is lost too.
  mutating func end() {
    while let first = open.first { leaveOut(first.isWanted) }
    if isOneToOne { known += max(0, sentCount - deliveredCount - failedCount - leftOutCount) }
  }

  private mutating func leaveOut(_ isWanted: Bool) {
    open.removeFirst()
    leftOutCount += 1
    if isWanted { leftOut.late += 1 } else { leftOut.unwanted += 1 }
  }
}
