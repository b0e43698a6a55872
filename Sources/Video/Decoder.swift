// Packets into frames.
import CFFmpeg
import Foundation
public import Frames

/// Decodes the video packets of one source.
///
/// After each `send`, and after `finish`, call `receive` until it gives nil. Used by one stage at a time.
public final class Decoder: @unchecked Sendable {  // used by one stage at a time
  /// Frames that could not be decoded, as far as can be known so far; complete once the decoder is drained.
  public private(set) var undecodable = 0
  /// Frames given out.
  public private(set) var frameCount = 0
  /// Frames left out, each counted once; complete once the decoder is drained.
  public var leftOut: LeftOutFrames { loss.leftOut }
  /// What is left out from the next packet on; of live sources only.
  public var skip = DecoderSkip.nothing

  private let name: String
  private let info: VideoInfo
  private let options: SourceOptions
  private var context: CodecContext?
  private var stream: StreamParameters?
  /// The first packet of another codec or after a gap, which waits until the present decoder is empty.
  private var waiting: Packet?
  /// Packets were kept from the decoder since the last one it got.
  private var hasGap = false
  /// pts of the packet after the last gap: frames before it are predicted from what is missing.
  private var resumedAt: Int64?
  private let maker = FrameMaker()
  private var clock: FrameClock
  private var loss = LossCount()

  public init(_ source: any PacketSource) {
    name = source.name
    info = source.video
    options = source.options
    clock = FrameClock(frameRate: source.video.frameRate, fallback: source.options.frameRate)
  }

  /// Gives the decoder a packet.
  ///
  /// - Parameter isWanted: false where nobody will look at its frame; a live source's is then left out if no other frame
  ///   is predicted from it.
  /// - Precondition: `receive` has given nil since the last packet.
  /// - Throws: `VideoError.noDecoder`, `.badPicture` when the decoder cannot be opened. A packet that cannot be decoded
  ///   is counted, not thrown.
  public func send(_ packet: Packet, isWanted: Bool = true) throws(VideoError) {
    if options.isLive, skip == .nonKey, !packet.isKey {
      loss.kept(packet)
      hasGap = true
      return
    }
    if context != nil, packet.stream !== stream || hasGap {
      waiting = packet
      avcodec_send_packet(context?.raw, nil)
      return
    }
    if context == nil {
      try open(packet.stream)
      (hasGap, resumedAt) = (false, nil)
    }
    clock.note(packet)
    number(packet, isWanted: isWanted)
    if avcodec_send_packet(context?.raw, packet.raw) < 0 { loss.failed() }
    undecodable = loss.known
  }

  /// Says whether the packet's frame may be left out, and marks the packet so that its frame is known.
  private func number(_ packet: Packet, isWanted: Bool) {
    guard let context else { return }
    let isLeading = resumedAt.map { (packet.pts ?? .max) < $0 } ?? false
    let mayLeaveOut = options.isLive && loss.isOneToOne && (skip != .nothing || !isWanted)
    context.raw.pointee.skip_frame = mayLeaveOut ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
    let number = loss.sent(
      packet, mayLeaveOut: mayLeaveOut || isLeading && loss.isOneToOne, isWanted: isWanted || isLeading)
    if options.isLive { cff_number_packet(context.raw, packet.raw, number) }
  }

  /// Says that no packet follows; `receive` then gives what the decoder still holds.
  public func finish() {
    guard let context else { return }
    avcodec_send_packet(context.raw, nil)
  }

  /// The next frame, or nil when the decoder wants a packet (or, after `finish`, is empty).
  ///
  /// Frames outside of the source's wanted stretch of time are left out.
  /// - Throws: `VideoError.badPicture` when a picture's layout is no use, `.noDecoder`.
  public func receive() throws(VideoError) -> Frame? {
    while let context {
      let picture = DecodedPicture()
      let code = FFmpegCode(avcodec_receive_frame(context.raw, picture.raw))
      if code.code >= 0 {
        if let frame = try frame(from: picture) { return frame }
      } else if code == .again {
        return nil
      } else if code == .endOfFile {
        try drained()
        if self.context == nil { return nil }
      } else {
        loss.failed()
        undecodable = loss.known
      }
    }
    return nil
  }

  private func open(_ stream: StreamParameters) throws(VideoError) {
    let parameters = UnsafePointer<AVCodecParameters>(stream.stream.pointee.codecpar!)
    context = try CodecContext(decoding: parameters, name: name) { raw in
      raw.pointee.pkt_timebase = stream.stream.pointee.time_base
      raw.pointee.thread_count = Int32(max(1, min(16, options.threads)))
      // Frame threading is faster but holds back one frame a thread.
      raw.pointee.thread_type = options.isLive ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE
      // MPEG-2 says by itself whether it reorders; told otherwise, its decoder gives pictures twice and out of order.
      let isMPEG2 = parameters.pointee.codec_id == AV_CODEC_ID_MPEG2VIDEO
      if options.isLive, !isMPEG2 { raw.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY }
    }
    self.stream = stream
    loss.begin(stream)
  }

  private func drained() throws(VideoError) {
    loss.end()
    undecodable = loss.known
    guard let packet = waiting.take() else {
      context = nil
      return
    }
    if hasGap, packet.stream === stream, let context, let stream {
      // It would predict from what it has not seen, and takes no more packets since it was drained.
      avcodec_flush_buffers(context.raw)
      loss.begin(stream)
      resumedAt = packet.pts
    } else {
      context = nil
    }
    hasGap = false
    try send(packet)
  }

  private func frame(from picture: DecodedPicture) throws(VideoError) -> Frame? {
    loss.delivered(cff_packet_number(picture.raw))
    let timing = clock.timing(of: picture)
    let timeBase = stream?.timeBase ?? info.timeBase
    // A microsecond of grace: 0.4 s + 0.8 s is a little more than 1.2 s.
    if let wanted = info.wanted, !wanted.contains(Double(timing.pts) * timeBase.value + 1e-6) { return nil }
    let frame = try maker.frame(from: picture)
    frame.pts = timing.pts
    frame.duration = timing.duration
    frame.arrival = timing.arrival
    frame.timeBase = timeBase
    frame.index = frameCount
    if frame.rotation.isUpright, picture.rotation == nil { frame.rotation = info.rotation }
    // The container's word counts for more than the bitstream's, as in FFmpeg's own tools.
    let declared = stream.map {
      Rational($0.stream.pointee.sample_aspect_ratio.num, $0.stream.pointee.sample_aspect_ratio.den)
    }
    if let declared, declared.isPositive { frame.sampleAspectRatio = declared }
    if !frame.sampleAspectRatio.isPositive { frame.sampleAspectRatio = info.sampleAspectRatio }
    frameCount += 1
    return frame
  }
}
