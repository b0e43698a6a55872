// What the sums over a split mean for training.
import Foundation
import Frames
import UNet

extension SplitTally {
  /// Remarks that need no second look at the files.
  var findings: [LintFinding] { pairFindings + maskFindings + labelFindings + pictureFindings }

  private func finding(
    _ severity: LintFinding.Severity, _ code: String, _ text: String, _ files: [String] = []
  ) -> LintFinding {
    LintFinding(severity, code, split: split.name, text, files: files)
  }

  /// A remark on the pairs of a kind, where there are any.
  private func finding(
    _ severity: LintFinding.Severity, _ code: String, _ kind: Kind, _ text: (_ names: [String]) -> String
  ) -> [LintFinding] {
    guard let names = troubled[kind] else { return [] }
    return [finding(severity, code, text(names), names)]
  }

  // MARK: Pairs

  private var pairFindings: [LintFinding] {
    var found: [LintFinding] = []
    for (names, code, what) in [
      (split.lonelyImages, "missing-mask", "mask"), (split.lonelyMasks, "missing-photograph", "photograph"),
    ] where !names.isEmpty {
      found.append(finding(.error, code, "no \(what) for \(LintFinding.list(names))", names))
    }
    if !split.strangers.isEmpty {
      let text = "no pictures: \(LintFinding.list(split.strangers)); they are passed over"
      found.append(finding(.note, "other-files", text, split.strangers))
    }
    if usable == 0 {
      let rule = split.pairs.isEmpty ? "; the two have the same name but for the ending" : ""
      found.append(finding(.error, "no-pairs", "not a single usable pair of photograph and mask" + rule))
    }
    return found + split.notes.map { finding(.note, "format", $0) }
  }

  /// Bad pictures are passed over by training up to a limit, and stop it beyond.
  private var severity: LintFinding.Severity { unusable > skipLimit ? .error : .warning }
  private var skipLimit: Int { SkippedPictures(count: split.pairs.count).limit }
  private var consequence: String {
    severity == .error
      ? "training stops at more than \(skipLimit) such pictures" : "training passes over so few"
  }

  // MARK: Masks

  private var maskFindings: [LintFinding] {
    finding(severity, "unreadable", .unreadable) { names in
      "\(LintFinding.count(names.count, "pair")) cannot be read: \(LintFinding.list(names)) "
        + "(\(reasons[.unreadable] ?? "")); \(consequence)"
    }
      + finding(.error, "jpeg-mask", .jpegMask) { names in
        "\(LintFinding.count(names.count, "mask")) saved as JPEG, which blurs class numbers into wrong ones: "
          + "\(LintFinding.list(names)); save masks as PNG"
      }
      + finding(severity, "colour-mask", .colorMask) { names in
        "\(LintFinding.count(names.count, "mask")) in colours where \(split.format) has numbers: "
          + "\(LintFinding.list(names)); masks: reads colours"
      }
      + finding(severity, "sizes-differ", .sizes) { names in
        "\(LintFinding.count(names.count, "mask")) of another size than the photograph: \(LintFinding.list(names)) "
          + "(\(reasons[.sizes] ?? "")); \(consequence)"
      }
      + maskNotes
  }

  private var maskNotes: [LintFinding] {
    finding(.note, "alpha-mask", .alphaMask) { names in
      "\(LintFinding.count(names.count, "mask")) with an alpha channel, which is not used: \(LintFinding.list(names))"
    }
      + finding(.note, "deep-mask", .deepMask) { names in
        "\(LintFinding.count(names.count, "mask")) of 16 bits, of which labels need 8: \(LintFinding.list(names))"
      }
      + finding(.note, "jpeg-colours", .jpegColors) { names in
        "\(LintFinding.count(names.count, "mask")) saved as JPEG: labels are those of the nearest colours, and pixels between "
          + "two of them are ignored (\(LintFinding.list(names)))"
      }
  }

  // MARK: Labels

  private var labelFindings: [LintFinding] {
    var found = finding(severity, "unknown-label", .unknownLabels) { names in
      let numbers = unknown.sorted().map(String.init).joined(separator: ", ")
      return "labels that \(split.format) does not have (\(numbers)) in "
        + "\(LintFinding.count(names.count, "mask")): \(LintFinding.list(names)); \(consequence)"
    }
    if let names = troubled[.onlyExtremes], 10 * names.count > 9 * split.pairs.count, split.wantsNumbers {
      let text =
        "masks of 0 and 255 only: 255 is ignored, so class \(split.classes.first?.name ?? "0") is all there is to "
        + "learn; write 1 for the second class, or read them with masks:"
      found.append(finding(.error, "extreme-masks", text, names))
    }
    found += finding(.warning, "foreign-colours", .foreignColors) { names in
      "\(LintFinding.count(names.count, "mask")) mostly in colours that no class has, which count as the nearest or are "
        + "ignored: \(LintFinding.list(names)); give the list they were drawn with: \(split.format)@FILE"
    }
    found += finding(.warning, "all-ignored", .allIgnored) { names in
      "\(LintFinding.count(names.count, "mask")) without a labelled pixel: \(LintFinding.list(names))"
    }
    found += finding(.note, "one-label", .oneLabel) { names in
      "\(LintFinding.count(names.count, "mask")) of a single class: \(LintFinding.list(names))"
    }
    return found + shareFindings
  }

  private var shareFindings: [LintFinding] {
    guard usable > 0 else { return [] }
    var found: [LintFinding] = []
    if ignoredShare > 0.3 {
      let text = "\(Self.percent(ignoredShare)) of the pixels are ignored; is the class list the right one?"
      found.append(finding(.warning, "ignored-share", text))
    }
    let total = Double(max(1, labelledPixels))
    let rare = split.classes.indices.filter { pixels[$0] > 0 && isRare($0) }
    if !rare.isEmpty {
      let list = rare.map { "\(split.classes[$0].name) (\(Self.percent(Double(pixels[$0]) / total)))" }
      let advice = rareIsDoubtful ? "JPEG's blur between other classes may be all of it" : "class weights help"
      found.append(finding(.note, "rare-class", "rare: \(list.joined(separator: ", ")); \(advice)"))
    }
    return found
  }

  private static func percent(_ share: Double) -> String {
    share < 0.0001 ? "< 0.01 %" : String(format: share < 0.001 ? "%.2f %%" : "%.1f %%", 100 * share)
  }

  // MARK: Photographs

  private var pictureFindings: [LintFinding] {
    var found = finding(.note, "deep-photograph", .deepPhotograph) { names in
      "\(LintFinding.count(names.count, "photograph")) of 16 bits, read as 8: \(LintFinding.list(names))"
    }
    found += finding(.note, "alpha-photograph", .alphaPhotograph) { names in
      "\(LintFinding.count(names.count, "photograph")) with an alpha channel, which is not used: "
        + LintFinding.list(names)
    }
    let twice = Duplicates.within(prints.map(\.print))
    if !twice.isEmpty {
      let names = twice.map { prints[$0.second].name }
      let text =
        "\(LintFinding.count(twice.count, "photograph")) that equal an earlier one: "
        + "\(LintFinding.list(twice.map { "\(prints[$0.second].name) is \(prints[$0.first].name)" }))"
      found.append(finding(.note, "repeated", text, names))
    }
    return found
  }
}
