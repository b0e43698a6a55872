import Testing

@testable import Daemon

@Suite struct OutputClockTests {
  private let start = ContinuousClock.now

  private func seconds(_ ticks: Int64) -> Double { Double(ticks) / 90_000 }

  @Test func theSourcesDistancesAreKept() {
    var clock = OutputClock(start: start)
    let times = [100.0, 100.04, 100.12, 100.13].map { seconds(clock.ticks(at: $0, arrival: start + .seconds(1))) }
    #expect(zip(times.dropFirst(), times).map { (($0 - $1) * 1000).rounded() } == [40, 80, 10])
    #expect(abs(times[0] - 1) < 1e-3)
  }

  @Test func aNewConnectionGoesOnByTheWallClock() {
    var clock = OutputClock(start: start)
    _ = clock.ticks(at: 5000, arrival: start + .seconds(1))
    clock.reconnect()
    #expect(clock.offset == nil)
    #expect(abs(seconds(clock.ticks(at: 3, arrival: start + .seconds(9))) - 9) < 1e-3)
  }

  @Test func timesNeverRepeatOrGoBack() {
    var clock = OutputClock(start: start)
    let moments = [(1.0, 1.0), (1.0, 1.0), (0.9, 1.1), (0.2, 1.2), (900, 1.3)]
    let ticks = moments.map { clock.ticks(at: $0.0, arrival: start + .seconds($0.1)) }
    #expect(zip(ticks.dropFirst(), ticks).allSatisfy { $0 > $1 })
    #expect(seconds(ticks[4]) < 2, "a jump ahead is placed by the wall clock")
  }

  @Test func picturesWithoutASourceFollowTheWallClock() {
    var clock = OutputClock(start: start)
    _ = clock.ticks(at: 10, arrival: start + .seconds(1))
    #expect(abs(seconds(clock.ticks(at: start + .seconds(4))) - 4) < 1e-3)
    #expect(seconds(clock.ticks(at: nil, arrival: start + .seconds(2))) > 4)
  }
}
