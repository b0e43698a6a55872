// The package's architecture and house rules, read off the sources.
import Testing

@Suite struct LayeringTests {
  @Test func targetsImportOnlyLowerLayers() throws {
    let files = try SourceFile.all()
    #expect(files.count > 10, "the sources were not found")
    #expect(layerViolations(in: files) == [])
  }

  @Test func sourcesKeepTheHouseRules() throws {
    #expect(try SourceFile.all().flatMap(houseRuleViolations(in:)) == [])
  }

  @Test(arguments: [
    ("Frames", "import Video", "Frames may not import Video"),
    ("Video", "public import UNet", "Video may not import UNet"),
    ("Pipeline", "@testable import Training", "Pipeline may not import Training"),
    ("UNet", "import struct CKernels.ck_view", "UNet may not import CKernels"),
    ("Video", "@preconcurrency internal import Pipeline", "Video may not import Pipeline"),
    ("Extras", "import Foundation", "target Extras has no layer; add it to Layers.swift"),
  ])
  func brokenLayerIsFound(target: String, line: String, verdict: String) {
    let file = SourceFile(target: target, name: "Made.swift", text: "// A file.\n\(line)\n")
    #expect(layerViolations(in: [file]) == ["\(target)/Made.swift: \(verdict)"])
  }

  @Test(arguments: ["import Foundation", "import Frames", "// import Training", "let text = \"import Training\""])
  func allowedImportPasses(line: String) {
    #expect(layerViolations(in: [SourceFile(target: "Video", name: "Made.swift", text: line)]) == [])
  }

  @Test(arguments: [
    ("let x = try! load()", "Video/Made.swift:1: try!"),
    ("default: fatalError(\"no\")", "Video/Made.swift:1: fatalError"),
    ("let y = 0  // TODO", "Video/Made.swift:1: a bare TODO"),
  ])
  func brokenHouseRuleIsFound(text: String, verdict: String) {
    #expect(houseRuleViolations(in: SourceFile(target: "Video", name: "Made.swift", text: text)) == [verdict])
  }

  @Test func overlongFileIsFound() {
    let file = SourceFile(target: "Video", name: "Made.swift", text: String(repeating: "\n", count: 400))
    #expect(houseRuleViolations(in: file) == ["Video/Made.swift: 401 lines, the limit is 400"])
  }

  @Test func talkAboutAForbiddenWordIsAllowed() {
    let text =
      "// never fatalError\nlet text = \"try! or fatalError(\"\n// TODO(#12): widen when FFmpeg 7 is the oldest\n"
    #expect(houseRuleViolations(in: SourceFile(target: "Video", name: "Made.swift", text: text)) == [])
  }
}

/// `TARGET/FILE: what` for each import that breaks a layer.
private func layerViolations(in files: [SourceFile]) -> [String] {
  files.flatMap { file in
    let modules = file.imports.isEmpty ? ["Swift"] : file.imports
    return modules.compactMap { Layers.verge.violation(of: $0, in: file.target) }.map {
      "\(file.target)/\(file.name): \($0)"
    }
  }
}

/// `TARGET/FILE:LINE: what` for each `try!`, `fatalError` and TODO without an owner, and for a file that is too long.
private func houseRuleViolations(in file: SourceFile) -> [String] {
  let place = "\(file.target)/\(file.name)"
  var found: [String] = []
  for (line, code) in zip(file.lines, file.code) {
    for word in ["try!", "fatalError"] where code.text.contains(word) {
      found.append("\(place):\(code.number): \(word)")
    }
    for word in ["TODO", "FIXME"] where line.contains(word) && !line.contains("\(word)(#") {
      found.append("\(place):\(code.number): a bare \(word)")
    }
  }
  if file.lines.count > 400 { found.append("\(place): \(file.lines.count) lines, the limit is 400") }
  return found
}
