import Tensors
import Testing

@Suite struct ArenaTests {
  @Test func tensorsAliveAtTheSameTimeDoNotOverlap() {
    var plan = ArenaPlan()
    var generator = SystemRandomNumberGenerator()
    let requests = (0..<40).map { _ in
      let first = Int.random(in: 0..<20, using: &generator)
      return (bytes: Int.random(in: 1..<5000, using: &generator), lifetime: first...first + Int.random(in: 0..<6))
    }
    for request in requests { _ = plan.reserve(byteCount: request.bytes, lifetime: request.lifetime) }
    let (offsets, byteCount) = plan.layout()
    #expect((plan.lowerBound...plan.unsharedByteCount).contains(byteCount))
    for a in requests.indices {
      #expect(offsets[a] % 64 == 0 && offsets[a] + requests[a].bytes <= byteCount)
      for b in requests.indices where b > a && requests[a].lifetime.overlaps(requests[b].lifetime) {
        #expect(offsets[a] + requests[a].bytes <= offsets[b] || offsets[b] + requests[b].bytes <= offsets[a])
      }
    }
  }

  @Test func memoryIsUsedAgainWhenLifetimesDoNotMeet() {
    var plan = ArenaPlan()
    for step in 0..<10 { _ = plan.reserve(byteCount: 640, lifetime: step...step + 1) }
    #expect(plan.layout().byteCount == 2 * 640)
    #expect(plan.lowerBound == 2 * 640 && plan.unsharedByteCount == 10 * 640)
  }
}
