// Tells systemd how the daemon is.
import Dispatch
public import Foundation
import Synchronization

/// Speaks sd_notify's protocol to the socket that `NOTIFY_SOCKET` names; does nothing without one.
///
/// - Source: sd_notify(3).
public final class SystemdNotifier: Sendable {
  private let socket: NotifySocket?
  /// Half of the time after which systemd takes a silent daemon for dead; nil without a watchdog.
  public let watchdogInterval: Duration?
  private let queue = DispatchQueue(label: "verge.watchdog")
  // Dispatch sources are safe to cancel from anywhere.
  private let timer = Mutex<TimerBox?>(nil)

  /// - Parameters:
  ///   - environment: has `NOTIFY_SOCKET`, a path or an abstract name behind `@`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
  ///   - process: this process, which a watchdog must be meant for.
  public init(
    environment: [String: String] = Foundation.ProcessInfo.processInfo.environment, process: Int32 = getpid()
  ) {
    socket = environment["NOTIFY_SOCKET"].flatMap(NotifySocket.init)
    let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
    watchdogInterval = socket != nil && isMeant && microseconds > 0 ? .microseconds(max(1000, microseconds / 2)) : nil
  }

  deinit { stopWatchdog() }

  /// Whether systemd listens.
  public var isActive: Bool { socket != nil }

  /// The daemon is up, or done with reloading.
  public func ready(_ status: String? = nil) { send(["READY=1"] + Self.lines(status)) }

  /// It reads its configuration again; `ready` ends that.
  public func reloading(_ status: String? = nil) {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"] + Self.lines(status))
  }

  /// It finishes its outputs and ends; the watchdog goes on until that is done.
  public func stopping(_ status: String? = nil) { send(["STOPPING=1"] + Self.lines(status)) }

  /// What `systemctl status` shows.
  public func status(_ text: String) { send(Self.lines(text)) }

  /// Tells systemd at once, and then twice in the watchdog's time, that the daemon lives; does nothing without a watchdog.
  ///
  /// - Parameter isAlive: whether that is so; asked on a queue of the notifier's own. Silence makes systemd start the
  ///   daemon anew.
  public func startWatchdog(isAlive: @escaping @Sendable () -> Bool) {
    guard let watchdogInterval, let socket else { return }
    let source = DispatchSource.makeTimerSource(queue: queue)
    let nanoseconds = Int(watchdogInterval / .nanoseconds(1))
    source.schedule(deadline: .now(), repeating: .nanoseconds(nanoseconds), leeway: .milliseconds(10))
    source.setEventHandler { if isAlive() { socket.send("WATCHDOG=1") } }
    let old = timer.withLock { box in
      defer { box = TimerBox(source: source) }
      return box
    }
    old?.source.cancel()
    source.activate()
  }

  /// The watchdog is told nothing more.
  public func stopWatchdog() { timer.withLock { $0.take() }?.source.cancel() }

  /// A running timer. Dispatch sources are safe to cancel from anywhere.
  private struct TimerBox: @unchecked Sendable { let source: any DispatchSourceTimer }

  private func send(_ lines: [String]) { socket?.send(lines.joined(separator: "\n")) }

  /// A line end would be a message of its own.
  private static func lines(_ status: String?) -> [String] {
    status.map { ["STATUS=" + $0.split(whereSeparator: \.isNewline).joined(separator: " ")] } ?? []
  }
}

/// The datagram socket of a service manager.
private final class NotifySocket: Sendable {
  private let descriptor: Int32
  private let address: [UInt8]

  /// - Parameter name: an absolute path, or a name behind `@`; nil for others, and where there are no sockets.
  init?(_ name: String) {
    guard name.hasPrefix("/") || name.hasPrefix("@"), let address = Self.address(name) else { return nil }
    let made = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard made >= 0 else { return nil }
    (descriptor, self.address) = (made, address)
    // A manager that does not read must not hold up the daemon for longer.
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Nothing can be done about a message that nobody takes.
  func send(_ text: String) {
    let bytes = Array(text.utf8)
    address.withUnsafeBytes { address in
      let name = address.assumingMemoryBound(to: sockaddr.self).baseAddress
      _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), name, socklen_t(address.count))
    }
  }

  /// The bytes of a `sockaddr_un`; nil for a name that does not fit.
  private static func address(_ name: String) -> [UInt8]? {
    var path = Array(name.utf8)
    guard path.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
    if path[0] == UInt8(ascii: "@") { path[0] = 0 } else { path.append(0) }
    let family = withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) }
    return family + path
  }
}
