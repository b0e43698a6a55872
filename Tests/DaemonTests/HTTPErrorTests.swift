// What is refused, and how it is said.
import Foundation
import Settings
import Synchronization
import Testing

@testable import Daemon

@Suite struct HTTPErrorTests {
  @Test func aStreamThatIsNotThereIsAProblemWithTheNearestName() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("GET", "/v1/streams/frnt")
      #expect(reply.status == 404)
      #expect(reply.fields["content-type"] == "application/problem+json")
      #expect(
        try reply.json(ProblemDocument.self)
          == ProblemDocument(
            type: "urn:verge:problem:no-stream", title: "There is no such stream", status: 404,
            detail: "there is no stream 'frnt'; did you mean 'front'?", instance: "/v1/streams/frnt", nearest: "front"))
    }
  }

  @Test func anotherMethodIsRefusedWithThoseThatWork() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("PUT", "/v1/streams/front", body: "{}")
      #expect(reply.status == 405)
      #expect(reply.fields["allow"] == "GET, HEAD, PATCH, DELETE, OPTIONS")
      #expect(try await server.send("DELETE", "/healthz").status == 405)
      #expect(try await server.send("BREW", "/v1/streams").status == 400, "no method of HTTP")
      #expect(try await server.send("OPTIONS", "/v1/reload").fields["allow"] == "POST, OPTIONS")
      #expect(try await server.send("GET", "/v1/stream").status == 404)
    }
  }

  @Test(arguments: [
    ("{\"name\":", 400, "malformed"), ("", 400, "malformed"), ("  \n", 400, "malformed"),
    ("{\"source\":\"scenes:\"}", 422, "invalid-settings"), ("{\"name\":\"front\"}", 409, "exists"),
  ])
  func badSettingsAreRefused(body: String, status: Int, kind: String) async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("POST", "/v1/streams", ["Content-Type": "application/json"], body: body)
      #expect(reply.status == status)
      #expect(try reply.json(ProblemDocument.self).type == "urn:verge:problem:\(kind)")
      #expect(server.directory.requests == [])
    }
  }

  @Test func aConflictIsOne() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("POST", "/v1/streams/front/shadow/promote")
      #expect(reply.status == 409)
      #expect(try reply.json(ProblemDocument.self).detail == "the stream 'front' has no candidate")
    }
  }

  @Test func aBodyPastTheLimitIsRefused() async throws {
    var settings = HTTPSettings.testing
    settings.bodyLimit = 100
    try await TestServer.run(settings: settings) { server async throws in
      let text = String(repeating: " ", count: 101)
      #expect(try await server.send("POST", "/v1/streams", body: text).status == 413)
      let head = "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      let chunk = "40\r\n" + String(repeating: " ", count: 64) + "\r\n"
      #expect(try await server.sendRaw(head + chunk + chunk + "0\r\n\r\n").status == 413)
      #expect(try await server.sendRaw(head + chunk + chunk).status == 413, "the body's end need not come")
      #expect(try await server.send("GET", "/healthz").status == 200)
    }
  }

  @Test(arguments: [
    "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nBad\u{1}Name: x\r\n\r\n",
    "POST /v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
    "POST /v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
  ])
  func aMalformedRequestIsRefusedAndDisturbsNobody(text: String) async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.sendRaw(text)
      #expect(reply.status == 400 || reply.status == 0)
      #expect(server.directory.requests == [])
      #expect(try await server.send("GET", "/healthz").status == 200)
    }
  }

  @Test func longHeadersAndPathsAreRefused() async throws {
    try await TestServer.run { server async throws in
      let long = String(repeating: "x", count: 40_000)
      #expect(try await server.send("GET", "/healthz", ["X-Long": long]).status == 400)
      #expect(try await server.send("GET", "/v1/streams/\(long.prefix(3000))").status == 414)
      #expect([400, 414].contains(try await server.send("GET", "/v1/streams/\(long)").status))
      let many = (0..<200).map { "X-\($0): x\r\n" }.joined()
      #expect(try await server.sendRaw("GET /healthz HTTP/1.1\r\n\(many)\r\n").status == 400)
    }
  }

  @Test(arguments: [
    "/assets/../index.html", "/assets/..%2f..%2fetc%2fpasswd", "/../../etc/passwd", "/assets/%2e%2e", "/assets/",
    "/assets/sign-in.html", "//etc/passwd", "/assets/page.js%00.html", "/%2e%2e/%2e%2e/etc/passwd",
  ])
  func noPathLeadsOutOfThePage(path: String) async throws {
    try await TestServer.run { server async throws in #expect(try await server.send("GET", path).status == 404) }
  }

  @Test func aNameCannotBreakTheAnswersHeader() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send(
        "POST", "/v1/streams", body: #"{"name":"a\r\nSet-Cookie: x=y","source":"scenes:"}"#)
      #expect(reply.status == 201)
      #expect(reply.fields["set-cookie"] == nil)
      #expect(reply.fields["location"] == "/v1/streams/a%0D%0ASet%2DCookie%3A%20x%3Dy")
      let missing = try await server.send("GET", "/v1/streams/b%0d%0aSet-Cookie:%20x=y")
      #expect(missing.status == 404 && missing.fields["set-cookie"] == nil)
    }
  }

  @Test func aSlowChangeDoesNotHoldUpOtherRequests() async throws {
    let directory = FakeDirectory("front")
    directory.state.withLock { $0.changeTakes = 1 }
    try await TestServer.run(directory) { server async throws in
      async let changes = withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<3 { group.addTask { try await server.send("POST", "/v1/streams/front/pause").status } }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      let start = ContinuousClock.now
      for _ in 0..<5 { #expect(try await server.send("GET", "/v1/streams").status == 200) }
      #expect(start.duration(to: .now) < .seconds(2.5), "three changes take three seconds")
      #expect(try await changes == [200, 200, 200])
    }
  }
}
