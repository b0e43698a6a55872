// The inspection of a data set from end to end.
import Dispatch
import Foundation
import Frames
import Synchronization
import Video

/// Reads all pictures and masks of a data set, several at once, and tells what is in it and what is wrong.
///
/// Nothing is written, and what one file is like never stops the work.
public struct DataSetLint: Sendable {
  /// A split with its figures.
  public struct SplitReport: Sendable {
    public let split: LintSplit
    public let pairs: Int
    /// How many pictures have which size, the commonest first.
    public let sizes: [(size: String, count: Int)]
    /// By label, 0 to 255.
    public let pixels, pictures: [Int]
    /// Share of pixels that training leaves out.
    public let ignoredShare: Double
    /// Mean rank of the photographs' edges under the borders of labels, 0 to 1, 0.5 by chance; nil where nothing was
    /// measured.
    public let edgeAgreement: Double?
  }

  /// What an inspection found.
  public struct Report: Sendable {
    public let splits: [SplitReport]
    /// Errors first, then warnings, then notes.
    public let findings: [LintFinding]
  }

  private let splits: [LintSplit]
  private let threads: Int

  /// - Parameters:
  ///   - splits: at least one.
  ///   - threads: how many files to read at once.
  public init(_ splits: [LintSplit], threads: Int) {
    precondition(!splits.isEmpty && threads > 0, "there is nothing to inspect")
    (self.splits, self.threads) = (splits, threads)
  }

  /// Pairs to read, those that are read twice counted twice.
  public var work: Int {
    splits.reduce(0) { sum, split in
      AlignmentCheck.windows(count: split.pairs.count).reduce(sum + split.pairs.count) { $0 + $1.count }
    }
  }

  /// Does the work.
  ///
  /// - Parameter progress: told from any thread, in order, how many pairs have been read.
  public func report(progress: @escaping @Sendable (Int) -> Void = { _ in }) -> Report {
    let steps = Steps(progress)
    var reports: [SplitReport] = []
    var findings: [LintFinding] = []
    let tallies = splits.map { tally($0, steps) }
    for tally in tallies {
      let verdict = AlignmentCheck(alignmentWindows(tally.split, steps)).verdict()
      reports.append(SplitReport(tally, verdict))
      findings += tally.findings + verdict.findings(tally)
    }
    findings += ClassCheck.findings(tallies) + LeakCheck.findings(tallies)
    let order = LintFinding.Severity.allCases
    return Report(splits: reports, findings: order.flatMap { wanted in findings.filter { $0.severity == wanted } })
  }

  private func tally(_ split: LintSplit, _ steps: Steps) -> SplitTally {
    var tally = SplitTally(split)
    // In pieces, since what is measured on a pair takes much more room than what is kept of it.
    for start in stride(from: 0, to: split.pairs.count, by: 64) {
      let pairs = split.pairs[start..<min(split.pairs.count, start + 64)]
      for facts in parallel(Array(pairs), steps, { PairFacts($0, in: split) }) { tally.add(facts) }
    }
    return tally
  }

  private func alignmentWindows(_ split: LintSplit, _ steps: Steps) -> [[AlignmentCheck.Sample?]] {
    AlignmentCheck.windows(count: split.pairs.count).map { window in
      parallel(Array(split.pairs[window]), steps) { pair -> AlignmentCheck.Sample? in
        guard let picture = try? split.photograph(of: pair), let mask = try? split.mask(of: pair) else {
          return nil  // the tally has told why
        }
        return AlignmentCheck.Sample(picture, labels: mask.labels)
      }
    }
  }

  /// The results in the order of the values.
  private func parallel<Value: Sendable, Result: Sendable>(
    _ values: [Value], _ steps: Steps, _ body: @escaping @Sendable (Value) -> Result
  ) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: values.count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, values.count)) { _ in
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < values.count else { return }
        let result = body(values[place])
        results.withLock { $0[place] = result }
        steps.advance()
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// Counts up and tells.
  private final class Steps: Sendable {
    private let done = Mutex(0)
    private let tell: @Sendable (Int) -> Void

    init(_ tell: @escaping @Sendable (Int) -> Void) { self.tell = tell }

    func advance() {
      done.withLock { done in
        done += 1
        tell(done)
      }
    }
  }
}

extension DataSetLint.SplitReport {
  init(_ tally: SplitTally, _ verdict: AlignmentCheck.Verdict) {
    split = tally.split
    pairs = tally.split.pairs.count
    sizes = tally.sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (size: $0.key, count: $0.value) }
    (pixels, pictures, ignoredShare) = (tally.pixels, tally.pictures, tally.ignoredShare)
    edgeAgreement = verdict.samples > 0 ? verdict.agreement : nil
  }
}
