// The live page: its files, and what a real browser makes of it.
import Foundation
import Testing

@testable import Daemon

@Suite struct PageTests {
  @Test func aFileIsSentOnceAndThenOnlyWhenItChanged() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("GET", "/assets/page.css")
      #expect(reply.status == 200 && reply.fields["content-type"] == "text/css; charset=utf-8")
      let tag = try #require(reply.fields["etag"])
      let second = try await server.send("GET", "/assets/page.css", ["If-None-Match": tag])
      #expect(second.status == 304 && second.body.isEmpty && second.fields["etag"] == tag)
    }
  }

  @Test func thePageMayLoadNothingFromElsewhereAndRunNothingInline() async throws {
    try await TestServer.run { server async throws in
      let reply = try await server.send("GET", "/")
      let policy = try #require(reply.fields["content-security-policy"])
      #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
      #expect(reply.text.firstMatch(of: /\s(on\w+|style)=/) == nil)
      for name in PageFiles().names {
        let text = try #require(PageFiles()[name]).bytes.readableText.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(text.firstMatch(of: /https?:\/\//) == nil, "\(name)")
      }
    }
  }

  /// WCAG 2.2, criterion 1.4.3, for the colours that text is written in and on.
  @Test(arguments: [
    ("text", "ground"), ("text", "surface"), ("text", "sunken"), ("quiet", "ground"), ("quiet", "surface"),
    ("quiet", "sunken"), ("accent", "surface"), ("on-accent", "accent"), ("good", "good-ground"),
    ("warn", "warn-ground"), ("bad", "bad-ground"), ("bad", "surface"), ("text", "idle-ground"),
    ("on-screen", "screen"),
  ])
  func textStandsOutFromItsGround(text: String, ground: String) throws {
    let css = try #require(PageFiles()["page.css"]).bytes.readableText
    let schemes = css.components(separatedBy: "prefers-color-scheme: dark")
    #expect(schemes.count == 2)
    let light = Self.colors(in: schemes[0])
    for colors in [light, light.merging(Self.colors(in: schemes[1])) { $1 }] {
      let levels = try [text, ground].map { try #require(colors[$0]) }.sorted()
      #expect((levels[1] + 0.05) / (levels[0] + 0.05) >= 4.5)
    }
  }

  /// Relative luminance by variable.
  private static func colors(in css: String) -> [String: Double] {
    var found: [String: Double] = [:]
    for match in css.matches(of: /--([\w-]+): #([0-9a-f]{3,6});/) {
      let digits = match.2.count == 3 ? match.2.map { "\($0)\($0)" }.joined() : String(match.2)
      let value = Int(digits, radix: 16) ?? 0
      let linear = [16, 8, 0].map { shift in
        let share = Double((value >> shift) & 255) / 255
        return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      }
      found[String(match.1)] = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
    return found
  }

  @Test func everythingThatThePageAsksForIsThere() async throws {
    let files = PageFiles()
    for name in files.names {
      let text = try #require(files[name]).bytes.readableText
      for match in text.matches(of: /"(?:\/assets\/|\.\/)([\w.-]+\.\w+)"/) {
        #expect(files[String(match.1)] != nil, "\(name) asks for \(match.1)")
      }
    }
    #expect(files.names.count > 8)
  }
}

@Suite(.serialized) struct PageInBrowserTests {
  @Test func aBrowserShowsStreamsLegendsAndControls() async throws {
    guard let chromium = tool("chromium") else { return print("skipped: chromium is not installed") }
    try await TestServer.run(try PageFixture.directory()) { server async throws in
      let (page, log) = try await Self.dump(chromium, port: server.port)
      for name in ["front", "rear", "yard", "test drive &lt;b&gt;"] { #expect(page.contains(">\(name)</h2>")) }
      for text in [
        "Running", "Reconnecting", "Failed", "Paused", "Resume", "Restart", "traffic light", "34 %", "Outputs (2)",
      ] {
        #expect(page.contains(text), "\(text)")
      }
      #expect(page.contains("the source sent nothing for 5s"))
      #expect(page.contains("road-candidate sees 10.0 % of the frames"))
      #expect(page.contains("3 running") == false && page.contains("1 of 4 running"))
      #expect(Self.complaints(log) == [])
    }
  }

  @Test func aBrowserShowsHowToAddAStream() async throws {
    guard let chromium = tool("chromium") else { return print("skipped: chromium is not installed") }
    try await TestServer.run(FakeDirectory()) { server async throws in
      let (page, log) = try await Self.dump(chromium, port: server.port)
      #expect(page.contains("<section id=\"empty\" aria-labelledby=\"empty-title\">"))
      #expect(page.contains("<details id=\"add\" open=\"\">"))
      #expect(Self.complaints(log) == [])
    }
  }

  /// Pictures for people to look at, into the folder that `VERGE_PAGE_SHOTS` names.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["VERGE_PAGE_SHOTS"] != nil))
  func thePageIsPhotographed() async throws {
    let folder = ProcessInfo.processInfo.environment["VERGE_PAGE_SHOTS"] ?? ""
    let chromium = try #require(tool("chromium"))
    let shots = [
      ("many", try PageFixture.directory()), ("one", try PageFixture.oneStream()), ("none", FakeDirectory()),
    ]
    for (name, directory) in shots {
      try await TestServer.run(directory) { server async throws in
        for (size, theme) in [("1440,1500", "light"), ("1440,1500", "dark"), ("500,2600", "light")] {
          let dark =
            theme == "dark" ? ["--blink-settings=preferredColorScheme=0"] : ["--blink-settings=preferredColorScheme=1"]
          let file = "--screenshot=\(folder)/\(name)-\(size.prefix { $0 != "," })-\(theme).png"
          let port = server.port
          _ = try await onThread {
            try browse(chromium, [file, "--window-size=\(size)", "--virtual-time-budget=15000"] + dark, port)
          }
        }
      }
    }
  }

  /// The page's tree after some seconds, and what the browser said meanwhile.
  private static func dump(_ chromium: String, port: Int) async throws -> (page: String, log: String) {
    let output = try await onThread { try browse(chromium, ["--dump-dom", "--virtual-time-budget=5000"], port) }
    let lines = output.components(separatedBy: "\n")
    let log = lines.filter { $0.contains(":CONSOLE") }
    return (lines.filter { !$0.contains(":CONSOLE") }.joined(separator: "\n"), log.joined(separator: "\n"))
  }

  private static func complaints(_ log: String) -> [String] {
    log.components(separatedBy: "\n").filter { !$0.isEmpty }
  }
}

private func browse(_ chromium: String, _ options: [String], _ port: Int) throws -> String {
  let profile = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString)").path
  defer { try? FileManager.default.removeItem(atPath: profile) }  // the system clears it otherwise
  let common = [
    "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(profile)", "--enable-logging=stderr",
    "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
  ]
  return try run(chromium, common + options + ["http://127.0.0.1:\(port)/"]).output
}
