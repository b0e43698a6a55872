import CKernels
import Testing

@Suite struct RequantizeTests {
  @Test func tiesGoToTheEvenCode() {
    let halves: [(Int32, UInt8)] = [(1, 0), (3, 2), (5, 2), (7, 4), (509, 254), (511, 255)]
    for (acc, expected) in halves { #expect(ck_requantize(acc, 0.5, 0) == expected) }
    #expect(ck_requantize(-1, 0.5, 10) == 10)
    #expect(ck_requantize(-3, 0.5, 10) == 8)
  }

  @Test func codesAreClampedAtBothEnds() {
    #expect(ck_requantize(.max, 1, 0) == 255 && ck_requantize(.min, 1, 255) == 0)
    #expect(ck_requantize(.max, 1e30, 0) == 255 && ck_requantize(.min, 1e30, 255) == 0)
    #expect(ck_requantize(-1, 1, 0) == 0 && ck_requantize(256, 1, 0) == 255)
  }
}
