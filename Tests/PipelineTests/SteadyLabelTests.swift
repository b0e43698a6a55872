// Labels that flicker, that change and that move.
import Frames
import Testing

@testable import Pipeline

@Suite struct SteadyLabelTests {
  /// A map of one label, with another one in some cells.
  private func map(_ label: UInt8 = 0, size: Int = 9, _ cells: [(x: Int, y: Int)] = [], are other: UInt8 = 1)
    -> LabelMap
  {
    let map = LabelMap(width: size, height: size)
    map.labels.update(repeating: label, count: map.count)
    for cell in cells { map.labels[cell.y * size + cell.x] = other }
    return map
  }

  private func shown(_ filter: SteadyLabels, _ map: LabelMap) -> [UInt8] {
    let steadied = filter.steady(map)
    return Array(UnsafeBufferPointer(start: steadied.labels, count: steadied.count))
  }

  @Test func aCellThatFlipsDoesNotShow() {
    let filter = SteadyLabels()
    let quiet = shown(filter, map())
    for _ in 0..<5 {
      #expect(shown(filter, map(0, [(4, 4)])) == quiet)
      #expect(shown(filter, map(0, [(4, 4)], are: 2)) == quiet)
      #expect(shown(filter, map()) == quiet)
    }
  }

  @Test(arguments: 1...4) func whatStaysShowsOnceItWasSeenOften(patience: Int) {
    let filter = SteadyLabels(patience: patience)
    _ = filter.steady(map())
    let lit = (1...4).map { _ in shown(filter, map(0, [(4, 4)]))[4 * 9 + 4] }
    #expect(lit == (1...4).map { $0 >= patience ? 1 : 0 })
  }

  @Test func theInsideOfAThingComesAtOnceAndItsEdgeAfterwards() {
    let filter = SteadyLabels()
    _ = filter.steady(map())
    let thing = (2...6).flatMap { y in (2...6).map { (x: $0, y: y) } }
    let first = shown(filter, map(0, thing))
    #expect(first[4 * 9 + 4] == 1)
    #expect(first[2 * 9 + 2] == 0)
    _ = filter.steady(map(0, thing))
    let truth = map(0, thing)
    #expect(shown(filter, truth) == Array(UnsafeBufferPointer(start: truth.labels, count: truth.count)))
  }

  @Test func anotherSizeOrModelBeginsAnew() {
    let filter = SteadyLabels()
    _ = filter.steady(map(0))
    #expect(shown(filter, map(3, size: 5)) == [UInt8](repeating: 3, count: 25))
    let other = map(1, size: 5)
    other.revision = 1
    #expect(shown(filter, other) == [UInt8](repeating: 1, count: 25))
  }

  @Test func theMapsThatComeInAreLeftAsTheyAre() {
    let filter = SteadyLabels()
    _ = filter.steady(map())
    let second = map(0, [(4, 4)])
    _ = filter.steady(second)
    #expect(second.labels[4 * 9 + 4] == 1)
  }
}
