// What runs write to look at.
import Foundation
import Frames
import Testing
import UNet
import Video

@testable import Training

@Suite struct RunLogTests {
  private func step(_ step: Int, loss: Double) -> TrainingEvent {
    .step(
      StepReport(
        step: step, epochs: Double(step) / 10, loss: loss, rate: 1e-3, imagesPerSecond: 50, remaining: 1,
        seconds: Double(step)))
  }

  private func evaluation(_ step: Int) throws -> EvaluationReport {
    let set = try EvaluationSet(ToySource(count: 2), architecture: try Fixtures.architecture())
    let predictor = try FloatPredictor(try Fixtures.model(Fixtures.architecture()), threads: 1)
    return EvaluationReport(
      step: step, epoch: step / 10, evaluation: try Evaluator.evaluate(predictor, on: set), isBest: true,
      samples: try ValidationSample.take(2, of: set, by: predictor))
  }

  private func log(_ folder: String, firstStep: Int = 0) throws -> RunLog {
    try RunLog(folder: folder, title: "toy", classes: Fixtures.classes, firstStep: firstStep, every: 2, now: { 1000 })
  }

  @Test func stepsAndMeasurementsBecomeRowsAndPictures() throws {
    let folder = try Fixtures.folder() + "/log"
    let log = try log(folder)
    for (number, loss) in [(1, 2.0), (2, 1.0), (3, 0.5)] { try log.record(step(number, loss: loss)) }
    let report = try evaluation(3)
    try log.record(.evaluation(report))
    let scores = [report.evaluation.meanIoU, report.evaluation.pixelAccuracy].map { String(format: "%.5f", $0) }
    let lines = try String(contentsOfFile: folder + "/metrics.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines[0] == "step,epoch,loss,rate,mean_iou,pixel_accuracy,images_per_s,seconds,iou sky,iou road,iou car")
    #expect(lines[1] == "2,0.200,1.50000,0.001,,,50.00,2.0,,,")
    #expect(lines[2].hasPrefix("3,0.300,0.50000,0.001,\(scores[0]),\(scores[1]),50.00,3.0,"))
    #expect(lines.count == 3 && lines[2].split(separator: ",", omittingEmptySubsequences: false).count == 11)
    for name in ["curves.png", "best.png"] { #expect(try ImageFile.readRGB(folder + "/" + name).width > 100) }
  }

  @Test func aResumedRunContinuesTheTable() throws {
    let folder = try Fixtures.folder()
    let first = try log(folder)
    for number in 1...6 { try first.record(step(number, loss: 1)) }
    let second = try log(folder, firstStep: 4)
    for number in 5...6 { try second.record(step(number, loss: 2)) }
    let lines = try String(contentsOfFile: folder + "/metrics.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines.dropFirst().map { $0.prefix(13) } == ["2,0.200,1.000", "4,0.400,1.000", "6,0.600,2.000"])
    _ = try log(folder)
    #expect(try String(contentsOfFile: folder + "/metrics.csv", encoding: .utf8).split(separator: "\n").count == 1)
  }

  @Test func aLogThatCannotBeWrittenIsAnError() throws {
    #expect(throws: TrainingError.self) { try log("/proc/nothing") }
  }
}

@Suite struct EventFileTests {
  @Test func theChecksumIsCastagnolis() {
    // The check value of the polynomial's catalogue entry.
    #expect(CRC32C.of(Array("123456789".utf8)).value == 0xE306_9283)
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)).value == 0x8A91_36AA)  // RFC 3720, B.4
    var parts = CRC32C()
    for piece in ["1", "2345678", "9"] { Array(piece.utf8).withUnsafeBytes { parts.add($0) } }
    #expect(parts.value == 0xE306_9283)
  }

  /// Bytes that TensorFlow's `TFRecordWriter` and `event_pb2.Event` (2.21) made of the same events.
  @Test func eventsAreThoseOfTensorFlow() throws {
    let golden =
      "1800000000000000a37f4b22090000000000408f401a0d627261696e2e4576656e743a3273ae6b562c00000000000000f4aecc45"
      + "090000000000408f4010ac022a1e0a0b0a046c6f7373150000003f0a0f0a08696f752f726f6164150000803e90a1334a"
    let folder = try Fixtures.folder()
    let file = try EventFile(in: folder, time: 1000)
    try file.add([("loss", 0.5), ("iou/road", 0.25)], step: 300, time: 1000)
    try file.add([], step: 301, time: 1000)
    let bytes = try Data(contentsOf: URL(filePath: folder + "/events.out.tfevents.1000.verge"))
    #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == golden)
  }
}
