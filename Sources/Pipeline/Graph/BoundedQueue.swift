// The edge between two stages.

/// A first-in first-out queue of fixed capacity between stages.
///
/// When it is full, it either blocks the producer, so that nothing is lost, or drops its oldest element, at once or once that
/// is stale, so that a live source is never held up and latency cannot grow. Safe to use from any thread. The storage is one
/// ring made at `init`; pushing and popping allocate nothing.
public final class BoundedQueue<Element: Sendable>: Sendable {
  /// What happens to a push into a full queue.
  public enum Overflow: Sendable {
    /// The producer waits until there is room.
    case block
    /// The oldest element goes, and is handed to the handler; the producer never waits.
    case dropOldest(@Sendable (Element) -> Void)
    /// The producer waits while the oldest element is worth having; a stale one goes, and is handed to the handler. The first
    /// closure says whether it is stale; it is asked whenever the producer could go on.
    case dropStale(@Sendable (Element) -> Bool, @Sendable (Element) -> Void)
  }

  /// The answer to `tryPop`.
  public enum Popped {
    case element(Element)
    /// Nothing there yet.
    case empty
    /// Nothing there, and nothing will come.
    case ended
  }

  public let capacity: Int
  private let overflow: Overflow
  private let ring: Monitor<Ring>

  /// - Parameter capacity: elements that wait at most, ≥ 1.
  public init(capacity: Int, overflow: Overflow = .block) {
    precondition(capacity > 0, "a queue of capacity \(capacity) can pass nothing on")
    self.capacity = capacity
    self.overflow = overflow
    ring = Monitor(Ring(capacity: capacity))
  }

  /// Elements that wait now.
  public var count: Int { ring.withLock { $0.count } }

  /// Whether a push would return at once.
  public var hasRoom: Bool { ring.withLock { $0.isCancelled || !$0.isFull || mayDrop($0.oldest) } }

  /// Whether an element may go to make room.
  private func mayDrop(_ element: Element?) -> Bool {
    switch overflow {
    case .block: false
    case .dropOldest: true
    case .dropStale(let isStale, _): element.map(isStale) ?? false
    }
  }

  private func handDropped(_ element: Element) {
    switch overflow {
    case .block: break
    case .dropOldest(let handler), .dropStale(_, let handler): handler(element)
    }
  }

  /// Whether the queue was cancelled, so that a push would be refused.
  public var isCancelled: Bool { ring.withLock { $0.isCancelled } }

  /// Adds an element at the end.
  ///
  /// - Returns: false when the queue was cancelled; the element is then discarded.
  /// - Complexity: O(1), allocates nothing; waits for room when the queue blocks.
  @discardableResult
  public func push(_ element: Element) -> Bool {
    let (accepted, dropped, wake): (Bool, Element?, (@Sendable () -> Void)?) = ring.waitUntil { ring in
      if ring.isCancelled { return (false, nil, nil) }
      var dropped: Element?
      if ring.isFull {
        guard mayDrop(ring.oldest) else { return nil }
        dropped = ring.removeFirst()
      }
      ring.append(element)
      return (true, dropped, ring.onElement)
    }
    ring.wakeAll()
    wake?()
    if let dropped { handDropped(dropped) }
    return accepted
  }

  /// Whether `tryPop` would give an element.
  var hasElement: Bool { ring.withLock { $0.count > 0 && !$0.isCancelled } }

  /// The oldest element, without waiting.
  public func tryPop() -> Popped {
    let (popped, wake): (Popped, (@Sendable () -> Void)?) = ring.withLock { ring in
      if ring.isCancelled { return (.ended, nil) }
      if ring.count == 0 { return (ring.isClosed ? .ended : .empty, nil) }
      let wasFull = ring.isFull
      return (.element(ring.removeFirst()), wasFull ? ring.onRoom : nil)
    }
    ring.wakeAll()
    wake?()
    return popped
  }

  /// The oldest element, waited for; nil when the queue has ended.
  public func pop() -> Element? {
    let (element, wake): (Element?, (@Sendable () -> Void)?) = ring.waitUntil { ring in
      if ring.isCancelled { return (nil, nil) }
      if ring.count == 0 { return ring.isClosed ? (nil, nil) : nil }
      let wasFull = ring.isFull
      return (ring.removeFirst(), wasFull ? ring.onRoom : nil)
    }
    ring.wakeAll()
    wake?()
    return element
  }

  /// Announces one more producer; the queue ends when each has closed it. Without a call there is one.
  public func addProducer() { ring.withLock { $0.producers += 1 } }

  /// Says that a producer will push no more; what waits can still be popped.
  public func close() {
    let wake = ring.withLock { ring in
      ring.closed += 1
      return ring.isClosed ? ring.onElement : nil
    }
    ring.wakeAll()
    wake?()
  }

  /// Discards what waits; from now on pushes are refused and pops find the end.
  public func cancel() {
    let (discarded, wakes) = ring.withLock { ring in
      ring.isCancelled = true
      return (ring.removeAll(), [ring.onElement, ring.onRoom])
    }
    ring.wakeAll()
    for wake in wakes { wake?() }
    _ = consume discarded  // released here, outside the lock
  }

  /// Has `onElement` called after a push or the end, and `onRoom` when a full queue gets room or is cancelled.
  func observe(onElement: (@Sendable () -> Void)? = nil, onRoom: (@Sendable () -> Void)? = nil) {
    ring.withLock { ring in
      if let onElement { ring.onElement = onElement }
      guard let onRoom else { return }
      let others = ring.onRoom
      ring.onRoom = {
        others?()
        onRoom()
      }
    }
  }

  /// Lets go of the observers, which hold the nodes at both ends.
  func forgetObservers() {
    ring.withLock { ($0.onElement, $0.onRoom) = (nil, nil) }
  }
}

extension BoundedQueue {
  /// The elements in a circle, and whether more may come.
  private struct Ring {
    private var slots: ContiguousArray<Element?>
    private var first = 0
    private(set) var count = 0
    var producers = 0
    var closed = 0
    var isCancelled = false
    var onElement: (@Sendable () -> Void)?
    var onRoom: (@Sendable () -> Void)?

    init(capacity: Int) { slots = ContiguousArray(repeating: nil, count: capacity) }

    var isFull: Bool { count == slots.count }
    var oldest: Element? { slots[first] }
    var isClosed: Bool { closed >= max(1, producers) }

    mutating func append(_ element: Element) {
      let end = first + count
      slots[end < slots.count ? end : end - slots.count] = element
      count += 1
    }

    mutating func removeFirst() -> Element {
      let element = slots[first].take()!
      first = first + 1 == slots.count ? 0 : first + 1
      count -= 1
      return element
    }

    mutating func removeAll() -> [Element] {
      var all: [Element] = []
      while count > 0 { all.append(removeFirst()) }
      return all
    }
  }
}
