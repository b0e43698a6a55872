// verge import as a user runs it.
import Foundation
import Testing

@Suite struct ImportCommandTests {
  private static func path(_ fromHere: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: fromHere).standardized.path
  }

  private static func exported(_ name: String) -> String { path("../InterchangeTests/Models/\(name).onnx") }

  /// From another program's file to a model that is looked at, trained on, and quantised.
  @Test func anImportedNetworkIsAModelLikeAnyOther() throws {
    let folder = try Folder()
    let made = try run(
      [
        "import", Self.exported("torch_nearest"), "-o", "m.safetensors", "--classes", "road,sky #1122ff,tree", "--json",
      ],
      in: folder)
    let report = try #require(JSONSerialization.jsonObject(with: made.output) as? [String: Any], "\(made.talk)")
    #expect(report["classes"] as? [String] == ["road", "sky", "tree"] && report["widths"] as? [Int] == [8, 16])
    let shown = try run(["inspect", "m.safetensors"], in: folder)
    #expect(shown.text.contains("stem 2, widths 8, 16, up by 4×4 and ReLU") && shown.text.contains("#1122ff"))
    let segment = try run(
      ["segment", Self.path("../../samples/drive.mp4"), "--model", "m.safetensors", "-o", "null:"], in: folder)
    #expect(segment.errors.first?.contains("run `verge quantize` on it") == true, "\(segment.talk)")
    let train = try run(
      [
        "train", "--data", "scenes:64x48", "--init", "m.safetensors", "--classes", "init", "--steps", "2", "--batch",
        "2",
        "--size", "64x32", "--json", "-o", "t.safetensors",
      ], in: folder)
    #expect(train.status == 0 && train.text.contains("\"steps\":2"), "\(train.talk)")
    let trained = try run(["inspect", "t.safetensors"], in: folder)
    #expect(trained.text.contains("float and int8") && trained.text.contains("up by 4×4 and ReLU"), "\(trained.text)")
  }

  @Test func whatCannotBeImportedIsOneLineAndWritesNothing() throws {
    let folder = try Folder()
    let dilated = try run(["import", Self.exported("not_dilated"), "-o", "m.safetensors"], in: folder)
    #expect(dilated.status == 1 && dilated.errors.count == 1 && dilated.output.isEmpty)
    #expect(dilated.errors.first?.hasSuffix("(Conv): dilation 2; Verge's U-Net has none") == true, "\(dilated.talk)")
    let few = try run(
      ["import", Self.exported("torch_transpose2"), "-o", "m.safetensors", "--classes", "a,b"], in: folder)
    #expect(few.errors.first?.contains("tells 3 classes apart; 2 were named") == true, "\(few.talk)")
    #expect(!folder.has("m.safetensors"))
  }

  @Test func anExistingModelIsKept() throws {
    let folder = try Folder()
    let line = ["import", Self.exported("torch_transpose4"), "-o", "m.safetensors"]
    #expect(try run(line, in: folder).status == 0)
    #expect(try run(line, in: folder).errors.first?.contains("--overwrite") == true)
    #expect(try run(line + ["--overwrite"], in: folder).status == 0)
    #expect(try run(line + ["--white", "7"], in: folder).status == 2)
  }

  private func run(_ arguments: [String], in folder: Folder) throws -> Run {
    try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait()
  }
}
