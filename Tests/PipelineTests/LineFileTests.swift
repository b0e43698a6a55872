// Files of lines that go on from run to run.
import Foundation
import Testing

@testable import Pipeline

@Suite struct LineFileTests {
  @Test(arguments: [("", ""), ("{\"a\":1}\n", "{\"a\":1}\n"), ("{\"a\":1}\n{\"a\"", "{\"a\":1}\n{\"a\"\n")])
  func aTornLineTakesNoOtherWithIt(before: String, kept: String) throws {
    let path = FileManager.default.temporaryDirectory.path + "/verge-lines-\(UUID().uuidString).jsonl"
    defer { unlink(path) }
    try before.write(toFile: path, atomically: true, encoding: .utf8)
    for line in ["{\"b\":2}\n", "{\"c\":3}\n"] { try LineFile(path, existing: .append).write(line) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == kept + "{\"b\":2}\n{\"c\":3}\n")
  }
}
