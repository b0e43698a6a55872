// Every route's answer, and what is common to all answers.
import Foundation
import Synchronization
import Testing

@testable import Daemon

@Suite struct HTTPRouteTests {
  @Test func theListHasEveryStreamInOrderOfItsName() async throws {
    try await TestServer.run(FakeDirectory("rear", "front")) { server async throws in
      let reply = try await server.send("GET", "/v1/streams")
      #expect(reply.status == 200)
      #expect(reply.fields["content-type"] == "application/json")
      #expect(reply.fields["cache-control"] == "no-store")
      #expect(try reply.json([StreamStatus].self).map(\.name) == ["front", "rear"])
    }
  }

  @Test func aStatusGoesThroughJSONUnchanged() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("GET", "/v1/streams/front")
      #expect(try reply.json(StreamStatus.self) == FakeDirectory.sample("front"))
      #expect(reply.text.contains(#""since":"2027-01-15T08:00:00Z""#))
      #expect(try await server.send("GET", "/v1/daemon").json(DaemonStatus.self).tier == "avx2")
    }
  }

  @Test func answersAreMadeByAThreadThatStandsBack() async throws {
    try await TestServer.run { server async throws in
      _ = try await server.send("GET", "/v1/streams/front")
      #expect(server.directory.state.withLock { $0.niceness } == 5)
    }
    #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), UInt32(getpid())) == 0, "of that thread alone")
  }

  @Test(arguments: ["pause", "resume", "restart"])
  func anActionReachesItsStreamAndAnswersWithItsStatus(action: String) async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("POST", "/v1/streams/front/\(action)")
      #expect(reply.status == 200)
      #expect(try reply.json(StreamStatus.self).name == "front")
      #expect(server.directory.requests == ["\(action) front"])
    }
  }

  @Test func aStreamIsAddedChangedAndRemoved() async throws {
    try await TestServer.run { server async throws in
      let added = try await server.send("POST", "/v1/streams", body: #"{"name":"ré ar","source":"scenes:"}"#)
      #expect(added.status == 201)
      let place = try #require(added.fields["location"])
      #expect(place == "/v1/streams/r%C3%A9%20ar")
      #expect(try await server.send("GET", "/v1/streams").json([StreamStatus].self).count == 2)
      #expect(try await server.send("PATCH", place, body: #"{"overlay":{"alpha":0.3}}"#).status == 200)
      let removed = try await server.send("DELETE", place)
      #expect(removed.status == 204 && removed.body.isEmpty)
      #expect(try await server.send("GET", place).status == 404)
      #expect(server.directory.requests == ["add ré ar", #"change ré ar {"overlay":{"alpha":0.3}}"#, "remove ré ar"])
    }
  }

  @Test func settingsMayBeYAML() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send(
        "PATCH", "/v1/streams/front", ["Content-Type": "application/yaml"], body: "overlay: { alpha: 0.3 }\n")
      #expect(reply.status == 200)
      #expect(server.directory.requests == ["change front overlay: { alpha: 0.3 }\n"])
    }
  }

  @Test func reloadSaysWhatBecameOfTheStreams() async throws {
    try await TestServer.run { server async throws in
      #expect(try await server.send("POST", "/v1/reload").json(ReloadReport.self).added == ["rear"])
      #expect(try await server.send("DELETE", "/v1/streams/front/shadow").status == 200)
      #expect(server.directory.requests == ["reload", "drop front"])
    }
  }

  @Test func readinessFollowsTheDaemon() async throws {
    try await TestServer.run { server async throws in
      #expect(try await server.send("GET", "/healthz").status == 200)
      #expect(try await server.send("GET", "/readyz").status == 200)
      server.directory.state.withLock { $0.isReady = false }
      #expect(try await server.send("GET", "/healthz").status == 200)
      #expect(try await server.send("GET", "/readyz").status == 503)
    }
  }

  @Test func picturesSayWhichFrameTheyShow() async throws {
    try await TestServer.run { server async throws in
      for (path, type) in [("frame.jpg", "image/jpeg"), ("mask.png", "image/png")] {
        let reply = try await server.send("GET", "/v1/streams/front/\(path)")
        #expect(reply.fields["content-type"] == type)
        #expect(reply.fields["x-verge-frame"] == "7" && reply.fields["x-verge-time"] == "0.25")
        #expect(reply.body.count == 4)
      }
      server.directory.state.withLock { $0.picture = nil }
      let reply = try await server.send("GET", "/v1/streams/front/frame.jpg")
      #expect(try reply.json(ProblemDocument.self).type == "urn:verge:problem:no-frame")
    }
  }

  @Test(arguments: ["/v1/streams", "/v1/streams/front", "/metrics", "/v1/streams/front/live.mjpeg", "/"])
  func headIsGetWithoutABody(path: String) async throws {
    try await TestServer.run { server async throws in
      let (get, head) = (200, try await server.send("HEAD", path))
      #expect(head.status == get)
      #expect(head.body.isEmpty)
      #expect(head.fields["content-length"] != nil)
    }
  }

  @Test func headOfLivePicturesWatchesNothing() async throws {
    try await TestServer.run { server async throws in
      #expect(try await server.send("HEAD", "/v1/streams/front/live.mjpeg").status == 200)
      #expect(await eventually { server.directory.streams.map(\.viewers) == [0] })
    }
  }

  @Test func aConnectionServesManyRequests() async throws {
    try await TestServer.run { server async throws in
      let one = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
      let reply = try await server.sendRaw("\(one)\r\n\(one)\r\n\(one)Connection: close\r\n\r\n")
      #expect(reply.text.components(separatedBy: "HTTP/1.1 200").count == 3)
    }
  }
}
