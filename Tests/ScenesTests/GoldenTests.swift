// Pictures that must stay the same: samples, trained models and other tests are made from them.
import Frames
import Scenes
import Testing

/// A frame at 160×90 and the fingerprints of its `rgb24` bytes and labels.
struct GoldenFrame: Sendable {
  let seed: UInt64
  let index: Int
  let picture, labels: UInt64
}

@Suite struct GoldenTests {
  // A change here is a change of every sample: make samples/ again with it, and say so in the commit.
  @Test(arguments: [
    GoldenFrame(seed: 1, index: 0, picture: 0x5993c9f81ea12ecd, labels: 0x67af8571118a06b7),
    GoldenFrame(seed: 72, index: 150, picture: 0xbbe1a63963599db9, labels: 0x41b77c687e4794c7),
    GoldenFrame(seed: 103, index: 240, picture: 0x97da79d3e87460cb, labels: 0xce352116e792f359),
    GoldenFrame(seed: 67, index: 1139, picture: 0xab0ba0cca7223af4, labels: 0xbaae2237a236a2ca),
    GoldenFrame(seed: 5, index: 100_000, picture: 0xcda74728a942fd8a, labels: 0xc7245ad63501ddfa),
  ])
  func framesAreTheSameOnEveryMachine(golden: GoldenFrame) {
    let renderer = SceneRenderer(width: 160, height: 90, format: .rgb24)
    let (frame, labels) = renderer.render(Scene(seed: golden.seed), frame: golden.index)
    #expect(hex(digest(labels)) == hex(golden.labels), "labels of seed \(golden.seed)")
    #expect(hex(digest(frame)) == hex(golden.picture), "picture of seed \(golden.seed)")
  }

  private func hex(_ value: UInt64) -> String { String(value, radix: 16) }
}
