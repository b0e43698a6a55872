// In which order the pictures of several data sets come.
import Synchronization

/// Parts by their shares, evenly spread, and the pictures of a part in a new order each time round: what comes at a place
/// depends on the seed and the place alone.
final class StreamOrder: Sendable {
  /// What was worked out last; the stream is asked for place after place.
  private struct Memory {
    /// Places before `place` that each part has had.
    var (place, turns): (Int, [Int])
    /// The last round of each part, and its order.
    var rounds: [(number: Int, order: [Int])]
  }

  private let shares: [Double]
  private let counts: [Int]
  private let seed: UInt64
  private let memory: Mutex<Memory>

  /// - Parameters:
  ///   - shares: of each part, 1 in sum.
  ///   - counts: pictures of each part.
  init(shares: [Double], counts: [Int], seed: UInt64) {
    precondition(shares.count == counts.count && counts.allSatisfy { $0 > 0 }, "every part needs a share and pictures")
    (self.shares, self.counts, self.seed) = (shares, counts, seed)
    memory = Mutex(
      Memory(place: 0, turns: shares.map { _ in 0 }, rounds: shares.map { _ in (number: -1, order: []) }))
  }

  /// - Complexity: O(positions) when they follow on those asked for last; else O(positions.upperBound), some nanoseconds
  ///   each.
  func choices(at positions: Range<Int>) -> [(part: Int, index: Int)] {
    memory.withLock { memory in
      if positions.lowerBound < memory.place { (memory.place, memory.turns) = (0, shares.map { _ in 0 }) }
      for place in memory.place..<positions.lowerBound { memory.turns[part(at: place)] += 1 }
      memory.place = positions.upperBound
      return positions.map { place in
        let part = part(at: place)
        defer { memory.turns[part] += 1 }
        return (part, picture(of: part, turn: memory.turns[part], &memory))
      }
    }
  }

  /// Multiples of the golden ratio fill 0…1 evenly at every length, so parts come evenly spread in time.
  private func part(at place: Int) -> Int {
    guard shares.count > 1 else { return 0 }
    let level = (Double(place) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    var sum = 0.0
    for (part, share) in shares.enumerated() {
      sum += share
      if level < sum { return part }
    }
    return shares.count - 1
  }

  /// The picture at a turn of a part: each round shows all of them in an order of its own.
  private func picture(of part: Int, turn: Int, _ memory: inout Memory) -> Int {
    let number = turn / counts[part]
    if memory.rounds[part].number != number {
      var random = SeededRandom(seed: seed, index: UInt64(number * counts.count + part))
      memory.rounds[part] = (number, (0..<counts[part]).shuffled(using: &random))
    }
    return memory.rounds[part].order[turn % counts[part]]
  }
}
