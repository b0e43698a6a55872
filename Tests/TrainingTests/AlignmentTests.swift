// Masks that lie off their photographs.
import Frames
import Testing

@testable import Training

@Suite struct AlignmentTests {
  @Test func masksInPlaceAreNotMistaken() throws {
    let verdict = AlignmentCheck([try samples { $0 }]).verdict()
    #expect(verdict.agreement > 0.75 && verdict.samples == 12)
    #expect(verdict.move == nil && verdict.frameShift == nil && !verdict.isUnrelated)
  }

  @Test(arguments: [LabelMove.shift(4, 0), .shift(-3, 5), .mirror, .upsideDown])
  func aMoveOfAllMasksIsFound(move: LabelMove) throws {
    let verdict = AlignmentCheck([try samples { Self.moved($0, move) }]).verdict()
    #expect(verdict.move?.move == Self.inverse(move))
  }

  @Test(arguments: [0.8, 1.25]) func masksOfAnotherScaleAreFound(factor: Double) throws {
    let verdict = AlignmentCheck([try samples(width: 160, height: 120) { Self.moved($0, .scale(1 / factor)) }])
      .verdict()
    #expect(verdict.move?.move == .scale(factor))
  }

  @Test func mixedUpMasksAreFound() throws {
    let toys = LintToys(width: 96, height: 64)
    let samples = try (0..<16).map { index in
      AlignmentCheck.Sample(try toys.picture(at: index).frame, labels: try toys.picture(at: 100 + index).labelMap)
    }
    let verdict = AlignmentCheck([samples]).verdict()
    #expect(verdict.isUnrelated && verdict.move == nil)
  }

  @Test(arguments: [-2, -1, 1, 2]) func masksOfANeighbouringFrameAreFound(shift: Int) throws {
    let window = try (0..<12).map { frame in
      AlignmentCheck.Sample(try panned(frame).frame, labels: try panned(frame + shift).labelMap)
    }
    #expect(AlignmentCheck([window]).verdict().frameShift?.frames == shift)
  }

  @Test func picturesThatAreNoSequenceHaveNoNeighbours() throws {
    let toys = LintToys(width: 96, height: 64)
    let window = try (0..<12).map { frame in
      AlignmentCheck.Sample(try toys.picture(at: frame).frame, labels: try toys.picture(at: frame + 1).labelMap)
    }
    #expect(AlignmentCheck([window]).verdict().frameShift == nil)
  }

  @Test func unreadablePairsAndPlainMasksAreLeftOut() throws {
    let toy = try LintToys().picture(at: 0)
    let plain = AlignmentCheck.Sample(toy.frame, labels: LabelMap(width: 48, height: 32))
    #expect(AlignmentCheck([[nil, plain, nil]]).verdict().samples == 0)
    #expect(AlignmentCheck([]).verdict().samples == 0)
  }

  @Test(arguments: [0, 1, 9, 216, 217, 10_000]) func windowsLieWithinTheSet(count: Int) {
    let windows = AlignmentCheck.windows(count: count)
    #expect(windows.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= count && !$0.isEmpty })
    #expect(windows.reduce(0) { $0 + $1.count } == min(count, 216))
  }

  @Test func gainsOfNearlyAllAreCertain() {
    #expect(Gains([0.05, 0.06, 0.04, 0.05]).isCertain(atLeast: 0.03))
    #expect(!Gains([0.3, -0.05, -0.04, -0.05]).isCertain(atLeast: 0.03))
    #expect(!Gains([]).isCertain(atLeast: 0) && !Gains([1]).isCertain(atLeast: 0))
  }

  @Test func fingerprintsKnowACopyFromAnotherPicture() throws {
    let toys = LintToys(width: 96, height: 72)
    let first = try (0..<6).map { Fingerprint(try toys.picture(at: $0).frame) }
    let small = Fingerprint(try toys.picture(at: 4).frame.fitted(width: 48, height: 36))
    #expect(
      Duplicates.across(first, [small]).map(\.first) == [4],
      "\(first[4].bits(from: small)) \(first[4].correlation(with: small))")
    #expect(Duplicates.across(first, [Fingerprint(try toys.picture(at: 50).frame)]).isEmpty)
    #expect(Duplicates.within(first + [first[1]]).map(\.second) == [6])
  }

  /// Twelve toys whose masks went through `change`.
  private func samples(
    width: Int = 96, height: Int = 64, _ change: (LabelMap) -> LabelMap
  ) throws -> [AlignmentCheck.Sample] {
    let toys = LintToys(width: width, height: height)
    return try (0..<12).map { index in
      let picture = try toys.picture(at: index)
      return AlignmentCheck.Sample(picture.frame, labels: change(picture.labelMap))
    }
  }

  /// A part of a wide toy, two pixels further right in each frame.
  private func panned(_ frame: Int) throws -> LabelledPicture {
    let whole = try LintToys(width: 160, height: 64).picture(at: 0)
    let left = 20 + 2 * frame
    let places = (0..<64).flatMap { y in (left..<left + 96).map { x in y * 160 + x } }
    return LabelledPicture(
      width: 96, height: 64, rgb: places.flatMap { whole.rgb[3 * $0..<3 * $0 + 3] },
      labels: places.map { whole.labels[$0] })
  }

  private static func moved(_ map: LabelMap, _ move: LabelMove) -> LabelMap {
    let result = LabelMap(width: map.width, height: map.height)
    let back = inverse(move)
    for y in 0..<map.height {
      for x in 0..<map.width {
        let from = back.apply(x: x, y: y, columns: map.width, rows: map.height)
        let isInside = (0..<map.width).contains(from.x) && (0..<map.height).contains(from.y)
        result[x: x, y: y] = isInside ? map[x: from.x, y: from.y] : ignoreLabel
      }
    }
    return result
  }

  private static func inverse(_ move: LabelMove) -> LabelMove {
    switch move {
    case .shift(let x, let y): .shift(-x, -y)
    case .scale(let factor): .scale(1 / factor)
    case .mirror, .upsideDown: move
    }
  }
}
