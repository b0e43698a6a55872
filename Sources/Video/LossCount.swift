// How many frames were lost in decoding.
import CFFmpeg

/// Counts packets that failed, and for codecs with one frame a packet also those that silently gave none.
struct LossCount {
  /// Frames known to be lost.
  private(set) var known = 0
  private var sentCount = 0
  private var deliveredCount = 0
  private var failedCount = 0
  private var isOneToOne = false

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
    (sentCount, deliveredCount, failedCount) = (0, 0, 0)
  }

  mutating func sent(_ packet: Packet) { if packet.raw.pointee.size > 0, !packet.isHidden { sentCount += 1 } }

  mutating func delivered() { deliveredCount += 1 }

  mutating func failed() {
    failedCount += 1
    known += 1
  }

  /// The decoder is empty: what went in and neither came out nor failed is lost too.
  mutating func end() {
    if isOneToOne { known += max(0, sentCount - deliveredCount - failedCount) }
  }
}
