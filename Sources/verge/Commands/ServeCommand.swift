// verge serve: the daemon.
import ArgumentParser
import Daemon
import Dispatch
import Foundation
import Settings
import Synchronization
import Tensors
import Video

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Segments live streams, day and night, with an API and a live page.",
    discussion: """
      The configuration is YAML: etc/verge.yaml has every key with its default. The smallest one:

        streams:
          front:
            source: rtsp://127.0.0.1:8554/front
            outputs: [recordings/front.mp4, "udp://127.0.0.1:9000?pkt_size=1316"]

      Then http://127.0.0.1:8080 shows the streams, and verge status tells of them. SIGHUP reads the configuration again,
      SIGTERM ends the daemon with everything it writes finished. Without --config: $VERGE_CONFIG, ./verge.yaml,
      /etc/verge/verge.yaml.

      Examples:
        verge serve --config verge.yaml
        verge serve --source scenes: --port 9000
        VERGE_HTTP_PORT=9000 verge serve
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The configuration.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Serve this one source, as stream 'live', without a configuration.", valueName: "source"))
  var source: String?

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port: Int?

  func validate() throws {
    guard config == nil || source == nil else { throw ValidationError("give one of --config and --source") }
    if let port, !(0...65_535).contains(port) { throw ValidationError("--port is from 0 to 65535, not \(port)") }
  }

  func run() throws {
    MediaLog.route(to: nil)
    let settings = try read()
    let network = settings.network
    let kernels: Kernels = network.cpu.isEmpty ? .best : try Kernels(tier: try CPUTier(named: network.cpu))
    let facts = DaemonFacts(
      version: Verge.version, cpu: Machine.current.cpu,
      threads: network.threads > 0 ? network.threads : Machine.current.cores)
    let daemon = DaemonRun(settings, kernels: kernels, facts: facts) { [self] () throws(SettingsError) in try read() }
    guard try Self.wait(for: daemon) else {
      throw CommandError.unusable(what: "serve", why: "some outputs were cut off at the end (network.stop)")
    }
  }

  /// The settings with the options over them.
  private func read() throws(SettingsError) -> DaemonSettings {
    var settings: DaemonSettings
    if let source {
      settings = DaemonSettings()
      var stream = StreamSettings()
      stream.source = source
      settings.streams = ["live": stream]
    } else {
      settings = try DaemonConfiguration.read(path: config)
    }
    if let port { settings.http.port = port }
    return settings
  }

  /// Runs the daemon's asynchronous side while this thread waits.
  private static func wait(for daemon: DaemonRun) throws -> Bool {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Bool, any Error>?>(nil)
    Task {
      let ended: Result<Bool, any Error>
      do { ended = .success(try await daemon.run()) } catch { ended = .failure(error) }
      result.withLock { $0 = ended }
      done.signal()
    }
    done.wait()
    return try result.withLock { $0 }?.get() ?? false
  }
}
