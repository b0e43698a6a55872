// Files with damage that can be made again from a seed.
import Foundation

/// A small generator of numbers; the same seed gives the same numbers everywhere.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// One way of damaging a file's bytes.
enum Mutation: CaseIterable {
  case flipBits, overwriteRun, cut, removeRun, repeatRun, extremeNumber, swapRuns

  func apply(to data: inout Data, _ numbers: inout SeededNumbers) {
    guard data.count > 8 else { return }
    func place(_ numbers: inout SeededNumbers) -> Int {
      // Headers matter most.
      Bool.random(using: &numbers)
        ? .random(in: 0..<min(data.count, 2048), using: &numbers) : .random(in: 0..<data.count, using: &numbers)
    }
    let at = place(&numbers)
    let length = Int.random(in: 1...min(64, data.count - at), using: &numbers)
    switch self {
    case .flipBits: for _ in 0..<8 { data[place(&numbers)] ^= 1 << UInt8.random(in: 0..<8, using: &numbers) }
    case .overwriteRun: for i in at..<at + length { data[i] = .random(in: 0...255, using: &numbers) }
    case .cut: data = data.prefix(at)
    case .removeRun: data.removeSubrange(at..<at + length)
    case .repeatRun: data.insert(contentsOf: data[at..<at + length], at: at)
    case .extremeNumber:
      for i in at..<min(data.count, at + 4) { data[i] = Bool.random(using: &numbers) ? 0xFF : 0x7F }
    case .swapRuns:
      let other = Int.random(in: 0..<data.count - length, using: &numbers)
      let run = Data(data[at..<at + length])
      let second = Data(data[other..<other + length])
      data.replaceSubrange(at..<at + length, with: second)
      data.replaceSubrange(other..<other + length, with: run)
    }
    data = Data(data)
  }
}
