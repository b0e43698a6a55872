// What systemd is told, heard on a socket of the test's own; and whether it takes the unit.
import Foundation
import Settings
import Synchronization
import Testing

@testable import Daemon

/// A service manager's socket.
private final class Manager {
  let name: String
  private let descriptor: Int32

  init(isAbstract: Bool) throws {
    let id = UUID().uuidString
    name = isAbstract ? "@verge-test-\(id)" : NSTemporaryDirectory() + "verge-\(id.prefix(8)).sock"
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var path = Array(name.utf8)
    if isAbstract { path[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    try #require(status == 0, "\(String(cString: strerror(errno)))")
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit {
    close(descriptor)
    unlink(name)
  }

  /// The next message; nil when none comes for some seconds.
  func next() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }
}

@Suite struct SystemdTests {
  @Test(arguments: [false, true])
  func itHearsHowTheDaemonIs(isAbstract: Bool) throws {
    let manager = try Manager(isAbstract: isAbstract)
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": manager.name])
    #expect(notifier.isActive && notifier.watchdogInterval == nil)
    notifier.ready("2 streams")
    notifier.status("one\ntwo")
    notifier.reloading()
    notifier.stopping()
    #expect(manager.next() == "READY=1\nSTATUS=2 streams")
    #expect(manager.next() == "STATUS=one two")
    #expect(manager.next()?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
    #expect(manager.next() == "STOPPING=1")
  }

  @Test func theWatchdogIsToldInHalfItsTime() throws {
    let manager = try Manager(isAbstract: false)
    let environment = ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "\(getpid())"]
    let notifier = SystemdNotifier(environment: environment)
    #expect(notifier.watchdogInterval == .milliseconds(50))
    let asked = Mutex(0)
    let start = ContinuousClock.now
    notifier.startWatchdog {
      asked.withLock { $0 += 1 }
      return true
    }
    for _ in 0..<3 { #expect(manager.next() == "WATCHDOG=1") }
    #expect(ContinuousClock.now - start >= .milliseconds(90))
    notifier.stopWatchdog()
    #expect(asked.withLock { $0 } >= 3)
  }

  @Test func aDaemonThatHangsIsSilent() throws {
    let manager = try Manager(isAbstract: true)
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "20000"])
    let isAlive = Mutex(false)
    let asked = DispatchSemaphore(value: 0)
    notifier.startWatchdog {
      asked.signal()
      return isAlive.withLock { $0 }
    }
    for _ in 0..<3 { #expect(asked.wait(timeout: .now() + 5) == .success) }
    notifier.status("still here")
    #expect(manager.next() == "STATUS=still here")
  }

  @Test(arguments: [
    [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "relative"],
    ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)],
    ["WATCHDOG_USEC": "1000"],
  ])
  func withoutAManagerNothingHappens(environment: [String: String]) {
    let notifier = SystemdNotifier(environment: environment)
    #expect(!notifier.isActive && notifier.watchdogInterval == nil)
    notifier.ready()
    notifier.startWatchdog { true }
  }

  @Test func aManagerThatIsGoneIsNoTrouble() {
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "x"])
    #expect(notifier.isActive && notifier.watchdogInterval == nil)
    notifier.ready()
  }

  @Test func anotherProcessesWatchdogIsNotOurs() throws {
    let manager = try Manager(isAbstract: true)
    let environment = ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"]
    #expect(SystemdNotifier(environment: environment, process: 2).watchdogInterval == nil)
  }
}

@Suite struct UnitTests {
  private static let verifier = "/usr/bin/systemd-analyze"

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: verifier), "systemd-analyze is not here"))
  func systemdTakesTheUnit() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "verge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }  // what is left behind harms nobody
    // The program does not have to be installed for that.
    let unit = try text().replacing("/usr/local/bin/verge", with: "/bin/true")
    try Data(unit.utf8).write(to: folder.appending(path: "verge.service"))
    let process = Process()
    process.executableURL = URL(filePath: Self.verifier)
    process.arguments = ["verify", "--man=no", folder.appending(path: "verge.service").path]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let own = said.split(separator: "\n").filter { $0.contains("verge") }
    #expect(process.terminationStatus == 0 && own.isEmpty, "\(said)")
  }

  /// The stop must be allowed to take as long as the settings let it.
  @Test func systemdWaitsForTheOutputs() throws {
    let line = try #require(try text().split(separator: "\n").first { $0.hasPrefix("TimeoutStopSec=") })
    let seconds = try #require(Double(line.dropFirst("TimeoutStopSec=".count)))
    #expect(seconds > NetworkSettings().stop.seconds + 5)
  }

  private func text() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "etc/verge.service"), encoding: .utf8)
  }
}
