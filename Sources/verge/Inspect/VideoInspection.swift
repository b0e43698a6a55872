// What a video or picture is, and what is wrong with it.
import CFFmpeg
import Foundation
import Frames
import Video

extension Findings {
  /// Reads all packets of a source; with `decode` all frames as well.
  ///
  /// - Throws: `VideoError` when the source cannot be used at all.
  init(video name: String, decode: Bool) throws {
    self.init(kind: "video", path: name)
    let diagnostics = Diagnostics()
    var options = SourceOptions()
    options.diagnostics = { diagnostics.add($0) }
    options.threads = Machine.current.cores
    let source = try Media.open(name, options)
    addStream(source.video)
    for stream in source.otherStreams { add("also", stream.title) }
    let size = (try? FileManager.default.attributesOfItem(atPath: name)[.size] as? Int) ?? nil  // URLs have none
    if let size { add("bytes", byteText(size)) }
    try decode ? readFrames(MediaSource(source)) : readPackets(source)
    problems += diagnostics.lines
  }

  private mutating func addStream(_ video: VideoInfo) {
    add("container", video.container)
    add("codec", "\(video.codec), \(video.pixelFormat)")
    add("size", "\(video.width)×\(video.height)\(Self.shapeText(video))")
    if !video.rotation.isUpright {
      let mirror = video.rotation.isMirrored ? ", mirrored" : ""
      add("rotation", "\(video.rotation.quarterTurns * 90)° clockwise\(mirror); masks are upright")
    }
    add("colour", Self.colorText(video.color))
    add("duration", video.duration.map { "\(ProgressDisplay.clock($0)) (\($0.formatted(decimals: 3)) s)" })
    if video.color.matrix == 2, !video.pixelFormat.hasPrefix("gbr"), !video.pixelFormat.hasPrefix("rgb") {
      problems.append("the colour matrix is not said; BT.601 is taken")
    }
    if video.duration == nil { problems.append("the header tells no duration: progress cannot be shown") }
    if !video.imagePaths.isEmpty { add("pictures", "\(video.imagePaths.count)") }
  }

  private mutating func readPackets(_ source: any PacketSource) throws(VideoError) {
    var times = FrameTimes(timeBase: source.video.timeBase)
    var unreadable = 0
    while true {
      switch try source.next() {
      case .video(let packet): times.add(packet.pts)
      case .other: continue
      case .unreadable(let count): unreadable += count
      case .end(let truncated): return close(times, lost: unreadable, truncated: truncated)
      }
    }
  }

  private mutating func readFrames(_ source: MediaSource) throws(VideoError) {
    var times = FrameTimes(timeBase: source.video.timeBase)
    var lost = 0
    var sizes: [String] = []
    while true {
      switch try source.next() {
      case .frame(let frame):
        times.add(frame.pts)
        let size = "\(frame.width)×\(frame.height)"
        if sizes.last != size { sizes.append(size) }
      case .packet: continue
      case .undecodable(let count): lost += count
      case .end(let truncated):
        if sizes.count > 1 { problems.append("the size changes: \(sizes.prefix(5).joined(separator: ", then "))") }
        return close(times, lost: lost, truncated: truncated)
      }
    }
  }

  private mutating func close(_ times: FrameTimes, lost: Int, truncated: Bool) {
    add("frames", "\(times.count)\(times.isReordered ? ", with B-frames" : "")")
    add("rate", times.rateText)
    if let first = times.first, first != 0 { add("starts at", "\(first.formatted(decimals: 3)) s") }
    problems += times.problems
    if lost > 0 { problems.append("\(lost) frames cannot be decoded") }
    if truncated { problems.append("the file breaks off: its end is missing") }
    if times.count == 0 { problems.append("no frame can be read") }
  }

  /// `, pixels 1251:1240, shown as 1291×720`.
  private static func shapeText(_ video: VideoInfo) -> String {
    let ratio = video.sampleAspectRatio
    guard ratio.isPositive, ratio.num != ratio.den else { return "" }
    let shown = (Double(video.width) * ratio.value).rounded()
    return ", pixels \(ratio.num):\(ratio.den), shown as \(Int(shown))×\(video.height)"
  }

  /// `BT.709, limited range` in FFmpeg's words: `bt709, tv, primaries bt709, transfer bt709`.
  private static func colorText(_ color: ColorDescription) -> String {
    let name = { (text: UnsafePointer<CChar>?) in text.map { String(cString: $0) } ?? "unknown" }
    let range =
      switch color.range {
      case .full: "full range"
      case .limited: "limited range"
      case .unspecified: "range not said"
      }
    return [
      "matrix \(name(av_color_space_name(AVColorSpace(UInt32(color.matrix)))))", range,
      "primaries \(name(av_color_primaries_name(AVColorPrimaries(UInt32(color.primaries)))))",
      "transfer \(name(av_color_transfer_name(AVColorTransferCharacteristic(UInt32(color.transfer)))))",
    ].joined(separator: ", ")
  }
}
