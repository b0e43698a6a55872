// Scores beside those of scikit-learn, SciPy and NumPy; Oracles/scores.py tells how they were made.
import Foundation
import Frames
import Testing
import UNet

@testable import Training

@Suite struct OracleTests {
  /// The file that the script writes.
  private struct Oracle: Decodable {
    struct Frame: Decodable {
      let truth, prediction: String
    }

    struct Scores: Decodable {
      let confusion: [[Int]]
      let pixelAccuracy, meanIou, f2Of2, f05Of0And2, boundaryF, flicker: Double
      let iou: [String: Double]
    }

    let width, height, bottom: Int
    let frames: [Frame]
    let whole, withoutBottom: Scores
  }

  private static func oracle() throws -> Oracle {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracles/scores.json")
    return try decoder.decode(Oracle.self, from: Data(contentsOf: file))
  }

  /// The oracle's frames as consecutive pictures.
  private struct Pictures: LabelledSource {
    let specification = "oracle:"
    let classNames = OracleTests.names
    let oracle: Oracle
    var count: Int { oracle.frames.count }

    func name(at index: Int) -> String { "drive/oracle_\(100 + index).png" }

    func picture(at index: Int) throws(TrainingError) -> LabelledPicture {
      let rgb = [UInt8](repeating: UInt8(index), count: 3 * oracle.width * oracle.height)
      return LabelledPicture(
        width: oracle.width, height: oracle.height, rgb: rgb, labels: OracleTests.labels(oracle.frames[index].truth))
    }
  }

  /// Knows its predictions by heart; the pictures' samples are their numbers.
  private final class Predictions: Predictor {
    private let oracle: Oracle

    init(_ oracle: Oracle) { self.oracle = oracle }

    func predict(_ picture: EvaluationPicture) throws(TrainingError) -> LabelMap {
      let map = LabelMap(width: oracle.width, height: oracle.height)
      for (i, label) in OracleTests.labels(oracle.frames[Int(picture.rgb[0])].prediction).enumerated() {
        map.labels[i] = label
      }
      return map
    }
  }

  private static let names = ["a", "b", "c", "d", "e"]

  private static func labels(_ text: String) -> [UInt8] {
    text.map { $0.wholeNumberValue.map(UInt8.init) ?? ignoreLabel }
  }

  @Test func scoresAreThoseOfIndependentImplementations() throws {
    let oracle = try Self.oracle()
    let classes = Self.names.map { PixelClass(name: $0, color: ClassColor(1, 2, 3)) }
    let set = try EvaluationSet(
      Pictures(oracle: oracle), architecture: try Architecture(stem: 1, widths: [8, 16], classes: classes))
    var options = EvaluationOptions()
    (options.withBoundaries, options.withFlicker, options.ignoredRows) = (true, true, oracle.bottom)
    let evaluation = try Evaluator.evaluate(Predictions(oracle), on: set, options: options)
    try expect(evaluation.plain, oracle.whole)
    try expect(try #require(evaluation.withoutBottom), oracle.withoutBottom)
  }

  private func expect(_ scores: Scores, _ oracle: Oracle.Scores) throws {
    func isClose(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-12 } ?? false }
    let matrix = scores.confusion
    #expect(matrix.counts == oracle.confusion.flatMap { $0 })
    #expect(matrix.absent == [3, 4])
    #expect(isClose(scores.pixelAccuracy, oracle.pixelAccuracy))
    #expect(isClose(scores.meanIoU, oracle.meanIou))
    for (label, iou) in oracle.iou { #expect(isClose(matrix.iou(try #require(Int(label))), iou)) }
    #expect(isClose(scores.boundaryF, oracle.boundaryF))
    #expect(scores.flicker?.pairs == 2)
    #expect(isClose(scores.flicker?.share, oracle.flicker))
    let request = try FBetaRequest("c=2,a+c=0.5", classNames: Self.names)
    let betas = request.terms.map { $0.score(matrix, classNames: Self.names) }
    #expect(isClose(betas[0], oracle.f2Of2))
    #expect(isClose(betas[1], oracle.f05Of0And2))
  }
}
