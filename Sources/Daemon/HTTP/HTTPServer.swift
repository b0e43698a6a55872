// The daemon's HTTP side as a service.
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Settings
import Synchronization

/// Serves the API, the metrics and the live page until it is told to stop.
///
/// One event loop does all reading and writing, and runs the handlers, which never wait for a frame.
public final class HTTPServer: Service {
  /// Connections at once. Each costs a descriptor and some 64 KiB when its client does not read.
  private static let connectionLimit = 256
  private static let headerLimit = 16 << 10

  private let settings: HTTPSettings
  private let responder: Responder
  private let logger: Logger
  private let whenListening: @Sendable (Int) async -> Void
  private let bound = Mutex<Int?>(nil)

  /// - Parameter whenListening: is told the port once connections are accepted.
  public init(
    settings: HTTPSettings, directory: any StreamDirectory, logger: Logger,
    whenListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    let gate = Gate(token: settings.token, origins: settings.origins, sessions: Sessions())
    let page = PageFiles()
    if page["index.html"] == nil { logger.warning("the live page's files are missing; only the API is served") }
    let api = API(
      directory: directory, gate: gate, page: page, bodyLimit: settings.bodyLimit, logger: logger)
    (self.settings, self.logger, self.whenListening) = (settings, logger, whenListening)
    responder = Responder(api)
  }

  /// The port that is listened on; nil before that. With port 0 in the settings the system chooses it.
  public var port: Int? { bound.withLock { $0 } }

  /// Serves until graceful shutdown or cancellation. Answers under way are finished, live pictures and events end.
  ///
  /// - Throws: `DaemonError.cannotListen`, also for an address beyond this machine when there is no token.
  public func run() async throws {
    guard !settings.token.isEmpty || settings.isLoopback else {
      throw cannotListen("an address that other machines can reach needs a token (http.token)")
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let executor = QuietExecutor(group.next())
    do {
      try await withTaskExecutorPreference(executor) { try await application(on: group).run() }
    } catch {
      try await group.shutdownGracefully()
      throw port == nil && !(error is CancellationError) ? cannotListen("\(error)") : error
    }
    try await group.shutdownGracefully()
  }

  private func application(on group: any EventLoopGroup) -> Application<Responder> {
    var channel = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionDeadlines(limit: self.settings.timeout.duration)])
    channel.httpDecoder = .init(
      maxHeaderFieldSize: Self.headerLimit, maxHeaderListSize: Self.headerLimit, maxHeaderFieldCount: 100)
    // The library says in its own words where it listens; the daemon says it once, in its own.
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    return Application(
      responder: responder, server: .http1(configuration: channel),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.address, port: settings.port), serverName: "verge",
        availableConnectionsDelegate: .maximum(Self.connectionLimit, logger: quiet)),
      onServerRunning: { [self] in await listening(on: $0) }, eventLoopGroupProvider: .shared(group), logger: quiet)
  }

  private func listening(on channel: any Channel) async {
    let port = channel.localAddress?.port ?? settings.port
    bound.withLock { $0 = port }
    logger.info("listening", metadata: ["address": "\(settings.address)", "port": "\(port)"])
    await whenListening(port)
  }

  private func cannotListen(_ cause: String) -> DaemonError {
    .cannotListen(address: "\(settings.address):\(settings.port)", cause: cause)
  }
}
