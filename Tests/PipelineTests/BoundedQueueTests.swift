import Foundation
import Testing

@testable import Pipeline

@Suite struct BoundedQueueTests {
  @Test func elementsComeOutInTheOrderTheyWentIn() {
    let queue = BoundedQueue<Int>(capacity: 3)
    var popped: [Int] = []
    for round in 0..<10 {
      queue.push(2 * round)
      queue.push(2 * round + 1)
      popped += [queue.pop()!, queue.pop()!]
    }
    #expect(popped == Array(0..<20))
  }

  @Test func aFullQueueHasNoRoomUntilSomethingIsPopped() {
    let queue = BoundedQueue<Int>(capacity: 2)
    queue.push(1)
    #expect(queue.hasRoom)
    queue.push(2)
    #expect(!queue.hasRoom && queue.count == 2)
    _ = queue.pop()
    #expect(queue.hasRoom)
  }

  @Test func dropOldestCountsTheDroppedElement() {
    let dropped = Collected<Int>()
    let queue = BoundedQueue<Int>(capacity: 2, overflow: .dropOldest { dropped.append($0) })
    for number in 1...5 {
      #expect(queue.hasRoom)
      queue.push(number)
    }
    #expect(dropped.all == [1, 2, 3])
    #expect(queue.pop() == 4 && queue.pop() == 5)
  }

  @Test func aStaleElementGivesWayAndAFreshOneDoesNot() {
    let (dropped, stale) = (Collected<Int>(), Monitor(0))
    let queue = BoundedQueue<Int>(
      capacity: 1, overflow: .dropStale({ element in stale.withLock { element <= $0 } }) { dropped.append($0) })
    queue.push(1)
    #expect(!queue.hasRoom)
    stale.withLock { $0 = 1 }
    #expect(queue.hasRoom)
    queue.push(2)
    #expect(dropped.all == [1] && !queue.hasRoom)
    #expect(queue.pop() == 2 && queue.hasRoom)
  }

  @Test func aClosedQueueGivesWhatWaitsAndThenEnds() {
    let queue = BoundedQueue<Int>(capacity: 2)
    queue.push(7)
    queue.close()
    #expect(queue.pop() == 7)
    #expect(queue.pop() == nil)
  }

  @Test func twoProducersHaveToCloseBeforeTheEnd() {
    let queue = BoundedQueue<Int>(capacity: 2)
    queue.addProducer()
    queue.addProducer()
    queue.close()
    guard case .empty = queue.tryPop() else { return #expect(Bool(false), "one producer is left") }
    queue.close()
    guard case .ended = queue.tryPop() else { return #expect(Bool(false), "both have closed") }
  }

  @Test func cancellingReleasesWhatWaitsAndRefusesMore() {
    final class Thing: Sendable {}
    let queue = BoundedQueue<Thing>(capacity: 2)
    weak var thing: Thing?
    do {
      let held = Thing()
      thing = held
      queue.push(held)
    }
    #expect(thing != nil)
    queue.cancel()
    #expect(thing == nil)
    #expect(!queue.push(Thing()))
    #expect(queue.pop() == nil)
  }

  @Test func cancellingFreesAProducerThatWaitsForRoom() async {
    let queue = BoundedQueue<Int>(capacity: 1)
    queue.push(1)
    let refused = Collected<Bool>()
    let thread = Thread { refused.append(queue.push(2)) }
    thread.start()
    while !thread.isExecuting { await Task.yield() }
    queue.cancel()
    while refused.all.isEmpty { await Task.yield() }
    #expect(refused.all == [false])
  }

  @Test func manyThreadsLoseNothing() async {
    let queue = BoundedQueue<Int>(capacity: 5)
    let sum = Collected<Int>()
    let producers = (0..<4).map { lane in
      queue.addProducer()
      return Thread {
        for number in 0..<2_000 { queue.push(lane * 2_000 + number) }
        queue.close()
      }
    }
    let consumers = (0..<3).map { _ in
      Thread {
        var all: [Int] = []
        while let number = queue.pop() { all.append(number) }
        sum.append(contentsOf: all)
      }
    }
    for thread in producers + consumers { thread.start() }
    while !(producers + consumers).allSatisfy(\.isFinished) { await Task.yield() }
    #expect(sum.all.sorted() == Array(0..<8_000))
  }
}
