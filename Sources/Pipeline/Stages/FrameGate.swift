// Which of the frames that come in are taken.
import Frames

/// Counts frames in, and lets those through that are asked for.
struct FrameGate {
  let every: Int
  let limit: Int?
  let account: FrameAccount
  private var taken = 0

  init(_ options: SessionOptions, account: FrameAccount) {
    precondition(options.every >= 1, "every \(options.every)th frame cannot be taken")
    (every, limit, self.account) = (options.every, options.limit, account)
  }

  /// Passes a frame on, or counts it as skipped.
  ///
  /// - Throws: `Disconnected` once there are enough.
  mutating func pass(_ frame: Frame, to outlet: Outlet<Frame>) throws(Disconnected) {
    account.enter()
    guard frame.index % every == 0 else { return account.leave(.skipped) }
    taken += 1
    try outlet.emit(frame)
    if let limit, taken >= limit { throw Disconnected() }
  }

  func undecodable(_ count: Int) {
    for _ in 0..<count {
      account.enter()
      account.leave(.undecodable)
    }
  }
}
