// etc/verge, in a package of its own with a Swift that only pretends.
import Foundation
import Testing

@Suite struct SetUpTests {
  @Test func argumentsFolderInputAndStatusPassThrough() throws {
    let clone = try Clone()
    let run = try clone.verge("'a b' '*' '' --x <<<'from a pipe'")
    #expect(run.status == 42)
    #expect(run.text == "[a b]\n[*]\n[]\n[--x]\n\(clone.folder.url.path)\nfrom a pipe\n")
  }

  @Test func onlyAChangeBuildsAgain() throws {
    let clone = try Clone()
    #expect(try clone.verge("x").talk.contains("building"))
    let second = try clone.verge("x")
    #expect(second.talk.isEmpty)
    #expect(second.status == 42)

    try Data("// changed".utf8).write(to: clone.folder["Sources/main.swift"])
    #expect(try clone.verge("x").talk.contains("building"))
    try FileManager.default.removeItem(at: clone.folder["Sources/old.swift"])
    #expect(try clone.verge("x").talk.contains("building"))
  }

  @Test func twoCallsAtOnceBuildOnce() throws {
    let clone = try Clone()
    _ = try clone.shell("bash etc/verge x & bash etc/verge x; wait")
    #expect(try String(contentsOf: clone.folder["builds"], encoding: .utf8) == "built\n")
  }

  @Test(arguments: [
    ("echo 'Swift version 5.10.1 (swift-5.10.1-RELEASE)'", "Swift 5.10.1", "too old"),
    ("echo 'cannot execute'; exit 1", "does not run", "cannot execute"),
  ])
  func aSwiftThatWillNotDoIsOneLine(swift: String, words: String, more: String) throws {
    let clone = try Clone(swift: swift)
    expectFailure(try clone.verge("x"), saying: words, more)
  }

  @Test func aFailedBuildShowsTheErrorsAndFails() throws {
    let clone = try Clone(build: "echo 'main.swift:1:1: error: no such thing'; echo noise; exit 1")
    let run = try clone.verge("x")
    expectFailure(run, saying: "build failed")
    #expect(run.talk.contains("main.swift:1:1: error: no such thing"))
    #expect(!run.talk.contains("noise"))
  }

  @Test func missingPackagesWithoutANetworkAreOneLine() throws {
    let clone = try Clone(build: "echo \"fatal: unable to access 'https://x/': Could not resolve host: x\"; exit 1")
    expectFailure(try clone.verge("x"), saying: "no network", "Could not resolve host")
  }
}

/// A folder with the package's `etc`, two source files, and a pretended Swift first in PATH.
private final class Clone {
  let folder: Folder

  /// - Parameters:
  ///   - swift: what `swift --version` runs, in bash.
  ///   - build: what `swift build` runs before it makes a program that prints what it is given.
  init(swift: String = "echo 'Swift version 6.2.1'", build: String = "") throws {
    folder = try Folder()
    for name in ["etc", "Sources", "bin", ".build/release"] {
      try FileManager.default.createDirectory(at: folder[name], withIntermediateDirectories: true)
    }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    for name in ["verge", "prepare"] {
      try FileManager.default.copyItem(at: root.appending(path: "etc/\(name)"), to: folder["etc/\(name)"])
    }
    for name in ["Package.swift", "Sources/main.swift", "Sources/old.swift"] { try Data().write(to: folder[name]) }
    let home = folder.url.path
    try write(
      "bin/swift",
      """
      case $1 in
      --version) \(swift) ;;
      build) \(build)
        echo built >>'\(home)/builds'
        cp '\(home)/program' '\(home)/.build/release/verge' ;;
      esac
      """)
    try write("program", "printf '[%s]\\n' \"$@\"; pwd; cat; exit 42")
  }

  func verge(_ arguments: String) throws -> Run { try shell("bash etc/verge \(arguments)") }

  func shell(_ line: String) throws -> Run {
    try Program.shell("PATH='\(folder.url.path)/bin':$PATH; \(line)", in: folder)
  }

  private func write(_ name: String, _ script: String) throws {
    try Data("#!/usr/bin/env bash\n\(script)\n".utf8).write(to: folder[name])
    chmod(folder[name].path, 0o755)
  }
}
