// One stream: its source opened again and again, its outputs kept.
import Dispatch
import Foundation
import Frames
import Logging
import Pipeline
import Settings
import Tensors
import UNet
import Video

/// Runs a stream on a thread of its own from `start` to `stop`.
///
/// Everything that waits (opening a source, a session, a pause between tries) happens on that thread; all calls from others
/// return at once.
final class Stream: Sendable {
  let name: String
  let settings: StreamSettings
  let segmenter: StreamSegmenter
  let painter: OverlayPainter
  let hub: StreamHub
  let state: Monitor<StreamState>
  let tally: Tally
  /// Of the frames that were painted in the last seconds.
  let recent = RecentLatency()
  private let plan: SourcePlan
  private let networks: SharedNetworks
  private let log: Logger
  private let notices = RepeatingTimer()
  /// Opening a source goes deep into FFmpeg.
  private let thread: WaitableThread

  /// Loads the model and opens the outputs' threads; nothing runs yet.
  ///
  /// - Throws: `ModelError`, `VideoError`.
  init(_ name: String, _ settings: StreamSettings, _ environment: StreamEnvironment) throws {
    (self.name, self.settings) = (name, settings)
    thread = WaitableThread("verge.\(name)", stackSize: 1 << 20)
    var log = environment.log
    log[metadataKey: "stream"] = "\(name)"
    self.log = log
    networks = environment.networks
    let plan = SourcePlan(settings)
    self.plan = plan
    let tell: @Sendable (String) -> Void = { [log] in log.warning("\($0)") }
    segmenter = StreamSegmenter(
      networks, try networks.model(settings.model), weight: settings.priority, budget: settings.networkPixels)
    let (recent, state) = (recent, Monitor(StreamState()))
    self.state = state
    let tally = Tally { latency in
      recent.record(latency)
      state.withLock { $0.run() }
    }
    self.tally = tally
    painter = OverlayPainter(
      settings.overlay, classes: settings.classes, kernels: networks.kernels, rate: { tally.recentRate }, tell: tell)
    let shadow = settings.shadow.model.isEmpty ? nil : try networks.model(settings.shadow.model)
    let target = try OverlayEncoder.target(for: settings.encoder)
    // From here on nothing fails: outputs have threads.
    let outputs = settings.outputs.map { environment.output($0, settings, isLive: plan.isLive, tell: tell) }
    hub = StreamHub(
      name: name, segmenter, painter, outputs: outputs, encoder: (settings.encoder, target), tell: tell)
    if let shadow { segmenter.setShadow(Shadow(shadow, share: settings.shadow.share)) }
  }

  /// - Parameter old: the stream that this one takes the place of: its source and outputs are let go first.
  func start(after old: Stream? = nil) {
    thread.start { [self] in
      _ = old?.wait(until: .now + .seconds(10))
      work()
    }
    guard plan.isLive, settings.reconnect.placeholder else { return }
    notices.start { [weak self] in self?.showNotice() }
    if state.withLock({ $0.order == .stop }) { notices.stop() }
  }

  /// Ends the stream; returns at once.
  func stop() {
    command { $0.order = .stop }
    notices.stop()
  }

  func pause() { command { $0.order = .pause } }
  func resume() { command { $0.order = .run } }

  /// Opens the source anew, also that of a stream that has ended or failed.
  func restart() {
    command { state in
      state.order = .run
      state.restarts += 1
    }
  }

  /// Whether everything was done that comes before the outputs' end.
  var isOver: Bool { thread.isOver }

  /// Waits until the thread has ended and the outputs have written everything.
  ///
  /// - Returns: false when something had to be cut off.
  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    let isOver = thread.wait(until: deadline)
    return hub.wait(until: deadline) && isOver
  }

  /// Gives an order, and ends what the thread waits for.
  private func command(_ change: (inout StreamState) -> Void) {
    let session = state.withLock { state in
      change(&state)
      state.cancellation?.cancel()
      return state.session
    }
    session?.stop()
    state.wakeAll()
  }

  private func work() {
    var backoff = Backoff(first: settings.reconnect.first.seconds, longest: settings.reconnect.longest.seconds)
    while let cancellation = nextConnection() {
      let shown = tally.account.snapshot.shown
      let end = connect(cancellation)
      if tally.account.snapshot.shown > shown { backoff.reset() }
      settle(end) { backoff.wait() }
    }
    hub.close()
  }

  /// Waits until the source is to be opened; nil when the stream is to end.
  private func nextConnection() -> Cancellation? {
    state.waitUntil { state -> Cancellation?? in
      switch state.order {
      case .stop: return .some(nil)
      case .pause:
        state.become(.paused)
        return nil
      case .run:
        guard state.mayConnect else { return nil }
        state.begin()
        return .some(state.cancellation)
      }
    }
  }

  /// One connection from opening to end.
  private func connect(_ cancellation: Cancellation) -> ConnectionEnd {
    var end = ConnectionEnd.ended
    do {
      let source = try plan.open(threads: networks.threads, cancellation) { [log] in log.notice("\($0)") }
      hub.connect(source.video, others: source.others)
      let session = try session(source)
      log.info("source open: \(source.video.codec) \(source.video.width)x\(source.video.height)")
      // Started first: what is stopped must have run, or it never ends.
      session.start()
      let mayRun = state.withLock { state in
        state.session = session
        return !cancellation.isCancelled
      }
      defer { state.withLock { $0.session = nil } }
      if !mayRun { session.stop() }
      try session.wait()
    } catch {
      end = .failed("\(error)", isFinal: isFinal(error))
    }
    let blindness = state.withLock { $0.takeBlindness() }
    if cancellation.isCancelled { return .ordered }
    guard let seconds = blindness else { return end }
    return .failed("no picture for \(Int(seconds.rounded())) s, though the source gives data", isFinal: false)
  }

  /// Opens a source anew that has given no picture for long: its video has ended and its sound goes on, or it has changed its
  /// codec. One in which nothing at all comes is found by its reader. Called once a second.
  func watchForBlindness() {
    guard !plan.isFile else { return }
    let (frames, limit) = (tally.account.snapshot, settings.reconnect.stall.seconds * 4)
    state.withLock { $0.isBlind(frames, limit: limit) ? $0.session : nil }?.stop()
  }

  private func session(_ source: OpenSource) throws -> Session {
    var options = SessionOptions(style: OverlayStyle(names: [], palette: Palette([])))
    options.isLive = plan.isLive
    options.maxAge = settings.maxAge.duration
    options.maxRate = settings.fps > 0 ? settings.fps : nil
    switch source {
    case .packets(let packets):
      return try Session(
        packets, segmenter, output: .receiver(hub), options, kernels: networks.kernels, tally: tally)
    case .frames(let frames):
      return try Session(
        frames: frames, segmenter, output: .receiver(hub), options, kernels: networks.kernels, tally: tally)
    }
  }

  /// Whether trying again is no use.
  private func isFinal(_ error: any Error) -> Bool {
    let cause = (error as? GraphFailure)?.error ?? error
    return switch cause {
    case VideoError.badOption, VideoError.unknownEncoder, VideoError.noDecoder: true
    default: cause is ModelError
    }
  }

  /// Decides what comes after a connection.
  ///
  /// - Parameter wait: how long to wait before the next try; asked for only when that was not ordered.
  private func settle(_ end: ConnectionEnd, after wait: () -> Duration) {
    switch end {
    case .ordered: break
    case .ended where plan.isFile && !plan.loops: state.withLock { $0.become(.ended) }
    case .ended: retry("the source has ended", after: wait())
    case .failed(let message, let isFinal):
      if isFinal {
        log.error("\(message)")
        state.withLock { state in
          state.note(message)
          state.become(.failed)
        }
      } else {
        retry(message, after: wait())
      }
    }
  }

  private func retry(_ message: String, after wait: Duration) {
    log.warning("\(message); trying again in \((wait.inSeconds * 10).rounded() / 10) s")
    state.withLock { state in
      state.note(message)
      state.become(.reconnecting)
    }
    // A restart or a stop ends the wait.
    _ = state.wait(until: .now + wait) { $0.isInterrupted ? true : nil }
  }

  /// While there is no picture, outputs and viewers get one that says so.
  private func showNotice() {
    guard let lines = state.withLock({ $0.notice }) else { return }
    hub.showNotice(lines)
  }
}

/// How a connection ended.
private enum ConnectionEnd {
  /// By an order: stop, pause, restart.
  case ordered
  /// By its source.
  case ended
  case failed(String, isFinal: Bool)
}
