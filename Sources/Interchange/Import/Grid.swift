// Arrays of any rank and the ways to rearrange them, the same for numbers and for places.

/// An array with its shape, last dimension innermost.
struct Grid<Element> {
  private(set) var shape: [Int]
  private(set) var values: [Element]

  /// Elements that an array may have; what a graph asks for beyond is a mistake or an attack.
  static var limit: Int { 1 << 25 }
  /// Axes that an array may have.
  static var rankLimit: Int { 16 }

  /// `shape`'s product must be the number of values.
  init(_ shape: [Int], _ values: [Element]) {
    self.shape = shape
    self.values = values
  }

  /// The product of `shape`; nil for negative sides and beyond the limit.
  static func count(of shape: [Int]) -> Int? {
    var count = 1
    for side in shape {
      guard side >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard !overflow, product <= limit else { return nil }
      count = product
    }
    return count
  }

  func map<Other>(_ transform: (Element) -> Other) -> Grid<Other> { Grid<Other>(shape, values.map(transform)) }

  /// The array rearranged; `fill` stands where a selection names no place. Nil when it does not fit or gets too large.
  func rearranged(_ movement: Movement, fill: Element) -> Grid? {
    guard movement.fits(shape), let count = Self.count(of: movement.shape(from: shape)) else { return nil }
    switch movement {
    case .reshape(let sides): return Grid(sides, values)
    case .transpose(let order): return transposed(order, count: count)
    case .select(let axes): return selected(axes, count: count, fill: fill)
    }
  }

  private func transposed(_ order: [Int], count: Int) -> Grid {
    let steps = Self.steps(of: shape)
    let result = order.map { shape[$0] }
    let axes = order.map { axis in (0..<shape[axis]).map { $0 * steps[axis] } }
    var values: [Element] = []
    values.reserveCapacity(count)
    Self.visit(axes) { offset in if let offset { values.append(self.values[offset]) } }
    return Grid(result, values)
  }

  private func selected(_ axes: [[Int]], count: Int, fill: Element) -> Grid {
    let steps = Self.steps(of: shape)
    let offsets = zip(axes, steps).map { places, step in places.map { $0 < 0 ? -1 : $0 * step } }
    var values: [Element] = []
    values.reserveCapacity(count)
    Self.visit(offsets) { offset in values.append(offset.map { self.values[$0] } ?? fill) }
    return Grid(axes.map(\.count), values)
  }

  /// Elements between neighbours along each axis.
  private static func steps(of shape: [Int]) -> [Int] {
    var (steps, step) = ([Int](repeating: 1, count: shape.count), 1)
    for axis in shape.indices.reversed() {
      steps[axis] = step
      step *= shape[axis]
    }
    return steps
  }

  /// Calls `body` with the sum of one offset per axis, for all combinations in order; nil where one of them is −1.
  private static func visit(_ axes: [[Int]], _ body: (Int?) -> Void) {
    func visit(_ axis: Int, _ sum: Int?) {
      guard axis < axes.count else { return body(sum) }
      for offset in axes[axis] { visit(axis + 1, sum.flatMap { offset < 0 ? nil : $0 + offset }) }
    }
    visit(0, 0)
  }
}

/// A rearrangement of an array that looks at no values.
enum Movement {
  /// The same elements in another shape.
  case reshape([Int])
  /// Axes in another order: axis i of the result is axis `order[i]`.
  case transpose([Int])
  /// For each axis, which places to take, in order; −1 for the fill.
  case select([[Int]])

  /// Whether it can be applied to an array of `shape`.
  func fits(_ shape: [Int]) -> Bool {
    guard shape.count <= Grid<Int>.rankLimit else { return false }
    return switch self {
    case .reshape(let sides):
      sides.count <= Grid<Int>.rankLimit && Grid<Int>.count(of: sides) == Grid<Int>.count(of: shape)
    case .transpose(let order): order.sorted() == Array(shape.indices)
    case .select(let axes):
      axes.count == shape.count && zip(axes, shape).allSatisfy { places, side in places.allSatisfy { $0 < side } }
    }
  }

  /// The shape of the result.
  func shape(from shape: [Int]) -> [Int] {
    switch self {
    case .reshape(let sides): sides
    case .transpose(let order): order.map { shape[$0] }
    case .select(let axes): axes.map(\.count)
    }
  }
}
