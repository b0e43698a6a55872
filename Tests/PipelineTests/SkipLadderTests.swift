import Testing
import Video

@testable import Pipeline

@Suite struct SkipLadderTests {
  /// The start of time: one for all steps, or time that passes between calls would count.
  private let zero = ContinuousClock.now - .seconds(1000)

  /// Runs packets that come every 10 ms, a key frame every second, through a ladder for 200 ms.
  private func levels(_ ladder: inout SkipLadder, from start: Int, _ waits: [Int]) -> [DecoderSkip] {
    waits.enumerated().map { index, wait in
      let tick = start + index
      return ladder.step(
        waited: .milliseconds(wait), isKey: tick % 100 == 0, now: zero + .milliseconds(10 * tick))
    }
  }

  @Test func packetsThatHardlyWaitLeaveItAlone() {
    var ladder = SkipLadder(maxAge: .milliseconds(200))
    #expect(levels(&ladder, from: 0, (0..<500).map { $0 % 40 }).allSatisfy { $0 == .nothing })
  }

  @Test func aBurstLeavesItAlone() {
    var ladder = SkipLadder(maxAge: .milliseconds(200))
    let burst = (0..<24).map { 480 - 20 * $0 } + [Int](repeating: 0, count: 100)
    #expect(levels(&ladder, from: 0, burst).allSatisfy { $0 == .nothing })
  }

  @Test func aQueueThatStaysLongClimbsStepByStep() {
    var ladder = SkipLadder(maxAge: .milliseconds(200))
    let steps = levels(&ladder, from: 1, [Int](repeating: 300, count: 90))
    #expect(steps.firstIndex(of: .nonReference) == 25 && steps.firstIndex(of: .nonKey) == 51)
  }

  @Test func lateButUsefulIsNotEnoughForTheSecondStep() {
    var ladder = SkipLadder(maxAge: .milliseconds(200))
    #expect(levels(&ladder, from: 1, [Int](repeating: 150, count: 300)).last == .nonReference)
  }

  @Test func onlyAKeyFrameInTimeEndsTheSecondStep() {
    var ladder = SkipLadder(maxAge: .milliseconds(200))
    _ = levels(&ladder, from: 1, [Int](repeating: 300, count: 90))
    // The key frame at 100 is late, that at 200 is not.
    let steps = levels(&ladder, from: 91, [Int](repeating: 300, count: 10) + [Int](repeating: 0, count: 400))
    #expect(steps.firstIndex(of: .nonReference) == 109)
    #expect(steps.firstIndex(of: .nothing) == 310)
  }

  @Test func failuresThatLieFarApartAreFirstOnes() {
    var ladder = SkipLadder(maxAge: .milliseconds(200))
    var calms: [Int] = []
    for round in 0..<3 {
      _ = levels(&ladder, from: 10_000 * round + 1, [Int](repeating: 150, count: 40))
      let steps = levels(&ladder, from: 10_000 * round + 41, [Int](repeating: 0, count: 400))
      calms.append(steps.firstIndex(of: .nothing) ?? -1)
    }
    #expect(calms == [200, 200, 200])
  }

  @Test func eachFailureSoonAfterATryDoublesTheNextWait() {
    var ladder = SkipLadder(maxAge: .milliseconds(200))
    var (calms, tick) = ([Int](), 1)
    for _ in 0..<3 {
      _ = levels(&ladder, from: tick, [Int](repeating: 150, count: 40))
      tick += 40
      let begin = tick
      while levels(&ladder, from: tick, [0]) != [.nothing] { tick += 1 }
      calms.append(tick - begin)
    }
    #expect(calms == [200, 400, 800])
  }
}
