import Testing

@testable import Pipeline

@Suite struct StandingQueueTests {
  private let start = ContinuousClock.now

  /// Which of the frames are taken that have waited so long at such moments, in milliseconds.
  private func taken(_ frames: [(now: Int, waited: Int)]) -> [Bool] {
    var queue = StandingQueue(target: .milliseconds(40), interval: .milliseconds(150), memory: .seconds(1))
    return frames.map { queue.admits(waited: .milliseconds($0.waited), now: start + .milliseconds($0.now)) }
  }

  @Test func aBurstIsTakenWhole() {
    let burst = (0..<10).map { (now: 10 * $0, waited: 10 * $0) }
    #expect(
      taken(burst + [(now: 110, waited: 5)] + burst.map { (now: 333 + $0.now, waited: $0.waited) })
        == Array(repeating: true, count: 21))
  }

  @Test func aStandingQueueIsEmptiedToItsYoungFrames() {
    let frames = [(0, 60), (60, 70), (120, 80), (180, 90), (181, 60), (182, 30), (240, 50), (241, 20)]
    #expect(taken(frames) == [true, true, true, false, false, true, false, true])
  }

  @Test func afterAQuietSecondABurstIsABurstAgain() {
    let frames = [(0, 60), (150, 60), (151, 10), (2000, 60), (2010, 60), (2020, 20)]
    #expect(taken(frames) == [true, false, true, true, true, true])
  }

  @Test func behindAStandingQueueOldFramesGiveWay() {
    var queue = StandingQueue(target: .milliseconds(40), interval: .milliseconds(150), memory: .seconds(1))
    func isStale(_ waited: Int, at now: Int) -> Bool {
      queue.isStale(waited: .milliseconds(waited), now: start + .milliseconds(now))
    }
    #expect(!isStale(60, at: 0), "nothing stands yet")
    let admitted = [0, 160].map { queue.admits(waited: .milliseconds(60), now: start + .milliseconds($0)) }
    #expect(admitted == [true, false])
    #expect(isStale(60, at: 200) && !isStale(30, at: 210))
    #expect(isStale(60, at: 1150), "what gives way keeps the memory of it")
    #expect(!isStale(60, at: 2200))
  }
}
