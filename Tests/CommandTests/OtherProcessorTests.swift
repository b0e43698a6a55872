// Processors that this machine is not, in an emulator.
import Foundation
import Testing

@Suite struct OtherProcessorTests {
  @Test(
    .enabled(
      if: areHere("aarch64-linux-gnu-gcc", "qemu-aarch64"),
      "Needs the Debian packages gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user."))
  func everyKernelOfTierNeonGivesTheBytesOfTierC() throws {
    let run = try check("checkneon")
    #expect(run.status == 0, "\(run.text)\(run.talk)")
    #expect(run.text.contains("neon conv3x3: "))
  }

  @Test(.enabled(if: areHere("qemu-x86_64"), "Needs an x86 machine and the Debian package qemu-user."))
  func olderX86ProcessorsChooseTheirTierAndGiveTheSameLabels() throws {
    let run = try check("checkx86", Program.url.path)
    #expect(run.status == 0, "\(run.talk)")
    for line in ["Nehalem: tier c", "Haswell: tier avx2"] { #expect(run.talk.contains(line), "\(run.talk)") }
  }

  /// Runs a script of `etc` that must not skip its work.
  private func check(_ script: String, _ arguments: String...) throws -> Run {
    let path = URL(filePath: #filePath).appending(path: "../../../etc/\(script)").standardized.path
    return try RunningProgram(
      URL(filePath: "/bin/bash"), [path, "--require"] + arguments, input: nil, folder: Folder()
    ).wait(seconds: 600)
  }

  private static func areHere(_ programs: String...) -> Bool {
    #if arch(x86_64)
      let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      return programs.allSatisfy { program in
        folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
      }
    #else
      return false
    #endif
  }
}
