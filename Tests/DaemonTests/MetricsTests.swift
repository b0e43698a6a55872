// The metrics text: what it says, and that Prometheus's own tool finds nothing wrong with it.
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Daemon
@testable import Pipeline

@Suite struct MetricsTests {
  static func directory() -> FakeDirectory {
    let directory = FakeDirectory("front", "we\"ird\\\nname")
    directory.state.withLock { state in
      for name in state.streams.keys { state.streams[name] = filled(state.streams[name]!) }
    }
    return directory
  }

  private static func filled(_ status: StreamStatus) -> StreamStatus {
    var status = status
    (status.frames.in, status.frames.shown, status.frames.late) = (120, 100, 20)
    status.queues = ["decode": 1, "u-net": 2]
    status.rates = Rates(input: 30, network: 29.5, output: 29.97)
    status.classes = [ClassShare(name: "road", color: "#804080", share: 0.25, painted: true)]
    var output = OutputStatus(output: "udp://127.0.0.1:9000", state: .writing)
    (output.frames, output.dropped, output.bytes) = (99, 1, 123_456_789_012)
    status.outputs = [output, output]
    status.shadow = ShadowStatus(model: "road-2", share: 0.1)
    status.shadow?.classes = ["road": 0.01, "car": 0.2]
    return status
  }

  private static func requests() -> RequestMetrics {
    let requests = RequestMetrics()
    let route = Route(.get, "/v1/streams/{name}") { _ throws(Problem) in throw Problem(.noStream, "none") }
    for milliseconds in [3, 7, 900] { requests.record(route, status: .ok, duration: .milliseconds(milliseconds)) }
    requests.record(route, status: .notFound, duration: .microseconds(80))
    requests.record(nil, status: .methodNotAllowed, duration: .microseconds(50))
    return requests
  }

  @Test func promtoolFindsNothingWrong() throws {
    guard let promtool = tool("promtool") else { return print("skipped: promtool is not installed") }
    let report = try run(promtool, ["check", "metrics"], input: MetricsPage(Self.directory(), Self.requests()).text)
    #expect(report.status == 0 && report.output == "", "\(report.output)")
    let empty = try run(promtool, ["check", "metrics"], input: MetricsPage(FakeDirectory(), RequestMetrics()).text)
    #expect(empty.status == 0, "\(empty.output)")
  }

  @Test(arguments: [
    #"verge_info{version="1.2.3",tier="avx2",cpu="A \"fast\" one"} 1"#,
    #"verge_frames_total{stream="front",bucket="late"} 20"#,
    #"verge_frames_total{stream="we\"ird\\\nname",bucket="shown"} 100"#,
    #"verge_fps{stream="front",at="output"} 29.97"#,
    #"verge_latency_seconds_bucket{stream="front",le="0.005"} 1"#,
    #"verge_latency_seconds_bucket{stream="front",le="0.02"} 3"#,
    #"verge_latency_seconds_bucket{stream="front",le="+Inf"} 4"#,
    #"verge_latency_seconds_count{stream="front"} 4"#,
    #"verge_stage_seconds_count{stream="front",stage="u-net"} 4"#,
    #"verge_stream_state{stream="front",state="running"} 1"#,
    #"verge_stream_state{stream="front",state="failed"} 0"#,
    #"verge_queue_depth{stream="front",stage="u-net"} 2"#,
    #"verge_output_bytes_total{stream="front",output="udp://127.0.0.1:9000"} 123456789012"#,
    #"verge_output_frames_total{stream="front",output="udp://127.0.0.1:9000#2"} 99"#,
    #"verge_shadow_class_disagreement{stream="front",model="road-2",class="car"} 0.2"#,
    #"verge_http_requests_total{method="GET",path="/v1/streams/{name}",status="200"} 3"#,
    #"verge_http_requests_total{method="GET",path="/v1/streams/{name}",status="404"} 1"#,
    #"verge_http_requests_total{method="other",path="other",status="405"} 1"#,
    #"verge_http_request_seconds_bucket{method="GET",path="/v1/streams/{name}",le="0.0005"} 1"#,
    #"verge_http_request_seconds_bucket{method="GET",path="/v1/streams/{name}",le="0.005"} 2"#,
    #"verge_http_request_seconds_count{method="GET",path="/v1/streams/{name}"} 4"#,
    "verge_resident_bytes 182000000", "verge_uptime_seconds 12345.5", "verge_open_descriptors 41",
  ])
  func aSampleIsThere(line: String) {
    #expect(MetricsPage(Self.directory(), Self.requests()).text.components(separatedBy: "\n").contains(line))
  }

  @Test(arguments: [
    (1.0, "1"), (0.25, "0.25"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e18, "1e+18"),
  ])
  func numbersAreAsPrometheusReadsThem(value: Double, text: String) { #expect(Exposition.number(value) == text) }

  @Test func theServerSendsThem() async throws {
    try await TestServer.run(Self.directory()) { server async throws in
      let reply = try await server.send("GET", "/metrics")
      #expect(reply.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      #expect(reply.text.contains("verge_info{"))
    }
  }

  @Test func requestsAreCountedByRouteAndNeverByWhatClientsMakeUp() async throws {
    try await TestServer.run(Self.directory()) { server async throws in
      for path in ["/v1/streams/front", "/v1/streams/front", "/v1/streams/absent", "/made/up/1", "/made/up/2"] {
        _ = try await server.send("GET", path)
      }
      _ = try await server.send("PUT", "/v1/streams/front")
      let lines = try await server.send("GET", "/metrics").text.components(separatedBy: "\n")
      let counts = lines.filter { $0.hasPrefix("verge_http_requests_total{") }
      #expect(
        counts == [
          #"verge_http_requests_total{method="GET",path="/v1/streams/{name}",status="200"} 2"#,
          #"verge_http_requests_total{method="GET",path="/v1/streams/{name}",status="404"} 1"#,
          #"verge_http_requests_total{method="other",path="other",status="404"} 2"#,
          #"verge_http_requests_total{method="other",path="other",status="405"} 1"#,
        ])
    }
  }
}
