// Packets into a file, a pipe or a URL.
import CFFmpeg
import Dispatch
import Foundation
import Frames

/// Writes the packets of one encoder and of the source's other streams into one container.
///
/// The container's header is written with the first video packet. A packet of another stream that comes before it waits.
/// Used by one stage at a time.
///
/// MP4 files are written in fragments of half a second, so that everything but the last moment of a file that was never
/// finished can be played, and become ordinary fast-start files in `finish`.
public final class Muxer: @unchecked Sendable {  // used by one stage at a time
  private let target: OutputTarget
  private let options: SinkOptions
  private let others: [StreamParameters]
  private let place: OutputPlace
  private var output: OutputContext?
  /// Number in the output of each stream of the source that is kept.
  private var numbers: [Int: Int] = [:]
  /// By number in the output, for the streams that need one.
  private var filters: [Int: BitstreamFilter] = [:]
  private var early: [Packet] = []
  private var earlyBytes = 0
  /// Seconds added to every time.
  private var shift = 0.0
  private var lastFlush: Double?
  private var hasFlushed = false
  private var lastSync = DispatchTime.now()
  /// Frames that were taken since the last fragment ended.
  private var pendingFrames = 0
  private var firstDecodingTimes: [Int: Double] = [:]
  private var isClosed = false

  /// Makes the file, or connects to the URL.
  ///
  /// - Parameter others: the source's streams to copy; those the container cannot hold are named in a diagnostic.
  /// - Throws: `VideoError.outputExists`, `.outputIsInput`, `.cannotWrite`, `.unknownContainer`.
  public init(
    _ target: OutputTarget, copying others: [StreamParameters] = [], _ options: SinkOptions = .init()
  ) throws(VideoError) {
    self.target = target
    self.options = options
    place = try OutputPlace(target, options)
    let output = try place.open()
    let table = StreamTable(output.muxer)
    self.others = others.filter(table.holds)
    for stream in others where !table.holds(stream) {
      options.diagnostics?("\(target.name): \(target.format) cannot hold the \(stream.title) stream, which is left out")
    }
    self.output = output
  }

  /// Writes a packet of the encoder or of another stream; blocks while a pipe is full.
  ///
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.brokenPipe`.
  public func write(_ packet: Packet) throws(VideoError) {
    guard !isClosed else { return }
    if packet.stream.kind == .video {
      if lastFlush == nil { try begin(packet) }
      try put(packet, 0)
      pendingFrames += 1
      // A fragment of MP4 ends before the packet that is held back.
      if try flushIfDue(packet) { pendingFrames = target.isMP4 ? 1 : 0 }
    } else if let number = numbers[packet.stream.index] {
      try put(packet, number)
    } else if lastFlush == nil, others.contains(where: { $0.index == packet.stream.index }) {
      wait(packet)
    }
  }

  /// Ends a write that waits for its peer, which then throws `VideoError.cancelled`; from any thread.
  public func cancel() { place.cancel() }

  /// Ends the container; an MP4 file becomes an ordinary one.
  ///
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.brokenPipe`; what was written before stays.
  public func finish() throws(VideoError) {
    guard !isClosed, let output else { return }
    isClosed = true
    guard lastFlush != nil else {
      self.output = nil
      place.remove(ifEmpty: true)
      throw .cannotWrite(target.name, cause: "there was no frame to write")
    }
    try output.writeTrailer()
    self.output = nil
    try place.close()
    if place.isFragmentedFile { place.makeOrdinary(starts: firstDecodingTimes, streamCount: 1 + numbers.count) }
  }

  /// Ends at once, leaving what was written playable; errors are of no more interest. A file in which nothing can be played
  /// is deleted.
  ///
  /// - Returns: frames of a file that were taken and are not in it.
  @discardableResult public func abort() -> Int {
    guard !isClosed else { return 0 }
    isClosed = true
    // An error has been reported already, or the caller gives up.
    let isWhole = lastFlush != nil && (try? output?.writeTrailer()) != nil
    output = nil
    let lost = isWhole || !place.isFile ? 0 : pendingFrames
    if !isWhole { place.remove(ifEmpty: lastFlush != nil && (hasFlushed || !target.isMP4)) }
    return lost
  }

  /// Writes the header, now that the video is known, and the packets that waited for it.
  private func begin(_ first: Packet) throws(VideoError) {
    guard let output else { return }
    try output.add(first.stream)
    for stream in others {
      let number = output.streams.count
      numbers[stream.index] = number
      if target.isMP4 { filters[number] = .forMP4(stream) }
      try output.add(stream)
    }
    output.holdsBack = target.isMP4
    Tags.write(options.tags, to: output.raw)
    var header = place.muxerOptions
    if target.isMP4 { header["video_track_timescale"] = "\(first.stream.timeBase.den)" }  // the source's own ticks
    try output.writeHeader(header)
    let start = Double(first.pts ?? 0) * first.stream.timeBase.value - options.timeOrigin
    // No container shows pictures from before its own zero, and some cannot say a decoding time before it.
    let lowest =
      place.holdsNegativeTimes
      ? start : ([first] + early).compactMap(\.seconds).min().map { $0 - options.timeOrigin } ?? 0
    shift = -options.timeOrigin - min(0, start, lowest)
    if start < 0 { options.diagnostics?("\(target.name): times begin below zero; all are moved by \(-start) s") }
    lastFlush = (first.seconds ?? 0)
    let waiting = early
    (early, earlyBytes) = ([], 0)
    for packet in waiting { if let number = numbers[packet.stream.index] { try put(packet, number) } }
  }

  private func put(_ packet: Packet, _ number: Int) throws(VideoError) {
    guard let output, let packet = filters[number].map({ $0.apply(packet) }) ?? packet else { return }
    let base = packet.stream.timeBase
    if firstDecodingTimes[number] == nil { firstDecodingTimes[number] = (packet.seconds ?? 0) + shift }
    try output.write(packet.raw, timeBase: AVRational(num: base.num, den: base.den), to: number, shift: shift)
  }

  /// Keeps a packet until the header is written, up to 64 MB; the oldest go first.
  private func wait(_ packet: Packet) {
    early.append(packet)
    earlyBytes += packet.bytes.count
    guard earlyBytes > 64 << 20 else { return }
    options.diagnostics?("\(target.name): no video for 64 MB of other packets; the oldest are left out")
    while earlyBytes > 32 << 20 { earlyBytes -= early.removeFirst().bytes.count }
  }

  /// Ends a fragment every half second of video, or with every packet of a live stream, and once a second makes sure that
  /// the bytes are on the disk.
  ///
  /// - Returns: whether nothing waits in the muxer any more.
  private func flushIfDue(_ packet: Packet) throws(VideoError) -> Bool {
    guard let time = packet.seconds, let last = lastFlush else { return false }
    guard options.isLive && !place.isFile || time >= last + 0.5 || time < last else { return !place.flushes }
    lastFlush = time
    if place.flushes {
      try output?.flush()
      // The first flush of an MP4 writes its index only.
      if !hasFlushed, target.isMP4 { try output?.flush() }
      hasFlushed = true
    }
    let now = DispatchTime.now()
    guard place.isFile, now.uptimeNanoseconds - lastSync.uptimeNanoseconds > 1_000_000_000 else { return true }
    lastSync = now
    try place.synchronize()
    return true
  }
}
