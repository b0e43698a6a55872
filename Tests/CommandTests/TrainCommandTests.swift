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

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)])
  func anInterruptedRunLeavesACheckpoint(signal: Int32, status: Int) throws {
    let folder = try Folder()
    let run = try RunningProgram(
      Program.url,
      ["train", "--data", "scenes:64x48", "-o", "m.safetensors", "--epochs", "10000"] + Self.short, input: nil,
      folder: folder)
    usleep(3_000_000)
    run.send(signal)
    #expect(try Int(run.wait(seconds: 30).status) == status)
    #expect(folder.has("m.safetensors.checkpoint"))
  }

  @Test func aRunLeavesItsRecipeAndFiguresAndGoesOnFromThem() throws {
    let folder = try Folder()
    let train =
      ["train", "--data", "scenes:64x48", "-o", "m.safetensors", "--no-quantize", "--steps", "2"] + Self.short
    #expect(try run(train, in: folder).status == 0)
    #expect(folder.has("m.recipe.yaml") && folder.has("m.log/metrics.csv") && folder.has("m.log/curves.png"))
    let next = try run(
      ["train", "--resume", "-o", "m.safetensors", "--no-quantize", "--steps", "3", "--json"], in: folder)
    #expect(next.text.contains("\"steps\":3"), "\(next.talk)")
    let other = try run(["train", "--resume", "-o", "m.safetensors", "--batch", "3"], in: folder)
    expectFailure(other, saying: "batch 2, not 3")
    let wider = try run(["train", "--resume", "-o", "m.safetensors", "--widths", "8,16,24"], in: folder)
    expectFailure(wider, saying: "m.safetensors.checkpoint")
    try Data("batch: 2\nbatsh: 3\n".utf8).write(to: folder["r.yaml"])
    let wrong = try run(["train", "--recipe", "r.yaml", "--data", "scenes:", "-o", "n.safetensors"], in: folder)
    expectFailure(wrong, saying: "r.yaml:2: unknown key 'batsh'; did you mean 'batch'?")
  }

  @Test func aModelOrARunThatIsThereIsNotTrainedOver() throws {
    let folder = try Folder()
    let train =
      ["train", "--data", "scenes:64x48", "-o", "m.safetensors", "--no-quantize", "--steps", "1"] + Self.short
    try Data("mine".utf8).write(to: folder["m.safetensors"])
    expectFailure(try run(train, in: folder), saying: "m.safetensors exists; use --overwrite to replace it")
    #expect(try Data(contentsOf: folder["m.safetensors"]) == Data("mine".utf8))
    #expect(try run(train + ["--overwrite"], in: folder).status == 0)
    expectFailure(try run(train, in: folder), saying: "--resume continues it, --overwrite starts anew")
    #expect(try run(train + ["--overwrite", "--resume"], in: folder).status == 2)
  }

  @Test(arguments: [("nowhere/m.safetensors", "nothing can be written there"), (".", "is a folder")])
  func aPlaceThatCannotBeWrittenIsToldBeforeTheData(output: String, words: String) throws {
    let run = try run(["train", "--data", "camvid:nothing", "-o", output], in: try Folder())
    expectFailure(run, saying: words)
  }

  @Test func aPrintedRecipeIsReadAgain() throws {
    let folder = try Folder()
    let printed = try Program.shell("verge train --batch 3 --print-recipe > r.yaml", in: folder)
    #expect(printed.status == 0, "\(printed.talk)")
    let again = try run(["train", "--recipe", "r.yaml", "--print-recipe"], in: folder)
    #expect(again.output == (try Data(contentsOf: folder["r.yaml"])))
    #expect(again.text.contains("batch: 3 "))
  }

  /// Names that say nothing to Verge teach its classes by a map, in training, in the integers at its end, and after.
  @Test func aClassMapReachesTheIntegers() throws {
    let folder = try Folder()
    #expect(try run(["scenes", "-o", "set", "--frames", "4", "--size", "64x48", "--vary"], in: folder).status == 0)
    let names = (0..<11).map { "thing\($0)" }.joined(separator: "\n")
    try Data(names.utf8).write(to: folder["set/classes.txt"])
    try Data("thing0: sky\nthing3: road\nthing8: car\n".utf8).write(to: folder["m.yaml"])
    let data = ["--data", "masks:set", "--threads", "2"]
    let train =
      ["train", "-o", "m.safetensors", "--val", "masks:set", "--classes", "camvid", "--steps", "1"] + Self.short
    expectFailure(try run(train + ["--data", "masks:set"], in: folder), saying: "say with --map")
    let trained = try run(train + ["--data", "masks:set", "--map", "m.yaml", "--cache", "1MB"], in: folder)
    #expect(trained.status == 0, "\(trained.talk)")
    let recipe = try String(contentsOf: folder["m.recipe.yaml"], encoding: .utf8)
    #expect(recipe.contains("\n  map: m.yaml ") && recipe.contains("\n  cache: 1MB "))
    try Data("no picture".utf8).write(to: folder["set/images/000001.png"])
    let quantize = ["quantize", "m.safetensors", "--force", "--pictures", "2", "--json"] + data
    expectFailure(try run(["eval", "m.safetensors"] + data, in: folder), saying: "say with --map")
    let quantized = try run(quantize + ["--map", "m.yaml"], in: folder)
    #expect(quantized.status == 0, "\(quantized.talk)")
    #expect(quantized.talk.components(separatedBy: "000001.png is left out").count == 2)
    #expect(quantized.talk.contains("masks of label numbers"))
    let eval = try run(["eval", "m.safetensors", "--json", "--map", "m.yaml"] + data, in: folder)
    #expect(eval.text.contains("\"skipped\":1") && eval.talk.contains("000001.png is left out"), "\(eval.talk)")
  }

  /// A file that may not grow past some blocks stands for a disk that is full.
  @Test func aDiskThatFillsKeepsTheLastCheckpoint() throws {
    let folder = try Folder()
    let train = "verge train --data scenes:64x48 -o m.safetensors --no-quantize --size 64x32 --batch 2 --widths 64,128"
    #expect(try Program.shell("\(train) --steps 1", in: folder).status == 0)
    let before = try Data(contentsOf: folder["m.safetensors.checkpoint"])
    // In blocks of 1024 bytes; beyond the limit a write fails, since the signal is ignored.
    let full = try Program.shell(
      "trap '' XFSZ; ulimit -f \(before.count / 2048); \(train) --steps 2 --resume", in: folder)
    #expect(full.status == 1, "\(full.talk)")
    #expect(full.errors.count == 1, "\(full.talk)")
    #expect(try Data(contentsOf: folder["m.safetensors.checkpoint"]) == before)
    #expect(try !folder.names().contains { $0.hasSuffix(".part") })
  }

  private func run(_ arguments: [String], in folder: Folder) throws -> Run {
    try RunningProgram(Program.url, arguments, input: nil, folder: folder).wait()
  }
}
