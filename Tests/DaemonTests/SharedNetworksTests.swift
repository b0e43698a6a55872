// Streams that share a model, at the same time.
import Foundation
import Frames
import Pipeline
import Synchronization
import Tensors
import Testing
import UNet

@testable import Daemon

@Suite struct SharedNetworksTests {
  /// Noise of its own for each seed.
  private func picture(_ seed: Int, width: Int = 128, height: Int = 96) -> Frame {
    let frame = Frame(width: width, height: height, format: .rgb0)
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    for y in 0..<height {
      for x in 0..<4 * width {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        frame.planes[0].row(y)[x] = UInt8(truncatingIfNeeded: state >> 56)
      }
    }
    return frame
  }

  private func labels(_ segmenter: some Segmenter, _ picture: Frame) throws -> [UInt8] {
    let size = segmenter.labelSize(width: picture.width, height: picture.height)
    let map = LabelMap(width: size.width, height: size.height)
    try segmenter.inTurn { try segmenter.segment(picture, into: map) }
    return Array(UnsafeBufferPointer(start: map.labels, count: map.count))
  }

  @Test func streamsBesideEachOtherGetTheLabelsTheyWouldGetAlone() throws {
    let networks = SharedNetworks(kernels: .best, threads: 3)
    let model = try networks.model("road")
    let alone = try NetworkSegmenter(model.model, size: (128, 96), threads: 1)
    let pictures = (0..<5).map { picture($0) }
    let expected = try pictures.map { try labels(alone, $0) }
    #expect(Set(expected).count == pictures.count)
    let wrong = Atomic(0)
    let group = DispatchGroup()
    for stream in 0..<5 {
      group.enter()
      Thread.detachNewThread {
        let segmenter = StreamSegmenter(networks, model, weight: 1, budget: nil)
        for round in 0..<12 {
          let number = (stream + round) % pictures.count
          let found = try? labels(segmenter, pictures[number])
          if found != expected[number] { wrong.add(1, ordering: .relaxed) }
        }
        group.leave()
      }
    }
    group.wait()
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
