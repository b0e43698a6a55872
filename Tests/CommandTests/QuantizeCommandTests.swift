// quantize as a user runs it.
import Foundation
import Testing

@Suite struct QuantizeCommandTests {
  private static let data = [
    "--data", "scenes:64x48", "--val", "scenes:64x48:val", "--pictures", "2", "--threads", "2",
  ]

  /// A folder with a float model of one step's training in it, m.safetensors.
  private func folder() throws -> Folder {
    let folder = try Folder()
    let train = try run(
      [
        "train", "--data", "scenes:64x48", "-o", "m.safetensors", "--steps", "1", "--size", "64x32", "--widths", "8,16",
        "--batch", "2", "--no-quantize", "--quiet",
      ], in: folder)
    #expect(train.status == 0, "\(train.talk)")
    return folder
  }

  private func run(_ arguments: [String], in folder: Folder) throws -> Run {
    try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait()
  }

  @Test func whatLosesTooMuchIsRefusedAndNothingIsWritten() throws {
    let folder = try folder()
    let before = try Data(contentsOf: folder["m.safetensors"])
    let refused = try run(["quantize", "m.safetensors", "--max-loss=-1"] + Self.data, in: folder)
    expectFailure(
      refused, saying: "--max-loss", "entropy", "min-max", "mean square", "equalised", "--qat", "--force", "nothing was"
    )
    #expect(try Data(contentsOf: folder["m.safetensors"]) == before)
    let elsewhere = try run(
      ["quantize", "m.safetensors", "--max-loss=-1", "-o", "n.safetensors"] + Self.data, in: folder)
    #expect(elsewhere.status == 1 && !folder.has("n.safetensors"))
    let forced = try run(
      ["quantize", "m.safetensors", "--max-loss=-1", "--force", "-o", "n.safetensors", "--json"] + Self.data,
      in: folder)
    #expect(forced.status == 0, "\(forced.talk)")
    let report = try #require(JSONSerialization.jsonObject(with: forced.output) as? [String: Any])
    for key in ["model", "calibration", "loss", "float", "int8", "direct_mean_iou", "winograd", "report"] {
      #expect(report[key] != nil, "\(key)")
    }
    let inspected = try run(["inspect", "n.safetensors", "--sensitivity"], in: folder)
    for words in [
      "quantised by", "entropy", "labels as in floats", "signal to noise", "up0.transpose", "as fast as float",
    ] {
      #expect(inspected.text.contains(words), "\(words): \(inspected.text)")
    }
  }

  @Test func whatCannotBeQuantisedIsOneLine() throws {
    let folder = try folder()
    expectFailure(
      try run(["quantize", "m.safetensors", "--data", "camvid:nowhere"], in: folder), saying: "nowhere")
    let nothing = ["quantize", "m.safetensors", "--data", "scenes:64x48", "--pictures", "0"]
    #expect(try run(nothing, in: folder).status == 2)
    #expect(try run(["quantize", "m.safetensors"], in: folder).status == 2)
    try integersOnly(folder["m.safetensors"])
    expectFailure(
      try run(["quantize", "m.safetensors"] + Self.data, in: folder), saying: "m.safetensors", "int8 weights only")
  }

  /// Renames every float weight of a model to an integer one.
  private func integersOnly(_ url: URL) throws {
    let file = try Data(contentsOf: url)
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = try #require(JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any])
    for name in header.keys.filter({ $0.hasSuffix(".weight") }) {
      header[name + ".s8"] = header.removeValue(forKey: name)
    }
    let changed = try JSONSerialization.data(withJSONObject: header)
    try (withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Data($0) } + changed + file[(8 + length)...]).write(
      to: url)
  }
}
