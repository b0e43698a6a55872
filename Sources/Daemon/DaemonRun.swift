// The daemon from start to end.
import Dispatch
import Foundation
import Logging
import Pipeline
import ServiceLifecycle
public import Settings
import Synchronization
public import Tensors
import UnixSignals

/// Runs the streams and the HTTP server until SIGTERM or SIGINT; SIGHUP reads the configuration again.
///
/// Streams are stopped last, within the settings' limit: their recordings are finished, live outputs ended in order.
public struct DaemonRun: Sendable {
  private let settings: DaemonSettings
  private let streams: Streams
  private let log: LogOutput
  private let notifier: SystemdNotifier

  /// - Parameters:
  ///   - settings: checked.
  ///   - read: reads the configuration again.
  public init(
    _ settings: DaemonSettings, kernels: Kernels, facts: DaemonFacts,
    read: @escaping @Sendable () throws(SettingsError) -> DaemonSettings
  ) {
    let log = LogOutput(settings.log, redactor: Redactor(settings))
    let shared = SharedRedactor(Redactor(settings))
    (self.settings, self.log, notifier) = (settings, log, SystemdNotifier())
    streams = Streams(
      settings, kernels: kernels, facts: facts, log: log.logger("verge"), redact: { shared($0) },
      readSettings: { () throws(DaemonError) in
        do throws(SettingsError) {
          let settings = try read()
          // Those of before too: they may be refused yet, and the token of before is good until the daemon ends.
          log.use(shared.hide(Redactor(settings)))
          return settings
        } catch {
          throw DaemonError(error)
        }
      }, whenReloaded: { log.use($0.log) })
  }

  /// - Throws: `DaemonError.cannotListen`.
  /// - Returns: false when an output had to be cut off at the end.
  public func run() async throws -> Bool {
    let logger = log.logger("verge")
    let (notifier, streams) = (notifier, streams)
    let server = HTTPServer(settings: settings.http, directory: streams, logger: logger) { port in
      notifier.ready("listening on port \(port)")
    }
    let work = StreamsService(streams: streams, notifier: notifier, limit: settings.network.stop.duration)
    let reloads = ReloadService(streams: streams, notifier: notifier, logger: logger)
    notifier.startWatchdog { streams.isAlive }
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .error)
    // They end in the opposite order: first nobody comes in any more, last the streams' outputs are finished.
    let services: [any Service] = [work, reloads, server]
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    defer {
      notifier.stopWatchdog()
      log.flush()
    }
    try await group.run()
    return work.finished
  }
}

/// The streams as a service: they run from start to graceful shutdown.
private final class StreamsService: Service {
  private let streams: Streams
  private let notifier: SystemdNotifier
  private let limit: Duration
  private let result = Mutex(true)

  init(streams: Streams, notifier: SystemdNotifier, limit: Duration) {
    (self.streams, self.notifier, self.limit) = (streams, notifier, limit)
  }

  /// Whether everything was written to its end.
  var finished: Bool { result.withLock { $0 } }

  func run() async throws {
    streams.start()
    try? await gracefulShutdown()  // cancelled: the same, at once
    notifier.stopping()
    let (streams, limit) = (streams, limit)
    // Waiting for outputs is no work for a cooperative thread.
    let finished = await onOwnThread { streams.stop(within: limit) }
    result.withLock { $0 = finished }
  }
}

/// Reads the configuration again at every SIGHUP.
private struct ReloadService: Service {
  let streams: Streams
  let notifier: SystemdNotifier
  let logger: Logger

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      notifier.reloading()
      // Models are loaded, which is no work for a cooperative thread.
      await onOwnThread {
        do { _ = try streams.reload() } catch { logger.error("the configuration stays as it was: \(error)") }
      }
      notifier.ready()
    }
  }
}

/// Does work that takes its time on a thread made for it.
private func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: work()) }
  }
}

/// The redactor of the moment; safe to use from any thread.
private final class SharedRedactor: Sendable {
  private let redactor: Mutex<Redactor>

  init(_ redactor: Redactor) { self.redactor = Mutex(redactor) }

  /// - Returns: what hides everything from now on.
  func hide(_ other: Redactor) -> Redactor {
    redactor.withLock { redactor in
      redactor = redactor.hiding(other)
      return redactor
    }
  }

  func callAsFunction(_ text: String) -> String { redactor.withLock { $0 }(text) }
}
