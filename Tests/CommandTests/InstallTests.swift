// etc/install into a folder, from a package whose program only pretends.
import Foundation
import Testing

@Suite struct InstallTests {
  @Test func everythingIsWhereDebianUsersExpectIt() throws {
    let clone = try InstallClone()
    let run = try clone.install()
    #expect(run.status == 0, "\(run.talk)")
    for path in [
      "usr/local/lib/verge/verge", "usr/local/lib/verge/verge_UNet.resources/Models/road.safetensors",
      "usr/local/bin/verge", "usr/local/share/verge/verge.yaml", "etc/verge/verge.yaml",
      "etc/systemd/system/verge.service", "usr/local/lib/sysusers.d/verge.conf",
    ] { #expect(clone.has(path), "\(path)") }
    let program = try Program.shell("stage/usr/local/bin/verge a b", in: clone.folder)
    #expect(program.text == "pretended a b\n")
    #expect(try clone.mode("etc/verge/verge.yaml") == 0o640)
    #expect(try clone.text("etc/systemd/system/verge.service").contains("ExecStart=/usr/local/bin/verge serve"))
  }

  @Test func aSecondTimeNothingChanges() throws {
    let clone = try InstallClone()
    _ = try clone.install()
    let again = try clone.install()
    #expect(again.status == 0 && again.talk.isEmpty, "\(again.talk)")
  }

  @Test func anUpdateReplacesWhatIsOld() throws {
    let clone = try InstallClone()
    _ = try clone.install()
    try Data("http: {port: 1}\n".utf8).write(to: clone.folder["etc/verge.yaml"])
    try Data("other weights".utf8).write(
      to: clone.folder[".build/release/verge_UNet.resources/Models/road.safetensors"])
    _ = try clone.install()
    #expect(try clone.text("etc/verge/verge.yaml") == "http: {port: 1}\n")
    #expect(try clone.text("usr/local/lib/verge/verge_UNet.resources/Models/road.safetensors") == "other weights")
  }

  @Test func aChangedConfigurationIsKept() throws {
    let clone = try InstallClone()
    _ = try clone.install()
    try clone.write("mine: 1\n", to: "etc/verge/verge.yaml")
    try Data("http: {port: 1}\n".utf8).write(to: clone.folder["etc/verge.yaml"])
    let run = try clone.install()
    #expect(run.talk.contains("kept") && run.talk.contains("verge.yaml, which was changed"))
    #expect(try clone.text("etc/verge/verge.yaml") == "mine: 1\n")
    let gone = try clone.install("--uninstall")
    #expect(gone.status == 0 && gone.talk.contains("kept"))
    #expect(clone.has("etc/verge/verge.yaml") && !clone.has("usr/local/lib/verge"))
  }

  @Test func uninstallingLeavesNothing() throws {
    let clone = try InstallClone()
    _ = try clone.install()
    let run = try clone.install("--uninstall")
    #expect(run.status == 0, "\(run.talk)")
    let left = try Program.shell("find stage ! -type d", in: clone.folder)
    #expect(left.text.isEmpty, "\(left.text)")
    #expect(try clone.install("--uninstall").status == 0)
  }

  @Test func aPackageHasItsUnitInTheSystem() throws {
    let clone = try InstallClone()
    #expect(try clone.install(prefix: "/usr").status == 0)
    #expect(clone.has("usr/bin/verge"))
    let unit = try clone.text("usr/lib/systemd/system/verge.service")
    #expect(unit.contains("ExecStart=/usr/bin/verge serve") && !unit.contains("/usr/local"))
  }

  @Test func anUnknownOptionIsRefused() throws {
    let run = try InstallClone().install("--unistall")
    #expect(run.status == 1 && run.talk.contains("unknown option --unistall"))
  }
}

/// A folder with the package's `etc` and a program that was built already.
private final class InstallClone {
  let folder: Folder

  init() throws {
    folder = try Folder()
    for name in ["etc", "Sources", ".build/release/verge_UNet.resources/Models"] {
      try FileManager.default.createDirectory(at: folder[name], withIntermediateDirectories: true)
    }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    for name in ["install", "prepare", "verge.service", "verge.yaml"] {
      try FileManager.default.copyItem(at: root.appending(path: "etc/\(name)"), to: folder["etc/\(name)"])
    }
    try Data().write(to: folder["Package.swift"])
    try Data("weights".utf8).write(to: folder[".build/release/verge_UNet.resources/Models/road.safetensors"])
    try Data("#!/bin/sh\necho pretended \"$@\"\n".utf8).write(to: folder[".build/release/verge"])
    chmod(folder[".build/release/verge"].path, 0o755)
    // As new as the sources: nothing is to be built.
    try Data().write(to: folder[".build/verge.stamp"])
  }

  func install(_ option: String = "", prefix: String = "/usr/local") throws -> Run {
    try Program.shell("DESTDIR=$PWD/stage PREFIX=\(prefix) bash etc/install \(option)", in: folder)
  }

  func has(_ path: String) -> Bool { folder.has("stage/" + path) }
  func text(_ path: String) throws -> String { try String(contentsOf: folder["stage/" + path], encoding: .utf8) }
  func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: folder["stage/" + path]) }

  func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: folder["stage/" + path].path)
    return try #require(attributes[.posixPermissions] as? Int)
  }
}
