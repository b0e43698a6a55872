// Frames and labels of scenes.
import Frames
import Scenes
import Testing

@Suite struct SceneRendererTests {
  private let fps = Rational(30, 1)

  @Test func sameSeedAndFrameGiveTheSameBytes() {
    let first = SceneRenderer(width: 96, height: 54)
    let second = SceneRenderer(width: 96, height: 54)
    _ = second.render(Scene(seed: 99), frame: 3)
    let (a, b) = (first.render(Scene(seed: 5), frame: 40), second.render(Scene(seed: 5), frame: 40))
    #expect(digest(a.frame) == digest(b.frame))
    #expect(digest(a.labels) == digest(b.labels))
  }

  @Test func otherSeedsGiveOtherStreets() {
    let renderer = SceneRenderer(width: 96, height: 54)
    let digests = Set((0..<12).map { digest(renderer.render(Scene(seed: $0), frame: 0).labels) })
    #expect(digests.count == 12)
  }

  @Test(arguments: [(1, 1), (1, 40), (40, 1), (2, 3), (33, 17), (131, 75), (64, 160)])
  func everyPixelOfAnySizeGetsAColourAndALabel(width: Int, height: Int) {
    let renderer = SceneRenderer(width: width, height: height, format: .rgb24)
    let (frame, labels) = (Frame(width: width, height: height, format: .rgb24), LabelMap(width: width, height: height))
    for seed in 0..<6 {
      labels.buffer.update(repeating: ignoreLabel)
      renderer.render(Scene(seed: UInt64(seed)), frame: seed * 31, fps: fps, into: frame, labels: labels)
      #expect(labels.buffer.allSatisfy { SceneClass(rawValue: $0) != nil })
    }
  }

  @Test func framesLeaveThePaddingOfTheirRowsAlone() {
    let renderer = SceneRenderer(width: 33, height: 17, format: .rgb24)
    let frame = Frame(width: 33, height: 17, format: .rgb24)
    let plane = frame.planes[0]
    for y in 0..<17 { for x in 99..<plane.stride { plane.row(y)[x] = 0xA5 } }
    renderer.render(Scene(seed: 3), frame: 0, fps: fps, into: frame, labels: LabelMap(width: 33, height: 17))
    #expect((0..<17).allSatisfy { y in (99..<plane.stride).allSatisfy { plane.row(y)[$0] == 0xA5 } })
  }

  @Test func bothFormatsShowTheSamePicture() {
    let packed = SceneRenderer(width: 40, height: 30, format: .rgb24).render(Scene(seed: 8), frame: 9).frame
    let padded = SceneRenderer(width: 40, height: 30, format: .rgb0).render(Scene(seed: 8), frame: 9).frame
    for y in 0..<30 {
      for x in 0..<40 {
        let (a, b) = (packed.planes[0].row(y) + x * 3, padded.planes[0].row(y) + x * 4)
        #expect((a[0], a[1], a[2], 0) == (b[0], b[1], b[2], b[3]))
      }
    }
  }

  @Test func framesCarryTheirTime() {
    let frame = SceneRenderer(width: 16, height: 9).render(Scene(seed: 1), frame: 77, fps: Rational(30000, 1001)).frame
    #expect(frame.pts == 77)
    #expect(frame.index == 77)
    #expect(frame.timeBase == Rational(1001, 30000))
    #expect(frame.color.range == .full)
  }

  @Test func everyClassTurnsUp() {
    let renderer = SceneRenderer(width: 160, height: 90)
    let labels = LabelMap(width: 160, height: 90)
    let frame = Frame(width: 160, height: 90, format: .rgb0)
    var seen = Set<UInt8>()
    for seed in 0..<60 {
      renderer.render(Scene(seed: UInt64(seed)), frame: 50 * seed, fps: fps, into: frame, labels: labels)
      seen.formUnion(labels.buffer)
    }
    #expect(SceneClass.allCases.filter { !seen.contains($0.rawValue) } == [])
  }

  @Test func nextFrameLooksMuchLikeThisOne() {
    let renderer = SceneRenderer(width: 160, height: 90)
    for seed in 0..<6 {
      let scene = Scene(seed: UInt64(seed))
      let maps = (100..<104).map { renderer.render(scene, frame: $0).labels }
      let later = renderer.render(scene, frame: 160).labels
      for (a, b) in zip(maps, maps.dropFirst()) {
        #expect(share(a, b) > 0.85, "seed \(seed)")
        #expect(share(a, b) < 1, "seed \(seed)")
      }
      #expect(share(maps[0], later) < share(maps[0], maps[1]), "seed \(seed)")
    }
  }

  @Test(arguments: [1_000_000_007, 1 << 40])
  func streetsDoNotEnd(index: Int) {
    let labels = SceneRenderer(width: 64, height: 36).render(Scene(seed: 2), frame: index).labels
    #expect(labels.buffer.contains(SceneClass.road.rawValue))
  }

  @Test func framesUseTheirMemoryAgain() {
    let renderer = SceneRenderer(width: 32, height: 18)
    let places = (0..<5).map { renderer.render(Scene(seed: 1), frame: $0).frame.planes[0].data }
    #expect(Set(places).count == 1)
  }

  /// Share of equal labels.
  private func share(_ a: LabelMap, _ b: LabelMap) -> Double {
    Double(zip(a.buffer, b.buffer).filter { $0 == $1 }.count) / Double(a.count)
  }
}
