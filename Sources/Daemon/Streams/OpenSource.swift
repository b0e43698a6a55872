// Opening a stream's source, whatever it is.
import Foundation
import Frames
import Pipeline
import Scenes
import Settings
import Synchronization
import Video

/// A source that was opened for a session.
enum OpenSource {
  case packets(any PacketSource)
  case frames(any FrameSource)

  var video: VideoInfo {
    switch self {
    case .packets(let source): source.video
    case .frames(let source): source.video
    }
  }

  var others: [StreamParameters] {
    if case .packets(let source) = self { source.otherStreams } else { [] }
  }

  func cancel() {
    switch self {
    case .packets(let source): source.cancel()
    case .frames(let source): source.cancel()
    }
  }
}

/// Where a stream's frames come from, by its settings.
struct SourcePlan: Sendable {
  let name: String
  /// A file, which can be paced and looped; anything else gives its frames when it likes.
  let isFile: Bool
  let isLive: Bool
  let loops: Bool
  private let settings: StreamSettings

  init(_ settings: StreamSettings) {
    self.settings = settings
    name = settings.source
    let isScenes = name.hasPrefix("scenes:")
    let path = (name as NSString).resolvingSymlinksInPath
    // What is not there is no file.
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    isFile = !isScenes && (type == .typeRegular || type == .typeDirectory)
    isLive = isScenes || !isFile || settings.paced
    loops = isFile && settings.loop
  }

  /// - Parameters:
  ///   - cancellation: ends the opening, and later the reading.
  ///   - tell: receives what the user should know.
  /// - Throws: `VideoError`.
  func open(
    threads: Int, _ cancellation: Cancellation, tell: @escaping @Sendable (String) -> Void
  ) throws(VideoError) -> OpenSource {
    if name.hasPrefix("scenes:") { return .frames(try DrawnSource(name)) }
    var options = SourceOptions()
    options.isLive = isLive
    options.threads = threads
    let stall = settings.reconnect.stall.seconds
    options.timeout = isFile || stall == 0 ? nil : stall
    options.format = settings.format.isEmpty ? nil : settings.format
    options.raw = settings.raw.isEmpty ? nil : try RawVideoFormat(settings.raw)
    if name.hasPrefix("rtsp") { options.ffmpeg["rtsp_transport"] = settings.transport }
    options.cancellation = cancellation
    options.diagnostics = tell
    let opened: any PacketSource =
      isFile && loops
      ? try LoopingSource(name, options) : try Media.open(name, options)
    let source: any PacketSource =
      settings.paced && (isFile || Self.runsAhead(opened.video)) ? PacedSource(opened) : opened
    return .packets(settings.audio ? source : SilentSource(source))
  }
}

extension SourcePlan {
  /// Whether a URL gives its pictures faster than they are to be shown: HLS whole segments at a time, what has an end as fast
  /// as the network carries it.
  private static func runsAhead(_ video: VideoInfo) -> Bool { video.container == "hls" || video.duration != nil }
}

/// Streets drawn in real time: `scenes:`, `scenes:640x360@30`, `scenes:640x360@30:7` with a seed.
final class DrawnSource: FrameSource, @unchecked Sendable {  // used by one stage; `cancel` sets an atomic
  let video: VideoInfo
  private let renderer: SceneRenderer
  private let scene: Scene
  private let fps: Rational
  private let begin = ContinuousClock.now
  private var index = 0
  private let isCancelled = Atomic(false)

  /// - Throws: `VideoError.badOption`.
  init(_ name: String) throws(VideoError) {
    guard let match = name.wholeMatch(of: /scenes:(?:(\d{2,4})x(\d{2,4}))?(?:@(\d{1,3}))?(?::(\d{1,9}))?/) else {
      throw .badOption("'\(name)' must look like scenes:, scenes:640x360@30 or scenes:640x360@30:7")
    }
    let (width, height) = (match.1.flatMap { Int($0) } ?? 640, match.2.flatMap { Int($0) } ?? 360)
    let rate = max(1, match.3.flatMap { Int32($0) } ?? 30)
    guard width <= 4096, height <= 4096 else { throw .badOption("'\(name)' is larger than 4096x4096") }
    fps = Rational(rate, 1)
    scene = Scene(seed: match.4.flatMap { UInt64($0) } ?? 1)
    renderer = SceneRenderer(width: width, height: height)
    video = VideoInfo(
      width: width, height: height, codec: "scenes", pixelFormat: "rgb0", container: "scenes", timeBase: fps.inverse,
      frameRate: fps, sampleAspectRatio: Rational(1, 1))
  }

  func next() throws(VideoError) -> SourceEvent {
    let due = begin + .seconds(Double(index) / fps.value)
    while ContinuousClock.now < due {
      if isCancelled.load(ordering: .relaxed) { throw .cancelled }
      usleep(UInt32(max(1, min(20_000, (due - .now) / .microseconds(1)))))
    }
    if isCancelled.load(ordering: .relaxed) { throw .cancelled }
    let (drawn, _) = renderer.render(scene, frame: index, fps: fps)
    let frame = try planar(drawn)
    index += 1
    return .frame(frame)
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  private let maker = FrameConverter()

  /// Overlays are painted on planes.
  private func planar(_ drawn: Frame) throws(VideoError) -> Frame {
    let frame = try maker.convert(drawn, to: .yuv420p)
    // Drawing is the camera's work, not a wait.
    frame.arrival = .now
    frame.decoded = frame.arrival
    return frame
  }
}
