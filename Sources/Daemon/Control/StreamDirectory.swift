// The seam between the API and the streams.
public import Foundation
public import Pipeline

/// What the API, the page and the metrics may ask for; safe to use from any thread, and no call waits for a frame.
public protocol StreamDirectory: Sendable {
  var daemon: DaemonStatus { get }
  /// All streams, by name.
  var streams: [StreamStatus] { get }

  /// - Throws: `DaemonError.noStream`, as all calls with a name.
  func status(of name: String) throws(DaemonError) -> StreamStatus
  /// Durations since the stream was added, for histograms.
  func durations(of name: String) throws(DaemonError) -> StreamDurations

  /// Adds a stream. `settings` is YAML or JSON with a `name` and the keys of a stream in the configuration.
  ///
  /// - Throws: `.exists`, `.invalid` with the key and the nearest valid one.
  func add(_ settings: String) throws(DaemonError) -> StreamStatus
  /// Lays keys over the stream's settings. Looks (`overlay`, `classes`) act at once; others restart the stream.
  func change(_ name: String, _ settings: String) throws(DaemonError) -> StreamStatus
  /// Ends the stream and its outputs.
  func remove(_ name: String) throws(DaemonError)
  func pause(_ name: String) throws(DaemonError) -> StreamStatus
  func resume(_ name: String) throws(DaemonError) -> StreamStatus
  func restart(_ name: String) throws(DaemonError) -> StreamStatus
  /// Makes the candidate the stream's model, from one frame to the next.
  ///
  /// - Throws: `.conflict` without a candidate.
  func promoteShadow(_ name: String) throws(DaemonError) -> StreamStatus
  /// Lets the candidate go.
  func dropShadow(_ name: String) throws(DaemonError) -> StreamStatus
  /// Reads the configuration again; an invalid one changes nothing.
  func reload() throws(DaemonError) -> ReloadReport

  /// The newest overlay as a JPEG; nil before the first frame.
  func overlay(of name: String) throws(DaemonError) -> EncodedPicture?
  /// The newest label map as a PNG of class indices; nil before the first frame.
  func mask(of name: String) throws(DaemonError) -> EncodedPicture?
  /// Overlays as JPEGs as they come; a reader that is slow misses some, and never more than one waits. They are encoded
  /// only while somebody reads, once for all readers.
  func overlays(of name: String) throws(DaemonError) -> AsyncStream<EncodedPicture>
}

/// A picture as it goes over HTTP.
public struct EncodedPicture: Sendable {
  public var bytes: Data
  /// Of the frame, from its source's first one.
  public var index: Int
  /// Seconds in the output's time.
  public var time: Double

  public init(bytes: Data, index: Int, time: Double) { (self.bytes, self.index, self.time) = (bytes, index, time) }
}

/// Durations of a stream since it was added.
public struct StreamDurations: Sendable {
  /// From arrival to the painted frame.
  public var latency: DurationCounts
  /// By stage.
  public var stages: [(name: String, durations: DurationCounts)]

  public init(latency: DurationCounts, stages: [(name: String, durations: DurationCounts)]) {
    (self.latency, self.stages) = (latency, stages)
  }
}
