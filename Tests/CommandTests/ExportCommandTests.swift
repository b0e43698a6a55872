// verge export on the command line.
import Foundation
import Testing

@Suite struct ExportCommandTests {
  @Test(arguments: ["float", "int8"])
  func shippedModelIsExportedByName(precision: String) throws {
    let folder = try Folder()
    let run = try Program.run("export", "road", "-o", "road.onnx", "--precision", precision, in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.text.contains("wrote road.onnx: road in \(precision), 480×352, 11 classes"))
    #expect(try folder.names() == ["road.onnx"])
  }

  @Test func reportIsJSONWhenAskedFor() throws {
    let folder = try Folder()
    let run = try Program.run("export", "road", "-o", "a.onnx", "--size", "64x32", "--json", in: folder)
    let report = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    #expect(report["input"] as? [Int] == [32, 64])
    #expect(report["precision"] as? String == "float")
    #expect(report["bytes"] as? Int == (try Data(contentsOf: folder["a.onnx"]).count))
  }

  @Test func existingFileIsKeptWithoutOverwrite() throws {
    let folder = try Folder()
    try Data("mine".utf8).write(to: folder["a.onnx"])
    let refused = try Program.run("export", "road", "-o", "a.onnx", in: folder)
    expectFailure(refused, saying: "a.onnx exists", "--overwrite")
    #expect(try Data(contentsOf: folder["a.onnx"]) == Data("mine".utf8))
    let replaced = try Program.run("export", "road", "-o", "a.onnx", "--overwrite", in: folder)
    #expect(replaced.status == 0, "\(replaced.talk)")
    #expect(try Data(contentsOf: folder["a.onnx"]).count > 1_000_000)
  }

  @Test func whatCannotBeExportedIsOneLineWithTheWayOut() throws {
    let folder = try Folder()
    expectFailure(
      try Program.run("export", "road", "-o", "a.onnx", "--size", "100x100", in: folder), saying: "multiples of 32")
    expectFailure(
      try Program.run("export", "nobody", "-o", "a.onnx", in: folder), saying: "nobody",
      "shipped: accurate, carla, road")
    expectFailure(
      try Program.run("export", "road", "-o", "gone/a.onnx", in: folder), saying: "gone/a.onnx", "No such file")
    expectFailure(
      try Program.run("export", "road", "-o", "a.onnx", "--dynamic", "--size", "64x64", in: folder), status: 2,
      saying: "leave --size out")
    #expect(try folder.names() == [])
  }

  @Test func deviceStaysADevice() throws {
    let folder = try Folder()
    let run = try Program.shell(
      "mkfifo pipe; cat pipe >copy & verge export road -o pipe && wait && test -p pipe", in: folder)
    #expect(run.status == 0, "\(run.talk)")
    #expect(try Data(contentsOf: folder["copy"]).count > 1_000_000)
  }
}
