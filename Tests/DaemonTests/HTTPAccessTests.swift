// Who gets in: the token, sessions, and what pages of other sites may do.
import Foundation
import HTTPTypes
import Logging
import Settings
import Testing

@testable import Daemon

@Suite struct HTTPAccessTests {
  /// An address of this machine that is not loopback; its connections look like another machine's.
  static let ownAddress: String? = {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return nil }
    defer { freeifaddrs(list) }
    var next = list
    while let entry = next?.pointee {
      next = entry.ifa_next
      guard let address = entry.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) else { continue }
      var text = [CChar](repeating: 0, count: 64)
      getnameinfo(address, socklen_t(MemoryLayout<sockaddr_in>.size), &text, 64, nil, 0, NI_NUMERICHOST)
      let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if !name.hasPrefix("127.") { return name }
    }
    return nil
  }()

  private static var open: HTTPSettings {
    var settings = HTTPSettings.testing
    (settings.address, settings.token) = ("0.0.0.0", "a secret of some length")
    return settings
  }

  @Test func anotherMachineNeedsTheTokenForEveryRoute() async throws {
    guard let address = Self.ownAddress else { return print("skipped: this machine has only loopback addresses") }
    let api = API(
      directory: FakeDirectory(), gate: Gate(token: "x", origins: [], sessions: Sessions()), page: PageFiles(),
      bodyLimit: 100, logger: .init(label: "test"))
    let routes = api.routes.filter { !$0.isOpen }
    #expect(routes.count == api.routes.count - 1, "only signing in is open")
    try await TestServer.run(settings: Self.open) { server async throws in
      for route in routes {
        let path = route.path.replacing("{name}", with: "front").replacing("{file}", with: "page.js")
        let reply = try await server.send(route.method.rawValue, path, address: address)
        #expect(reply.status == 401, "\(route.method) \(path)")
        #expect(reply.fields["www-authenticate"] == "Bearer realm=\"verge\"")
      }
      #expect(try await server.send("GET", "/nothing", address: address).status == 401)
      #expect(try await server.send("POST", "/v1/session", address: address).status == 401)
      #expect(server.directory.requests == [])
      let token = ["Authorization": "Bearer a secret of some length"]
      #expect(try await server.send("GET", "/v1/streams", token, address: address).status == 200)
      #expect(try await server.send("GET", "/v1/streams").status == 200, "this machine needs none")
    }
  }

  @Test func aSessionStandsForTheToken() async throws {
    guard let address = Self.ownAddress else { return print("skipped: this machine has only loopback addresses") }
    try await TestServer.run(settings: Self.open) { server async throws in
      let form = ["Content-Type": "application/x-www-form-urlencoded"]
      let refused = try await server.send("POST", "/v1/session", form, body: "token=wrong", address: address)
      #expect(refused.status == 401 && refused.text.contains("This is not the token."))
      let reply = try await server.send(
        "POST", "/v1/session", form, body: "token=a+secret+of+some%20length", address: address)
      #expect(reply.status == 303 && reply.fields["location"] == "/")
      let field = try #require(reply.fields["set-cookie"])
      #expect(field.contains("HttpOnly") && field.contains("SameSite=Strict"))
      let cookie = ["Cookie": "other=1; \(field.prefix { $0 != ";" })"]
      #expect(try await server.send("GET", "/v1/streams", cookie, address: address).status == 200)
      #expect(try await server.send("GET", "/", cookie, address: address).status == 200)
      #expect(try await server.send("DELETE", "/v1/session", cookie, address: address).status == 204)
      #expect(try await server.send("GET", "/v1/streams", cookie, address: address).status == 401)
      let json = try await server.send(
        "POST", "/v1/session", body: #"{"token":"a secret of some length"}"#, address: address)
      #expect(json.status == 204 && json.fields["set-cookie"] != nil)
    }
  }

  @Test func thePageAsksForTheToken() async throws {
    guard let address = Self.ownAddress else { return print("skipped: this machine has only loopback addresses") }
    try await TestServer.run(settings: Self.open) { server async throws in
      let reply = try await server.send("GET", "/", address: address)
      #expect(reply.status == 401 && reply.text.contains("<input type=\"password\""))
      #expect(!reply.text.contains("{{nonce}}") && !reply.text.contains("not the token"))
    }
  }

  @Test func withoutATokenOnlyThisMachineIsListenedTo() async throws {
    var settings = HTTPSettings.testing
    settings.address = "0.0.0.0"
    await #expect(throws: DaemonError.self) { try await TestServer.run(settings: settings) { _ in } }
    let server = HTTPServer(settings: settings, directory: FakeDirectory(), logger: .init(label: "test"))
    await #expect(
      throws: DaemonError.cannotListen(
        address: "0.0.0.0:0", cause: "an address that other machines can reach needs a token (http.token)")
    ) { try await server.run() }
  }

  @Test func anAddressThatIsNoneIsSaid() async throws {
    var settings = HTTPSettings.testing
    (settings.address, settings.token) = ("no.such.host.invalid", "x")
    let server = HTTPServer(settings: settings, directory: FakeDirectory(), logger: .init(label: "test"))
    await #expect(throws: DaemonError.self) { try await server.run() }
  }

  @Test func aPortInUseIsSaid() async throws {
    try await TestServer.run { server async throws in
      var settings = HTTPSettings.testing
      settings.port = server.port
      let second = HTTPServer(settings: settings, directory: FakeDirectory(), logger: .init(label: "test"))
      await #expect(throws: DaemonError.self) { try await second.run() }
    }
  }

  @Test(arguments: [
    ["Origin": "http://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
    ["Sec-Fetch-Site": "same-site"], ["Host": "evil.example"], ["Host": "evil.example:8080"],
    ["Host": "127.0.0.1.evil.example"],
  ])
  func aPageOfAnotherSiteChangesNothing(fields: [String: String]) async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("POST", "/v1/streams/front/pause", fields)
      #expect(reply.status == 403)
      #expect(server.directory.requests == [])
    }
  }

  @Test func theOwnPageAndProgramsMayChangeThings() async throws {
    try await TestServer.run { server async throws in
      let own = ["Origin": "http://localhost:\(server.port)", "Host": "localhost:\(server.port)"]
      #expect(try await server.send("POST", "/v1/reload", own).status == 200)
      #expect(try await server.send("POST", "/v1/reload", ["Sec-Fetch-Site": "same-origin"]).status == 200)
      #expect(try await server.send("POST", "/v1/reload", ["Host": "[::1]:8080"]).status == 200)
    }
  }

  @Test func otherSitesReadNothingUnlessTheSettingsNameThem() async throws {
    var settings = HTTPSettings.testing
    settings.origins = ["https://wall.example"]
    try await TestServer.run(settings: settings) { server async throws in
      let origin = ["Origin": "https://wall.example", "Access-Control-Request-Method": "POST"]
      let preflight = try await server.send("OPTIONS", "/v1/streams/front/pause", origin)
      #expect(preflight.status == 204)
      #expect(preflight.fields["access-control-allow-methods"] == "POST")
      let reply = try await server.send("POST", "/v1/streams/front/pause", origin)
      #expect(reply.status == 200)
      #expect(reply.fields["access-control-allow-origin"] == "https://wall.example")
      #expect(reply.fields["vary"] == "Origin")
      let other = try await server.send("GET", "/v1/streams", ["Origin": "https://evil.example"])
      #expect(other.fields["access-control-allow-origin"] == nil)
      #expect(other.fields["cross-origin-resource-policy"] == "same-origin")
    }
  }
}

@Suite struct HTTPGateTests {
  private let gate = Gate(token: "token", origins: [], sessions: Sessions())
  private let away = Peer(address: "192.0.2.7", isLoopback: false)
  private let here = Peer(address: "127.0.0.1", isLoopback: true)

  private func head(_ fields: HTTPFields = [:]) -> HTTPRequest {
    HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/v1/streams", headerFields: fields)
  }

  @Test(arguments: ["Bearer token", "bearer token"]) func theTokenOpens(value: String) throws {
    try gate.admit(head([.authorization: value]), from: away)
  }

  @Test(arguments: ["Bearer toke", "Bearer tokenn", "Bearer ", "Bearer", "token", "Basic token", "Bearer token token"])
  func anythingElseDoesNot(value: String) {
    #expect(throws: Problem.self) { try gate.admit(head([.authorization: value]), from: away) }
  }

  @Test func noTokenIsNotTheEmptyToken() {
    let gate = Gate(token: "", origins: [], sessions: Sessions())
    #expect(throws: Problem.self) { try gate.admit(head([.authorization: "Bearer "]), from: away) }
    #expect(throws: Problem.self) { try gate.admit(head([.cookie: "verge_session="]), from: away) }
  }

  @Test func whatAProxyForwardsIsFromElsewhere() throws {
    try gate.admit(head(), from: here)
    for name in [HTTPField.Name.forwarded, .forwardedFor, .via] {
      #expect(throws: Problem.self) { try gate.admit(head([name: "x"]), from: here) }
    }
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.8.9.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false),
    ("::2", false), ("::ffff:10.0.0.1", false), ("fe80::1", false), ("localhost", false), ("", false),
  ])
  func loopbackIsWhatOnlyThisMachineReaches(address: String, isLoopback: Bool) {
    #expect(Peer.isLoopback(address: address) == isLoopback)
  }
}
