// What becomes of model files that are damaged, forged or none at all.
import Foundation
import Testing

@Suite struct BadModelTests {
  @Test func theShippedModelIsSound() throws {
    let run = try Program.run("inspect", "road", "--plan")
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.text.contains("head_argmax"))
  }

  @Test func aDamagedModelIsOneLineFromEveryCommand() throws {
    for (name, file) in try damagedModels() {
      let folder = try Folder()
      let path = folder["\(name).safetensors"].path
      try file.write(to: URL(filePath: path))
      expectFailure(try Program.run("inspect", path), saying: "\(name).safetensors")
      let segment = try Program.run("segment", Clips.street().path, "-o", "out.mp4", "--model", path, in: folder)
      expectFailure(segment, saying: "\(name).safetensors")
      #expect(!folder.has("out.mp4"), "\(name)")
    }
  }

  @Test func anUnknownModelNameListsTheShippedOnes() throws {
    let run = try Program.run("segment", Clips.street().path, "-o", "null:", "--model", "bogus")
    expectFailure(run, saying: "bogus", "road")
  }

  @Test func aMissingModelFileIsNamed() throws {
    let run = try Program.run("segment", Clips.street().path, "-o", "null:", "--model", "/nowhere/x.safetensors")
    expectFailure(run, saying: "/nowhere/x.safetensors", "No such file")
  }

  /// The shipped model with one thing wrong, by what it is.
  private func damagedModels() throws -> [String: Data] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let whole = try Data(contentsOf: root.appending(path: "Sources/UNet/Models/road.safetensors"))
    let sound = try ModelFile(whole)
    return [
      "empty": Data(),
      "text": Data("This is no model, however long one reads on in it.\n".utf8),
      "truncated": whole.prefix(whole.count / 2),
      "cut-in-the-header": whole.prefix(100),
      "huge-header": Data([0, 0, 0, 0, 0, 0, 0, 0x10]) + whole.dropFirst(8),
      "missing-tensor": try sound.changed { $0["head.weight"] = nil },
      "wrong-shape": try sound.changed { header in
        var entry = header["head.weight"] as? [String: Any] ?? [:]
        entry["shape"] = ((entry["shape"] as? [Int]) ?? []).reversed() as [Int]
        header["head.weight"] = entry
      },
      "nan": try sound.withNaN(in: "head.multiplier"),
    ]
  }
}

/// A safetensors file taken apart.
private struct ModelFile {
  let header: [String: Any]
  let tensors: Data

  init(_ file: Data) throws {
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    header = try #require(JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any])
    tensors = Data(file[(8 + length)...])
  }

  /// The file with another header.
  func changed(_ change: (inout [String: Any]) -> Void) throws -> Data {
    var header = header
    change(&header)
    return try Self.file(header, tensors)
  }

  /// The file with a float that is not a number.
  func withNaN(in name: String) throws -> Data {
    let entry = try #require(header[name] as? [String: Any])
    let start = try #require(entry["data_offsets"] as? [Int])[0]
    var tensors = tensors
    tensors.replaceSubrange(start..<start + 4, with: [0, 0, 0xC0, 0x7F])
    return try Self.file(header, tensors)
  }

  private static func file(_ header: [String: Any], _ tensors: Data) throws -> Data {
    var json = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
    json.append(Data(repeating: 0x20, count: (8 - json.count % 8) % 8))
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    return length + json + tensors
  }
}
