// Pictures and events as they come, to clients that read and to clients that do not.
import Foundation
import Settings
import Synchronization
import Testing

@testable import Daemon

@Suite struct HTTPLiveTests {
  private static func request(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n" }

  private static func film(_ size: Int) -> FakeDirectory {
    let directory = FakeDirectory("front")
    directory.state.withLock { $0.film = [Data(repeating: 0x55, count: size), Data(repeating: 0x66, count: size + 1)] }
    return directory
  }

  @Test func everyPartSaysItsLengthAndItsFrame() async throws {
    try await TestServer.run(Self.film(1000)) { server async throws in
      let port = server.port
      let reply = try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
        return Reply(try connection.read(until: "X-Verge-Frame: 9"))
      }
      #expect(reply.fields["content-type"] == "multipart/x-mixed-replace; boundary=verge-frame")
      let text = String(decoding: reply.body.withoutChunks, as: UTF8.self)
      #expect(text.hasPrefix("--verge-frame\r\n"))
      let parts = text.components(separatedBy: "--verge-frame\r\n").dropFirst().dropLast()
      #expect(parts.count >= 3)
      for part in parts {
        let length = try #require(part.firstMatch(of: /Content-Length: (\d+)/)).1
        let frame = try #require(part.firstMatch(of: /X-Verge-Frame: (\d+)/)).1
        #expect(Int(length) == 1000 + Int(frame)! % 2)
        #expect(part.hasPrefix("Content-Type: image/jpeg\r\n"))
        let body = try #require(part.range(of: "\r\n\r\n")).upperBound
        #expect(part[body...].unicodeScalars.count == Int(length)! + 2)
      }
    }
  }

  @Test func aPartIsWholeBeforeTheNextFrameComes() async throws {
    let directory = Self.film(1000)
    directory.state.withLock { $0.interval = .seconds(60) }
    try await TestServer.run(directory) { server async throws in
      let port = server.port
      let data = try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
        // Both boundaries may come at once, so they are waited for as one.
        return try connection.read(until: "--verge-frame", times: 2)
      }
      #expect(data.count > 1000)
    }
  }

  @Test func aReaderThatStopsIsCutOffAndOthersGoOn() async throws {
    let directory = Self.film(400_000)
    try await TestServer.run(directory) { server async throws in
      let port = server.port
      let stuck = try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port, receiveBuffer: 8192)
        try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
        return connection
      }
      let frames = try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
        var frames = 0
        let end = ContinuousClock.now + .milliseconds(800)
        while ContinuousClock.now < end {
          _ = try connection.read(until: "X-Verge-Frame")
          frames += 1
        }
        return frames
      }
      #expect(frames > 2)
      #expect(try await server.send("GET", "/healthz").status == 200)
      #expect(await eventually { directory.streams.map(\.viewers) == [0] }, "the write deadline has passed")
      withExtendedLifetime(stuck) {}
    }
  }

  @Test func aReaderThatPausesComesBackToRecentFrames() async throws {
    let directory = Self.film(30_000)
    var settings = HTTPSettings.testing
    settings.timeout = TimeSpan(seconds: 30)
    try await TestServer.run(directory, settings: settings) { server async throws in
      let port = server.port
      let frames = try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port, receiveBuffer: 8192)
        try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
        // However slow the machine is now: until many more frames have come than may wait.
        while directory.state.withLock({ $0.offered }) < 150 { Thread.sleep(forTimeInterval: 0.05) }
        let text = String(decoding: try connection.read(until: "never", limit: 1 << 20), as: UTF8.self)
        return text.matches(of: /X-Verge-Frame: (\d+)/).compactMap { Int($0.1) }
      }
      let steps = zip(frames, frames.dropFirst()).map { $1 - $0 }
      let jump = try #require(steps.firstIndex { $0 > 30 }, "what was missed is not sent later")
      #expect(jump < 20, "few old frames wait")
      #expect(steps.allSatisfy { $0 > 0 })
    }
  }

  @Test func ffmpegReadsTheLivePictures() async throws {
    guard let ffmpeg = tool("ffmpeg") else { return print("skipped: ffmpeg is not installed") }
    try await TestServer.run(try PageFixture.oneStream()) { server async throws in
      let place = "http://127.0.0.1:\(server.port)/v1/streams/front/live.mjpeg"
      let report = try await onThread {
        try run(ffmpeg, ["-v", "error", "-f", "mpjpeg", "-i", place, "-frames:v", "5", "-f", "framemd5", "-"])
      }
      #expect(report.status == 0, "\(report.output)")
      #expect(report.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.count == 5, "\(report.output)")
    }
  }

  @Test func aReaderThatLeavesIsNoticedWithoutAFrame() async throws {
    let directory = FakeDirectory("front")
    directory.state.withLock { $0.film = [] }
    try await TestServer.run(directory) { server async throws in
      let port = server.port
      let viewers = try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
        _ = try connection.read(until: "--verge-frame")
        return directory.streams.map(\.viewers)
      }
      #expect(viewers == [1])
      #expect(await eventually { directory.streams.map(\.viewers) == [0] })
    }
  }

  @Test func eventsComeAtOnceAndOnceASecondUntilTheStreamIsGone() async throws {
    try await TestServer.run { server async throws in
      let port = server.port
      let directory = server.directory
      let text = try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write(Self.request("/v1/streams/front/events"))
        var text = try connection.read(until: "event: status")
        directory.state.withLock { $0.streams["front"]?.state = .paused }
        text += try connection.read(until: "\"paused\"")
        directory.state.withLock { $0.streams["front"] = nil }
        return String(decoding: text + (try connection.readToEnd()), as: UTF8.self)
      }
      #expect(text.contains("content-type: text/event-stream") || text.contains("Content-Type: text/event-stream"))
      #expect(text.contains("event: gone\ndata: {"))
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("data: ") })
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      #expect(try decoder.decode(StreamStatus.self, from: Data(line.dropFirst(6).utf8)).name == "front")
    }
  }

  @Test func onlySoManyWatchAtOnce() async throws {
    let directory = FakeDirectory("front")
    directory.state.withLock { $0.film = [] }
    try await TestServer.run(directory) { server async throws in
      let port = server.port
      let readers = try await onThread {
        try (0..<API.liveLimit).map { _ in
          let connection = try RawConnection(address: "127.0.0.1", port: port)
          try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
          _ = try connection.read(until: "--verge-frame")
          return connection
        }
      }
      let refused = try await server.send("GET", "/v1/streams/front/live.mjpeg")
      #expect(refused.status == 503 && refused.fields["retry-after"] == "10")
      #expect(try await server.send("GET", "/v1/streams").status == 200)
      withExtendedLifetime(readers) {}
    }
  }

  @Test func shutdownEndsWhatHasNoEnd() async throws {
    try await TestServer.run(Self.film(1000)) { server async throws in
      let port = server.port
      let start = ContinuousClock.now
      async let rest = onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write(Self.request("/v1/streams/front/live.mjpeg"))
        return try connection.readToEnd()
      }
      async let events = onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write(Self.request("/v1/streams/front/events"))
        return try connection.readToEnd()
      }
      try await Task.sleep(for: .milliseconds(300))
      await server.shutDown()
      #expect(try await rest.count > 1000)
      #expect(try await events.count > 100)
      #expect(start.duration(to: .now) < .seconds(5))
    }
  }
}

@Suite struct HTTPSlowClientTests {
  @Test func manyClientsAtOnceAreAllAnswered() async throws {
    guard let wrk = tool("wrk") else { return print("skipped: wrk is not installed") }
    try await TestServer.run(FakeDirectory("front", "rear")) { server async throws in
      let report = try await onThread {
        try run(wrk, ["-t1", "-c40", "-d2s", "http://127.0.0.1:\(server.port)/v1/streams"])
      }
      #expect(report.output.contains("requests in"))
      #expect(!report.output.contains("Non-2xx") && !report.output.contains("Socket errors"), "\(report.output)")
    }
  }

  @Test(arguments: ["GET /healthz HTTP/1.1\r\nHost: loc", "", "POST"])
  func aRequestThatDoesNotComeWholeIsClosed(text: String) async throws {
    try await TestServer.run { server async throws in
      let start = ContinuousClock.now
      let reply = try await server.sendRaw(text)
      #expect(reply.status == 0)
      #expect((Duration.seconds(1)..<Duration.seconds(6)).contains(start.duration(to: .now)))
    }
  }

  @Test func aHeaderThatTricklesIsClosed() async throws {
    try await TestServer.run { server async throws in
      let port = server.port
      let start = ContinuousClock.now
      try await onThread {
        let connection = try RawConnection(address: "127.0.0.1", port: port)
        try connection.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        for index in 0..<100 {
          do { try connection.write("X-\(index): x\r\n") } catch { break }  // closed, as it should be
          Thread.sleep(forTimeInterval: 0.1)
        }
      }
      #expect(start.duration(to: .now) < .seconds(6))
    }
  }

  @Test func aBodyThatDoesNotComeIsAnsweredWith408() async throws {
    try await TestServer.run { server async throws in
      let head = "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
      #expect(try await server.sendRaw(head).status == 408)
      #expect(server.directory.requests == [])
    }
  }

  @Test func manyIdleConnectionsAreDroppedInTime() async throws {
    try await TestServer.run { server async throws in
      let port = server.port
      let idle = try await onThread {
        try (0..<300).map { _ in try RawConnection(address: "127.0.0.1", port: port) }
      }
      #expect(try await server.send("GET", "/healthz").status == 200)
      withExtendedLifetime(idle) {}
    }
  }
}
