// Where every frame went.

/// The account of a session's frames: each that came in ends in exactly one bucket.
///
/// Safe to use from any thread.
public final class FrameAccount: Sendable {
  /// How a frame can end.
  public enum Bucket: Sendable, CaseIterable {
    /// It was segmented, and everything that was asked for was made from it.
    case shown
    /// The user asked for it to be left out.
    case skipped
    /// It was dropped because the session is live and it was too old, or newer ones were waiting.
    case late
    /// The decoder could make nothing of it.
    case undecodable
    /// It was under way when the session failed or was cancelled.
    case abandoned
  }

  private let counts = Monitor(FrameCounts())

  public init() {}

  /// A frame came in.
  public func enter() { counts.withLock { $0.in += 1 } }

  /// A frame that came in has ended.
  public func leave(_ bucket: Bucket) {
    counts.withLock { counts in
      counts[bucket] += 1
      precondition(counts.underWay >= 0, "more frames ended than came in: \(counts)")
    }
  }

  /// Puts what is still under way into `abandoned`; called when no stage runs any more.
  public func settle() { counts.withLock { $0.abandoned += $0.underWay } }

  public var snapshot: FrameCounts { counts.withLock { $0 } }
}

/// How many frames came in, and how they ended.
public struct FrameCounts: Sendable, Hashable, Codable {
  public var `in` = 0
  public var shown = 0
  public var skipped = 0
  public var late = 0
  public var undecodable = 0
  public var abandoned = 0

  public init() {}

  /// Frames that have not ended yet.
  public var underWay: Int { self.in - shown - skipped - late - undecodable - abandoned }

  /// Whether every frame that came in has ended.
  public var reconciles: Bool { underWay == 0 }

  subscript(bucket: FrameAccount.Bucket) -> Int {
    get { self[keyPath: Self.path(bucket)] }
    set { self[keyPath: Self.path(bucket)] = newValue }
  }

  private static func path(_ bucket: FrameAccount.Bucket) -> WritableKeyPath<FrameCounts, Int> {
    switch bucket {
    case .shown: \.shown
    case .skipped: \.skipped
    case .late: \.late
    case .undecodable: \.undecodable
    case .abandoned: \.abandoned
    }
  }
}
