// What streams share.
import Logging
import Video

/// The daemon around a stream.
struct StreamEnvironment: Sendable {
  let networks: SharedNetworks
  let log: Logger
  /// A text without credentials.
  let redact: @Sendable (String) -> String

  /// Opens one of a stream's outputs.
  func output(
    _ output: String, _ settings: StreamSettings, isLive: Bool, tell: @escaping @Sendable (String) -> Void
  ) -> any StreamOutput {
    let kind = OutputKind(output)
    if case .records(let place) = kind {
      return RecordOutput(place, name: redact(output), isLive: isLive, timeout: Self.timeout, tell: tell)
    }
    var options = VideoOutputOptions()
    (options.recording, options.hls) = (settings.recording, settings.hls)
    (options.isLive, options.timeout, options.tell) = (isLive, Self.timeout, tell)
    options.transport = settings.transport
    if case .masks(let path) = kind { return MaskOutput(path, name: redact(output), options) }
    return VideoOutput(kind, name: redact(output), options)
  }

  /// Seconds that a peer may take nothing before it counts as gone.
  private static let timeout = 5.0
}
