import Foundation
import Testing

@testable import Pipeline

@Suite struct AccountTests {
  @Test func everyFrameEndsInOneBucket() {
    let account = FrameAccount()
    for _ in 0..<10 { account.enter() }
    for bucket in [FrameAccount.Bucket.shown, .shown, .skipped, .late, .undecodable] { account.leave(bucket) }
    #expect(!account.snapshot.reconciles && account.snapshot.underWay == 5)
    account.settle()
    let counts = account.snapshot
    #expect(counts.reconciles && counts.abandoned == 5)
    #expect(counts.shown == 2 && counts.skipped == 1 && counts.late == 1 && counts.undecodable == 1)
  }

  @Test func percentilesAreWithinAPercent() {
    let histogram = LatencyHistogram()
    for millisecond in 1...1000 { histogram.record(.milliseconds(millisecond)) }
    let summary = histogram.summary
    #expect(abs(summary.p50 - 500) <= 5 && abs(summary.p95 - 950) <= 10 && abs(summary.p99 - 990) <= 10)
    #expect(abs(summary.max - 1000) <= 10)
  }

  @Test func anEmptyHistogramIsAllZeros() {
    #expect(LatencyHistogram().summary == LatencySummary())
  }

  @Test func absurdDurationsAreCountedAtTheEnds() {
    let histogram = LatencyHistogram()
    histogram.record(.seconds(-1))
    histogram.record(.seconds(1_000_000))
    #expect(histogram.count == 2)
  }
}
