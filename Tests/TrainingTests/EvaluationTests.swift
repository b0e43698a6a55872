// F-beta, flicker and averaged views on examples worked out by hand.
import Foundation
import Frames
import Testing
import UNet

@testable import Training

@Suite struct EvaluationTests {
  private func map(_ labels: [UInt8], width: Int) -> LabelMap {
    let map = LabelMap(width: width, height: labels.count / width)
    for (i, label) in labels.enumerated() { map.labels[i] = label }
    return map
  }

  @Test func fBetaWeighsMissedAgainstWrong() throws {
    var matrix = ConfusionMatrix(classes: 3)
    let (truth, prediction): ([UInt8], [UInt8]) = ([0, 0, 0, 0, 1, 1, 2, 2], [0, 0, 1, 2, 1, 0, 1, 2])
    truth.withUnsafeBufferPointer { t in prediction.withUnsafeBufferPointer { matrix.add(truth: t, prediction: $0) } }
    let names = ["road", "car", "lane line"]
    // Car: 1 hit, 2 wrong, 1 missed: 5 · 1 / (5 · 1 + 4 · 1 + 2). Road with lane lines: 4 hits, 1 wrong, 2 missed.
    let request = try FBetaRequest(FBetaRequest.lyftUdacity, classNames: names)
    #expect(request.terms.map(\.beta) == [2, 0.5])
    #expect(request.terms[0].score(matrix, classNames: names) == 5.0 / 11.0)
    #expect(request.terms[1].score(matrix, classNames: names) == 1.25 * 4 / (1.25 * 4 + 0.25 * 2 + 1))
  }

  @Test(arguments: ["car", "car=0", "car=x", "truck=2", "", "car=2,,road=1", "car=2=3"])
  func fBetaOfAnotherFormIsRefused(text: String) {
    #expect(throws: TrainingError.self) { try FBetaRequest(text, classNames: ["road", "car"]) }
  }

  @Test func theLyftUdacityScoreNeedsVehiclesAndARoad() {
    #expect(throws: TrainingError.self) { try FBetaRequest("lyft-udacity", classNames: ["tree", "road"]) }
  }

  @Test func flickerCountsWhereTheTruthStays() {
    var flicker = Flicker()
    // Of six pixels the second one is unknown, the third one moves; of the other four two change their prediction.
    flicker.add(
      truth: [0, 255, 1, 1, 0, 0], prediction: map([0, 0, 1, 0, 0, 1], width: 3),
      earlierTruth: [0, 0, 0, 1, 0, 0], earlier: map([0, 1, 0, 1, 0, 0], width: 3), rows: 2)
    #expect((flicker.steady, flicker.flickering) == (4, 2))
    #expect(flicker.share == 0.5)
    #expect(flicker.changedShare == 4.0 / 6.0)
  }

  @Test(arguments: [
    ("d/0016E5_07961.jpg", "d/0016E5_07959.jpg", true), ("d/3_100.png", "d/3_099.png", true),
    ("d/4_001.png", "d/3_000.png", false), ("d/0001TP_006720.jpg", "d/0001TP_006690.jpg", false),
    ("scene 2", "scene 1", false), ("d/2.png", "e/1.png", false), ("d/1.png", "d/2.png", false),
  ])
  func consecutiveFramesAreToldByTheirNames(name: String, earlier: String, follows: Bool) {
    #expect(FrameSequence.follows(name, earlier) == follows)
  }

  @Test func aLabelThatComesBackAfterOneFrameFlickers() {
    var flicker = VideoFlicker()
    for labels: [UInt8] in [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]] { flicker.add(map(labels, width: 2)) }
    #expect(flicker.changedShare == 4.0 / 8.0)
    #expect(flicker.returnedShare == 1.0 / 4.0)
  }

  @Test func viewsAreReadFromTheirText() throws {
    let views = try TestTimeAveraging("flip,0.75,1.25")
    #expect(views.flips && views.scales == [1, 0.75, 1.25] && views.viewCount == 6)
    #expect(views.description == "flip,1,0.75,1.25")
    for text in ["", "1", "flop", "flip,0", "9", "nan"] {
      #expect(throws: TrainingError.self) { try TestTimeAveraging(text) }
    }
  }

  /// Probabilities 1/2 and 1/2 are as unsure as two classes can be; of 1/4 and 3/4 the entropy is 2 ln 2 - 3/4 ln 3.
  @Test func entropyIsAShareOfTheLargest() {
    let scores = ScoreMap(width: 2, height: 1, classes: 2, values: [7, 7, 1, 1 + log(3)])
    let second = 2 - 0.75 * log(3) / log(2)
    #expect(abs(scores.meanEntropy() - (1 + second) / 2) < 1e-6)
    #expect(ScoreMap(width: 1, height: 1, classes: 3, values: [-500, 500, -500]).meanEntropy() == 0)
    let even = ScoreMap(width: 1, height: 3, classes: 5, values: [Float](repeating: -2, count: 15))
    #expect(abs(even.meanEntropy() - 1) < 1e-6)
  }

  @Test func scoresAreResizedBetweenCentres() {
    let scores = ScoreMap(width: 2, height: 1, classes: 1, values: [0, 4])
    #expect(scores.resized(width: 4, height: 2).values == [0, 1, 3, 4, 0, 1, 3, 4])
    #expect(scores.mirrored().values == [4, 0])
  }

  /// Averaged with its mirror image, a picture and its mirror image get mirrored labels: the views are the same two.
  @Test func averagingOverAMirrorIsSymmetric() throws {
    let model = try Fixtures.model(try Fixtures.architecture())
    let set = try EvaluationSet(ToySource(), architecture: model.architecture)
    let picture = try set.picture(at: 2)
    let views = try TestTimeAveraging("flip")
    let predictor = try FloatPredictor(model, threads: 1)
    func labels(_ picture: EvaluationPicture) throws -> (plain: LabelMap, averaged: LabelMap) {
      try views.predict(picture, with: predictor) { _ throws(TrainingError) in picture }
    }
    let (straight, mirrored) = (try labels(picture), try labels(picture.mirrored()))
    let flipped = (0..<straight.averaged.count).map { i in
      let width = straight.averaged.width
      return mirrored.averaged.labels[i / width * width + width - 1 - i % width]
    }
    #expect((0..<flipped.count).allSatisfy { straight.averaged.labels[$0] == flipped[$0] })
    let alone = try predictor.predict(picture)
    #expect((0..<alone.count).allSatisfy { alone.labels[$0] == straight.plain.labels[$0] })
  }

  @Test func theConfusionMatrixIsWrittenAsATable() {
    var matrix = ConfusionMatrix(classes: 2)
    let (truth, prediction): ([UInt8], [UInt8]) = ([0, 0, 1], [0, 1, 1])
    truth.withUnsafeBufferPointer { t in prediction.withUnsafeBufferPointer { matrix.add(truth: t, prediction: $0) } }
    #expect(
      matrix.csv(classNames: ["road", "a \"car\""]) == """
        "true \\ predicted","road","a ""car""\"
        "road",1,1
        "a ""car""\",0,1

        """)
  }
}
