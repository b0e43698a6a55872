// What a stream does and is told to do.
import Foundation
import Pipeline
import Video

/// The part of a stream that threads share.
struct StreamState {
  /// What was asked for last.
  enum Order { case run, pause, stop }

  var order = Order.run
  /// Counts requests to open the source anew.
  var restarts = 0
  /// Those that were heeded.
  private var heeded = 0
  private(set) var state = StreamStatus.State.starting
  private(set) var since = Date()
  private(set) var lastError: Incident?
  /// The connection of the moment.
  var session: Session?
  private(set) var cancellation: Cancellation?
  /// Connections after the first.
  private(set) var reconnects = 0
  private var connections = 0
  /// When the last frame came; before there was one, when the stream was added.
  private var lastFrame = Date()
  var samples: [RateSample] = []
  /// When pictures came last, and what had come by then.
  private var sight = (frames: FrameCounts(), at: ContinuousClock.now)
  /// Seconds without a picture for which the connection was ended.
  private var blindness: Double?

  mutating func become(_ state: StreamStatus.State) {
    guard state != self.state else { return }
    (self.state, since) = (state, Date())
  }

  mutating func note(_ message: String) { lastError = Incident(time: Date(), message: message) }

  /// Whether a wait between two tries is to end.
  var isInterrupted: Bool { order != .run || restarts != heeded }

  /// Whether the source is to be opened: it never was, it went away, or somebody asks for it.
  var mayConnect: Bool {
    switch state {
    case .ended, .failed: restarts != heeded
    default: true
    }
  }

  mutating func begin() {
    heeded = restarts
    connections += 1
    reconnects = connections - 1
    cancellation = Cancellation()
    become(reconnects == 0 ? .starting : .reconnecting)
  }

  /// A frame came.
  mutating func run() {
    lastFrame = Date()
    become(.running)
  }

  /// Whether a connection has given no pictures for longer than `limit` seconds, shown or not. A few among many that cannot
  /// be decoded are none: another codec's packets make such.
  ///
  /// - Parameters:
  ///   - frames: what came so far.
  ///   - limit: long enough for a camera's next key frame; 0 for never.
  mutating func isBlind(_ frames: FrameCounts, limit: Double) -> Bool {
    func pictures(_ frames: FrameCounts) -> Int { frames.shown + frames.late + frames.skipped }
    let came = pictures(frames) - pictures(sight.frames)
    let sees = came > 0 && came * 4 >= frames.undecodable - sight.frames.undecodable
    guard session != nil, order == .run, !sees else {
      sight = (frames, .now)
      return false
    }
    let seconds = (ContinuousClock.now - sight.at).inSeconds
    guard limit > 0, seconds > limit else { return false }
    blindness = seconds
    return true
  }

  /// What the connection was ended for; nil where that was something else.
  mutating func takeBlindness() -> Double? { blindness.take() }

  /// What to show in place of a picture; nil while there are some, or while they may come any moment.
  var notice: [String]? {
    switch state {
    case .starting, .reconnecting, .running:
      guard Date().timeIntervalSince(lastFrame) > Self.patience else { return nil }
      return ["no signal since \(Self.clock(lastFrame))"]
    case .paused: return ["paused since \(Self.clock(since))"]
    case .failed: return ["stopped by an error at \(Self.clock(since))"]
    case .ended, .disabled: return nil
    }
  }

  /// Seconds without a frame before that shows.
  private static let patience = 1.0

  /// "14:03:27 UTC"
  private static func clock(_ date: Date) -> String {
    let seconds = Int(date.timeIntervalSince1970) % 86_400
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)) UTC"
  }
}

/// Counts at a moment, for rates.
struct RateSample: Sendable {
  var time: ContinuousClock.Instant
  var input, network, output: Int
}

/// Calls something again and again, on a queue that all timers share.
final class RepeatingTimer: Sendable {
  private static let queue = DispatchQueue(label: "verge.timers")
  private let timer = Monitor<(any DispatchSourceTimer)?>(nil)

  func start(every seconds: Double = 0.2, _ body: @escaping @Sendable () -> Void) {
    let made = DispatchSource.makeTimerSource(queue: Self.queue)
    made.setEventHandler(handler: body)
    made.schedule(deadline: .now() + seconds, repeating: seconds)
    made.activate()
    timer.withLock { $0 = made }
  }

  func stop() { timer.withLock { $0.take() }?.cancel() }
}
