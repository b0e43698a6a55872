import Frames
import Testing

@Suite struct FramePoolTests {
  @Test func memoryReturnsToThePoolWithTheLastReference() {
    let pool = FramePool(width: 33, height: 17, format: .yuv420p)
    var frame: Frame? = pool.makeFrame()
    let address = frame!.planes[0].data
    #expect(pool.freeCount == 0)
    frame = nil
    #expect(pool.freeCount == 1)
    #expect(pool.makeFrame().planes[0].data == address)
  }

  @Test func oddSizesRoundChromaUp() {
    let frame = Frame(width: 33, height: 17, format: .yuv420p10)
    #expect(frame.planes[1].width == 17 && frame.planes[1].height == 9)
    #expect(frame.planes.allSatisfy { Int(bitPattern: $0.data) % 64 == 0 && $0.stride % 64 == 0 })
  }
}
