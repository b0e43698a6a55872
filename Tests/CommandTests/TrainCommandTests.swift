// train, eval and quantize as a user runs them.
import Foundation
import Testing

@Suite struct TrainCommandTests {
  private static let short = ["--size", "64x32", "--widths", "8,16", "--batch", "2", "--threads", "2"]

  /// From nothing to a model that is measured, quantised and continued.
  @Test func aModelIsTrainedMeasuredAndContinued() throws {
    let folder = try Folder()
    let train = ["train", "--data", "scenes:64x48", "-o", "m.safetensors", "--json"] + Self.short
    let first = try run(train + ["--steps", "2"], in: folder)
    #expect(first.status == 0, "\(first.talk)")
    let result = try #require(JSONSerialization.jsonObject(with: first.output) as? [String: Any])
    #expect(result["steps"] as? Int == 2)
    #expect(result["model"] as? String == "m.safetensors")
    #expect((result["best"] as? [String: Any])?.keys.sorted() == ["epoch", "mean_iou"])
    #expect(result["images_per_s"] is Double)
    let second = try run(train + ["--steps", "4", "--resume"], in: folder)
    #expect(second.text.contains("\"steps\":4"), "\(second.talk)")
    for precision in ["float", "int8"] {
      let eval = try run(
        ["eval", "m.safetensors", "--data", "scenes:64x48:val", "--precision", precision, "--json"], in: folder)
      let scores = try #require(JSONSerialization.jsonObject(with: eval.output) as? [String: Any], "\(eval.talk)")
      for key in ["images", "pixel_accuracy", "mean_iou", "classes", "boundary_f", "seconds"] {
        #expect(scores[key] != nil, "\(key)")
      }
    }
  }

  @Test(arguments: [
    ["--data", "camvid:nowhere"], ["--data", "scenes:", "--widths", "8,12"], ["--data", "scenes:", "--size", "30x30"],
    ["--data", "scenes:", "--init", "nothing.safetensors"], ["--data", "scenes:", "--resume", "--widths", "8"],
  ])
  func whatCannotWorkIsOneLineAndStatusOne(arguments: [String]) throws {
    let run = try self.run(["train", "-o", "m.safetensors", "--steps", "1"] + arguments, in: try Folder())
    #expect(run.status == 1)
    #expect(run.errors.count == 1, "\(run.talk)")
    #expect(run.output.isEmpty)
  }

  @Test(arguments: [["--data", "voc:x"], ["--data", "scenes:", "--epochs", "1", "--steps", "1"], []])
  func wrongUsageIsStatusTwo(arguments: [String]) throws {
    #expect(try run(["train", "-o", "m.safetensors"] + arguments, in: try Folder()).status == 2)
  }

  @Test func anInterruptedRunLeavesACheckpoint() throws {
    let folder = try Folder()
    let run = try RunningProgram(
      Program.url,
      ["train", "--data", "scenes:64x48", "-o", "m.safetensors", "--epochs", "10000"] + Self.short, input: nil,
      folder: folder)
    usleep(3_000_000)
    run.send(SIGINT)
    #expect(try run.wait(seconds: 30).status == 130)
    #expect(folder.has("m.safetensors.checkpoint"))
  }

  private func run(_ arguments: [String], in folder: Folder) throws -> Run {
    try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait()
  }
}
