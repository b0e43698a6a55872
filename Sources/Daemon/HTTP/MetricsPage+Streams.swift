// The metrics of a stream's durations, outputs and candidate.

extension MetricsPage {
  mutating func writeDurations() {
    out.begin("verge_latency_seconds", .histogram, "From the last packet a frame needs to the painted frame.")
    for stream in streams {
      guard let counts = durations[stream.name]?.latency else { continue }
      out.histogram(counts, [("stream", stream.name)])
    }
    out.begin("verge_stage_seconds", .histogram, "Time a stage worked on a frame.")
    for stream in streams {
      for stage in durations[stream.name]?.stages ?? [] {
        out.histogram(stage.durations, [("stream", stream.name), ("stage", stage.name)])
      }
    }
  }

  mutating func writeOutputs() {
    outputs("verge_output_frames_total", .counter, "Frames written to an output.") { Double($0.frames) }
    outputs("verge_output_dropped_total", .counter, "Frames that an output gave up.") { Double($0.dropped) }
    outputs("verge_output_bytes_total", .counter, "Bytes written to an output.") { Double($0.bytes) }
    outputs("verge_output_reconnects_total", .counter, "How often an output was opened again.") {
      Double($0.reconnects)
    }
    outputs("verge_output_up", .gauge, "Whether an output is being written.") { $0.state == .writing ? 1 : 0 }
    outputs("verge_output_latency_p99_seconds", .gauge, "From arrival until written, of the last ten seconds.") {
      $0.latencyMs.p99 / 1000
    }
  }

  private mutating func outputs(
    _ name: String, _ kind: Exposition.Kind, _ help: String, _ value: (OutputStatus) -> Double
  ) {
    out.begin(name, kind, help)
    for stream in streams {
      for (label, output) in Self.labelled(stream.outputs) {
        out.sample(value(output), [("stream", stream.name), ("output", label)])
      }
    }
  }

  /// Outputs that look the same without their credentials are numbered: two samples must not have the same labels.
  private static func labelled(_ outputs: [OutputStatus]) -> [(String, OutputStatus)] {
    var seen: [String: Int] = [:]
    return outputs.map { output in
      seen[output.output, default: 0] += 1
      let count = seen[output.output] ?? 1
      return (count == 1 ? output.output : "\(output.output)#\(count)", output)
    }
  }

  mutating func writeShadows() {
    let shadows = streams.compactMap { stream in stream.shadow.map { (stream.name, $0) } }
    out.begin("verge_shadow_frames_total", .counter, "Frames that the candidate model saw.")
    for (name, shadow) in shadows { out.sample(shadow.frames, [("stream", name), ("model", shadow.model)]) }
    out.begin("verge_shadow_disagreement", .gauge, "Share of pixels that the candidate labels differently.")
    for (name, shadow) in shadows { out.sample(shadow.disagreement, [("stream", name), ("model", shadow.model)]) }
    out.begin("verge_shadow_class_disagreement", .gauge, "The same by the present model's class.")
    for (name, shadow) in shadows {
      for (item, share) in shadow.classes.sorted(by: { $0.key < $1.key }) {
        out.sample(share, [("stream", name), ("model", shadow.model), ("class", item)])
      }
    }
  }
}
