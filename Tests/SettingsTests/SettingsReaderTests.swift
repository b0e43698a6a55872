// The strict reader: what is laid over what, and what it says of everything that is wrong.
import Settings
import Testing

@Suite struct SettingsReaderTests {
  @Test func everyProblemIsToldAndTheRestIsTaken() throws {
    var reader = SettingsReader<Garden>()
    let document = try SettingsDocument("name: a\nsise: 3\ntrees:\n  hight: 2\n  kind: oke\n", from: "g.yaml")
    #expect(
      reader.gather(document).map(\.description) == [
        "g.yaml:2: unknown key 'sise'; did you mean 'size'?",
        "g.yaml:4: unknown key 'hight' in trees; did you mean 'height'?",
      ])
    let (garden, problems) = reader.gatherValue()
    #expect(garden.name == "a" && garden.trees.kind == .oak)
    #expect(
      problems.map(\.description) == ["g.yaml:5: trees.kind must be one of oak, ash; 'oke' is most like oak"])
  }

  @Test func aRefusedDocumentChangesNothing() throws {
    var reader = SettingsReader<Garden>()
    #expect(throws: SettingsError.self) { try reader.read("name: a\nsize: x", from: "g.yaml") }
    #expect(try reader.value() == Garden())
  }

  @Test func checksOfAllPartsAreGathered() throws {
    var reader = SettingsReader<Garden>()
    try reader.read("size: 0\ntrees: {height: -1}", from: "g.yaml")
    #expect(
      reader.gatherValue().problems.map(\.description) == [
        "g.yaml:2: trees.height must be from 0.0 to 100.0, not -1.0", "g.yaml:1: size must be from 1 to 9, not 0",
      ])
    #expect { try reader.value() } throws: { "\($0)".split(separator: "\n").count == 2 }
  }

  @Test(arguments: [
    "123", "null", "~", "true", "- a", "a: b", "#x", "it's", "two\nlines", "", " ", "&a", "*a", "🚗", "é\t",
  ])
  func anyTextSurvivesBeingLaidOver(text: String) throws {
    var garden = Garden()
    garden.name = text
    garden.paths = [text, "x"]
    garden.counts = ["Two Words": 2]
    var reader = SettingsReader(over: garden, at: [], home: "request")
    try reader.read("{\"size\": 4}", from: "request")
    let read = try reader.value()
    #expect(read.name == text && read.paths == [text, "x"] && read.size == 4 && read.counts == ["Two Words": 2])
  }

  @Test func keysStandUnderTheirPath() throws {
    var reader = SettingsReader(over: Garden(), at: ["gardens", "north"], home: "g.yaml:7")
    let whole = try SettingsDocument("gardens:\n  north:\n    sise: 1\n  south: 3\n", from: "g.yaml")
    let parts = try whole.split(at: "gardens").parts
    #expect(parts.map(\.name) == ["north", "south"])
    #expect(
      reader.gather(parts[0].part).map(\.description) == [
        "g.yaml:3: unknown key 'sise' in gardens.north; did you mean 'size'?"
      ])
    #expect(
      reader.gather(parts[1].part).map(\.description) == [
        "g.yaml:4: gardens.north must be a group of keys, not '3'"
      ])
  }

  @Test func nothingIsNothing() throws {
    for nothing in ["", "~", "null"] {
      var reader = SettingsReader<Garden>()
      try reader.read("name: \(nothing)", from: "g.yaml")
      #expect(try reader.value().name.isEmpty)
      #expect { try reader.read("size: \(nothing)", from: "g.yaml") } throws: {
        "\($0)" == "g.yaml:1: size must be a whole number, not nothing"
      }
    }
  }

  @Test func textsMayStandForOthers() throws {
    var reader = SettingsReader<Garden>()
    reader.expansion = { text throws(SettingsError) in
      guard text != "none" else { throw .setting(name: "", reason: "stands for nothing") }
      return text == "secret" ? "5" : text
    }
    try reader.read("name: secret\npaths: [a, secret]", from: "g.yaml")
    #expect(try reader.value().name == "5" && reader.value().paths == ["a", "5"])
    #expect { try reader.read("paths: [a,\n none]", from: "g.yaml") } throws: {
      "\($0)" == "g.yaml:2: paths stands for nothing"
    }
  }
}

@Suite struct HostileTextTests {
  private func refusal(_ text: String) -> String {
    var reader = SettingsReader<Garden>()
    do throws(SettingsError) {
      try reader.read(text, from: "g.yaml")
      _ = try reader.value()
      return "nothing"
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("name: a\n\tsize: 3", "g.yaml:2: no YAML"), ("size: 1\nname: b\nsize: 2", "g.yaml:"), ("a: [", "no YAML"),
    ("name: \u{1}", "no YAML"), ("--- 1\n--- 2", "no YAML"), ("name: *nobody", "no YAML"),
    ("<<: {name: a}", "unknown key '<<'"), ("? [a, b]\n: c", "unknown key '[a, b]'"), ("[[[]]]", "must be a group"),
    ("name: {a: {b: {c: {d: 1}}}}", "g.yaml:1: name must be text, not {a: {b: {…: …}}}"),
    ("paths: [[a]]", "g.yaml:1: paths must be a list of plain values, not [a]"),
    ("size: 99999999999999999999", "must be a whole number"), ("trees: {height: .nan}", "must be a number"),
    ("trees: {height: 1e999}", "must be a number"), ("size: !!str 3x", "must be a whole number"),
  ])
  func whatIsWrongIsOneLine(text: String, words: String) {
    let said = refusal(text)
    #expect(said.contains(words) && !said.contains("\n"), "\(said)")
  }

  @Test func muchOfItIsRefusedAtOnce() {
    #expect(refusal(String(repeating: "#\n", count: 1 << 20)) == "g.yaml: is too long for a garden")
    #expect(refusal(String(repeating: "[", count: 500_000)).contains("no YAML"))
    #expect(refusal(String(repeating: "- ", count: 100_000)).contains("no YAML"))
    let long = refusal("size: " + String(repeating: "x", count: 100_000))
    #expect(long.count < 200 && long.contains("xxx…"))
    let unknown = refusal(String(repeating: "x", count: 1000) + ": 1")
    #expect(unknown.count < 300 && unknown.contains("unknown key"))
  }

  @Test func aliasesMayBeFewOnly() throws {
    var reader = SettingsReader<Garden>()
    try reader.read("paths: [&a x, *a]\nname: *a", from: "g.yaml")
    #expect(try reader.value().paths == ["x", "x"] && reader.value().name == "x")
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
    }
    #expect(refusal(bomb + "? *a9\n: 1").contains("more than 16 aliases"))
    let small = (1...7).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
    #expect(refusal("a0: &a0 [x, x, x]\n\(small)name: *a7").contains("name must be text, not [[[…, …], […, …]]"))
  }
}

/// Settings as any.
private struct Garden: SettingsPart {
  var name = "here"
  var size = 3
  var paths = ["north"]
  var counts: [String: Double] = [:]
  var trees = Trees()

  static let title = "a garden"

  func check() throws(SettingsError) { try SettingsCheck.range(size, 1...9, "size") }
}

private struct Trees: SettingsPart {
  enum Kind: String, SettingsChoice { case oak, ash }

  var height = 2.5
  var kind = Kind.oak

  func check() throws(SettingsError) { try SettingsCheck.range(height, 0...100, "height") }
}
