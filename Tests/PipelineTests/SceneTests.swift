import Foundation
import Frames
import Scenes
import Testing
import Video

@testable import Pipeline

/// Knows a scene by heart: recognises which of its frames a picture shows, and gives that frame's true labels.
private final class SceneSegmenter: Segmenter {
  private let pictures: [Frame]
  private let truth: [LabelMap]

  init(pictures: [Frame], truth: [LabelMap]) throws {
    let scaler = Scaler(width: 160, height: 90)
    self.pictures = try pictures.map { try scaler.scale($0) }
    self.truth = truth
  }

  func pictureSize(width: Int, height: Int) -> (width: Int, height: Int) { (160, 90) }
  func labelSize(width: Int, height: Int) -> (width: Int, height: Int) { (truth[0].width, truth[0].height) }

  func segment(_ picture: Frame, into labels: LabelMap) throws {
    let best = pictures.indices.min { distance(picture, pictures[$0]) < distance(picture, pictures[$1]) }!
    labels.labels.update(from: truth[best].labels, count: labels.count)
  }

  private func distance(_ one: Frame, _ other: Frame) -> Int {
    var sum = 0
    for y in stride(from: 0, to: one.height, by: 3) {
      let (a, b) = (one.planes[0].row(y), other.planes[0].row(y))
      for x in stride(from: 0, to: 4 * one.width, by: 3) { sum += abs(Int(a[x]) - Int(b[x])) }
    }
    return sum
  }
}

@Suite(.timeLimit(.minutes(2))) struct SceneTests {
  @Test func theTrueMasksOfASceneComeOutWithTheirFrames() throws {
    let folder = try TemporaryFolder()
    let renderer = SceneRenderer(width: 320, height: 180, format: .rgb24)
    let scene = Scene(seed: 11)
    let drawn = (0..<24).map { renderer.render(scene, frame: $0, fps: Rational(6, 1)) }
    try writeClip(folder("scene.mp4"), times: (0..<24).map { Int64(40 * $0) }) { drawn[$0].frame }
    var options = SessionOptions(style: OverlayStyle(names: ["x"], palette: Palette([])))
    options.masks.folder = folder("masks")
    options.every = 2
    let segmenter = try SceneSegmenter(pictures: drawn.map(\.frame), truth: drawn.map(\.labels))
    let session = try Session(try Media.open(folder("scene.mp4")), segmenter, output: .none, options)
    #expect(try session.run().frames.shown == 12)
    for index in stride(from: 0, to: 24, by: 2) {
      let mask = try ImageFile.readIndices(folder("masks/\(String(format: "%06d", index)).png"))
      #expect(Array(mask.buffer) == Array(drawn[index].labels.buffer), "the mask of frame \(index)")
    }
  }
}
