// Classes that some splits lack.
import UNet

/// Compares which classes occur in the splits of a set.
enum ClassCheck {
  static func findings(_ tallies: [SplitTally]) -> [LintFinding] {
    let read = tallies.filter { $0.usable > 0 }
    guard let classes = read.first?.split.classes else { return [] }
    let absent = read.map { tally in classes.indices.filter { tally.pixels[$0] == 0 } }
    let everywhere = classes.indices.filter { label in absent.allSatisfy { $0.contains(label) } }
    var found: [LintFinding] = []
    if !everywhere.isEmpty {
      let names = everywhere.map { classes[$0].name }.joined(separator: ", ")
      found.append(LintFinding(.note, "empty-class", split: nil, "no pixel of \(names): nothing to learn or measure"))
    }
    for (tally, absent) in zip(read, absent) {
      let missing = absent.filter { label in
        read.contains { $0.pixels[label] > 0 && !($0.rareIsDoubtful && $0.isRare(label)) }
      }
      let names = missing.map { classes[$0].name }
      guard !names.isEmpty else { continue }
      found.append(
        LintFinding(
          .warning, "missing-class", split: tally.split.name,
          "no pixel of \(names.joined(separator: ", ")), which other splits have: not learnt from it, and left out of its "
            + "mIoU"))
    }
    return found
  }
}
