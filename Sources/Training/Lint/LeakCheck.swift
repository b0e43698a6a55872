// Pictures of one split that another one holds as well.

/// Compares the photographs of all splits with each other.
enum LeakCheck {
  static func findings(_ tallies: [SplitTally]) -> [LintFinding] {
    tallies.indices.flatMap { later in
      (0..<later).compactMap { earlier in finding(tallies[earlier], tallies[later]) }
    }
  }

  private static func finding(_ first: SplitTally, _ second: SplitTally) -> LintFinding? {
    let matches = Duplicates.across(first.prints.map(\.print), second.prints.map(\.print))
    guard !matches.isEmpty else { return nil }
    let names = matches.map { second.prints[$0.second].name }
    let examples = matches.map { "\(second.prints[$0.second].name) is nearly \(first.prints[$0.first].name)" }
    return LintFinding(
      .warning, "shared-pictures", split: nil,
      "\(matches.count) of \(second.prints.count) photographs of \(second.split.name) show what \(first.split.name) shows "
        + "(\(LintFinding.list(examples))): scores on one tell nothing new when trained on the other",
      files: names)
  }
}
