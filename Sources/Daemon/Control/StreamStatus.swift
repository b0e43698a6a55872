// What can be known of a stream at a moment.
public import Foundation
public import Pipeline

/// A stream as the API and the page show it.
public struct StreamStatus: Sendable, Codable, Hashable {
  /// What a stream is doing.
  public enum State: String, Sendable, Codable, Hashable, CaseIterable {
    /// It opens its source.
    case starting
    /// Frames flow.
    case running
    /// The source is away; it is tried again.
    case reconnecting
    /// Stopped by request, its outputs open.
    case paused
    /// A file that is not looped has come to its end.
    case ended
    /// It cannot go on without a change of its settings.
    case failed
    /// Switched off in the settings.
    case disabled
  }

  public var name: String
  /// Without credentials.
  public var source: String
  public var state: State
  /// When it came into this state.
  public var since: Date
  /// What went wrong last, and when.
  public var lastError: Incident?
  public var model: String
  /// Stored size of the source's frames, `1280x720`; nil before the first one.
  public var size: String?
  /// Where frames went since the stream was added, over all reconnects.
  public var frames: FrameCounts
  /// Pictures shown while the source was away.
  public var placeholders: Int
  public var rates: Rates
  /// Of the last ten seconds, in milliseconds: from the last packet that a frame needs to the painted frame.
  public var latencyMs: LatencySummary
  /// Of the present connection.
  public var stages: [StageReport]
  /// Elements waiting between the stages, by the name of the stage that reads them.
  public var queues: [String: Int]
  /// Every class of the model with its share of the newest frame.
  public var classes: [ClassShare]
  public var overlay: OverlayState
  public var outputs: [OutputStatus]
  /// Clients that watch it over HTTP.
  public var viewers: Int
  /// How often the source was opened again.
  public var reconnects: Int
  /// A candidate model that runs beside the present one.
  public var shadow: ShadowStatus?

  public init(name: String, source: String, state: State, since: Date, model: String, overlay: OverlayState) {
    (self.name, self.source, self.state, self.since, self.model) = (name, source, state, since, model)
    self.overlay = overlay
    (frames, placeholders, rates, latencyMs) = (FrameCounts(), 0, Rates(), LatencySummary())
    (stages, queues, classes, outputs, viewers, reconnects) = ([], [:], [], [], 0, 0)
  }

  enum CodingKeys: String, CodingKey {
    case name, source, state, since
    case lastError = "last_error"
    case model, size, frames, placeholders, rates
    case latencyMs = "latency_ms"
    case stages, queues, classes, overlay, outputs, viewers, reconnects, shadow
  }
}

/// Something that went wrong.
public struct Incident: Sendable, Codable, Hashable {
  public var time: Date
  public var message: String

  public init(time: Date, message: String) { (self.time, self.message) = (time, message) }
}

/// Frames per second of the last seconds: that came in, that the network saw, that were shown.
public struct Rates: Sendable, Codable, Hashable {
  public var input, network, output: Double

  public init(input: Double = 0, network: Double = 0, output: Double = 0) {
    (self.input, self.network, self.output) = (input, network, output)
  }
}

/// A class of the model and how much of the newest frame it takes.
public struct ClassShare: Sendable, Codable, Hashable {
  public var name: String
  /// `#rrggbb`
  public var color: String
  /// 0 to 1.
  public var share: Double
  /// Whether it is painted.
  public var painted: Bool

  public init(name: String, color: String, share: Double, painted: Bool) {
    (self.name, self.color, self.share, self.painted) = (name, color, share, painted)
  }
}

/// What the overlay looks like now.
public struct OverlayState: Sendable, Codable, Hashable {
  /// Share of the class colour in a painted pixel, 0 to 1.
  public var alpha: Double
  public var legend, hud, steady: Bool

  public init(alpha: Double, legend: Bool, hud: Bool, steady: Bool) {
    (self.alpha, self.legend, self.hud, self.steady) = (alpha, legend, hud, steady)
  }
}

/// One of a stream's outputs.
public struct OutputStatus: Sendable, Codable, Hashable {
  public enum State: String, Sendable, Codable, Hashable { case waiting, writing, retrying, failed, ended }

  /// Path or URL without credentials.
  public var output: String
  public var state: State
  /// Written, and given up because the output could not keep up or was away.
  public var frames, dropped: Int
  public var bytes: Int
  /// How often it was opened again.
  public var reconnects: Int
  /// From the arrival of a frame's last packet until it was written, of the last ten seconds.
  public var latencyMs: LatencySummary
  public var lastError: Incident?

  public init(output: String, state: State) {
    (self.output, self.state) = (output, state)
    (frames, dropped, bytes, reconnects, latencyMs) = (0, 0, 0, 0, LatencySummary())
  }

  enum CodingKeys: String, CodingKey {
    case output, state, frames, dropped, bytes, reconnects
    case latencyMs = "latency_ms"
    case lastError = "last_error"
  }
}

/// How a candidate model differs from the present one.
public struct ShadowStatus: Sendable, Codable, Hashable {
  public var model: String
  /// Share of the frames that it sees.
  public var share: Double
  public var frames: Int
  /// Share of the pixels whose label differs, over all frames so far.
  public var disagreement: Double
  /// The same by the present model's class.
  public var classes: [String: Double]

  public init(model: String, share: Double) {
    (self.model, self.share, frames, disagreement, classes) = (model, share, 0, 0, [:])
  }
}
