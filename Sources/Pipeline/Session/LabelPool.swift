// Label maps that are used again.
public import Frames

/// A pool of label maps of one size; a map returns to it when its last holder goes. Safe to use from any thread.
final class LabelPool: Sendable {
  let width, height: Int
  let hasConfidence: Bool
  private let free = Monitor<[LabelMap]>([])

  init(width: Int, height: Int, hasConfidence: Bool = false) {
    (self.width, self.height, self.hasConfidence) = (width, height, hasConfidence)
  }

  /// A map whose labels are whatever was there before.
  func make() -> PooledLabels {
    let used = free.withLock { $0.popLast() }
    let map = used ?? LabelMap(width: width, height: height, hasConfidence: hasConfidence)
    return PooledLabels(map: map, pool: self)
  }

  fileprivate func giveBack(_ map: LabelMap) { free.withLock { $0.append(map) } }
}

/// Label maps of whatever size is asked for; those of one size are used again as long as no other comes.
struct LabelSupply {
  private var pool: LabelPool?

  /// A map whose labels are whatever was there before.
  mutating func make(width: Int, height: Int, hasConfidence: Bool) -> PooledLabels {
    if let pool, pool.width == width, pool.height == height, pool.hasConfidence == hasConfidence { return pool.make() }
    let made = LabelPool(width: width, height: height, hasConfidence: hasConfidence)
    pool = made
    return made.make()
  }
}

/// A label map on loan from its pool.
public final class PooledLabels: Sendable {
  public let map: LabelMap
  private let pool: LabelPool

  init(map: LabelMap, pool: LabelPool) {
    self.map = map
    self.pool = pool
  }

  deinit { pool.giveBack(map) }
}
