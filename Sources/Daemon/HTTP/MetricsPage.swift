// What /metrics says.
import Pipeline

/// All metrics of the daemon and its streams at a moment.
struct MetricsPage {
  let daemon: DaemonStatus
  let streams: [StreamStatus]
  /// By stream.
  let durations: [String: StreamDurations]
  let requests: RequestMetrics
  var out = Exposition()

  init(_ directory: any StreamDirectory, _ requests: RequestMetrics) {
    self.requests = requests
    (daemon, streams) = (directory.daemon, directory.streams)
    var durations: [String: StreamDurations] = [:]
    // A stream that was removed in between has none.
    for stream in streams { durations[stream.name] = try? directory.durations(of: stream.name) }
    self.durations = durations
  }

  var text: String {
    var page = self
    page.writeDaemon()
    page.writeStates()
    page.writeFrames()
    page.writeQueuesAndShares()
    page.writeDurations()
    page.writeOutputs()
    page.writeShadows()
    requests.write(to: &page.out)
    return page.out.text
  }

  private mutating func writeDaemon() {
    out.begin("verge_info", .gauge, "What the daemon is and runs on.")
    out.sample(1, [("version", daemon.version), ("tier", daemon.tier), ("cpu", daemon.cpu)])
    out.begin("verge_model_info", .gauge, "Models in memory.")
    for model in daemon.models { out.sample(1, [("model", model)]) }
    out.begin("verge_ready", .gauge, "Whether every enabled stream has been started.")
    out.sample(daemon.isReady ? 1 : 0)
    out.begin("verge_uptime_seconds", .gauge, "Time since the daemon started.")
    out.sample(daemon.uptime)
    out.begin("verge_resident_bytes", .gauge, "Resident memory.")
    out.sample(daemon.residentBytes)
    out.begin("verge_open_descriptors", .gauge, "Open file descriptors.")
    out.sample(daemon.descriptors)
    out.begin("verge_network_threads", .gauge, "Cores that the network may load.")
    out.sample(daemon.threads)
  }

  private mutating func writeStates() {
    out.begin("verge_stream_info", .gauge, "Streams with their model and the size of their frames.")
    for stream in streams {
      out.sample(1, [("stream", stream.name), ("model", stream.model), ("size", stream.size ?? "")])
    }
    out.begin("verge_stream_state", .gauge, "1 for the state that the stream is in, 0 for the others.")
    for stream in streams {
      for state in StreamStatus.State.allCases {
        out.sample(stream.state == state ? 1 : 0, [("stream", stream.name), ("state", state.rawValue)])
      }
    }
    gauges("verge_viewers", "Clients that watch the stream over HTTP.") { $0.viewers }
    counters("verge_reconnects_total", "How often the source was opened again.") { $0.reconnects }
    counters("verge_placeholders_total", "Pictures shown while the source was away.") { $0.placeholders }
  }

  private mutating func writeFrames() {
    counters("verge_frames_received_total", "Frames that came in.") { $0.frames.in }
    out.begin("verge_frames_total", .counter, "Frames by the bucket they ended in.")
    for stream in streams {
      for (bucket, count) in Self.buckets(stream.frames) {
        out.sample(count, [("stream", stream.name), ("bucket", bucket)])
      }
    }
    out.begin("verge_fps", .gauge, "Frames per second of the last seconds: at the input, the network, the output.")
    for stream in streams {
      out.sample(stream.rates.input, [("stream", stream.name), ("at", "input")])
      out.sample(stream.rates.network, [("stream", stream.name), ("at", "network")])
      out.sample(stream.rates.output, [("stream", stream.name), ("at", "output")])
    }
  }

  private mutating func writeQueuesAndShares() {
    out.begin("verge_queue_depth", .gauge, "Elements that wait before a stage.")
    for stream in streams {
      for (stage, depth) in stream.queues.sorted(by: { $0.key < $1.key }) {
        out.sample(depth, [("stream", stream.name), ("stage", stage)])
      }
    }
    out.begin("verge_class_share", .gauge, "Share of the newest frame that a class takes.")
    for stream in streams {
      for item in stream.classes { out.sample(item.share, [("stream", stream.name), ("class", item.name)]) }
    }
  }

  private static func buckets(_ frames: FrameCounts) -> KeyValuePairs<String, Int> {
    [
      "shown": frames.shown, "skipped": frames.skipped, "late": frames.late, "undecodable": frames.undecodable,
      "abandoned": frames.abandoned,
    ]
  }
}

extension MetricsPage {
  mutating func gauges(_ name: String, _ help: String, _ value: (StreamStatus) -> Int) {
    out.begin(name, .gauge, help)
    for stream in streams { out.sample(value(stream), [("stream", stream.name)]) }
  }

  mutating func counters(_ name: String, _ help: String, _ value: (StreamStatus) -> Int) {
    out.begin(name, .counter, help)
    for stream in streams { out.sample(value(stream), [("stream", stream.name)]) }
  }
}
