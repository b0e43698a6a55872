// An activation during the reading of a graph: where each of its elements comes from.

/// A tensor that holds elements of one operation's result, in any arrangement.
///
/// Exporters spell out one step in many ways: Keras enlarges by Unsqueeze, Tile, Transpose and Reshape, and crops by a
/// Slice between bounds that it computes. Instead of knowing them all, the reader lets movements rearrange the places of
/// the elements and looks at what came out.
struct View {
  let operation: Int
  /// Of the operation's result.
  let size: Operation.Size
  /// By element: its place in the result as `[C, H, W]`, or −1 for a zero. nil: `[1, C, H, W]` as it is.
  private(set) var places: Grid<Int32>?

  init(operation: Int, size: Operation.Size, places: Grid<Int32>? = nil) {
    (self.operation, self.size) = (operation, size)
    self.places = places
  }

  private var natural: [Int] { [1, size.channels, size.height, size.width] }

  var shape: [Int] { places?.shape ?? natural }

  /// nil for a result too large to be followed element by element.
  private var allPlaces: Grid<Int32>? {
    if let places { return places }
    guard let count = Grid<Int32>.count(of: natural) else { return nil }
    return Grid(natural, (0..<Int32(count)).map { $0 })
  }

  /// The view after a movement; nil when it does not fit.
  func rearranged(_ movement: Movement) -> View? {
    if case .reshape(let sides) = movement, sides == shape { return self }
    if case .select(let axes) = movement, zip(axes, shape).allSatisfy({ $0 == Array(0..<$1) }),
      axes.count == shape.count
    {
      return self
    }
    guard let moved = allPlaces?.rearranged(movement, fill: -1) else { return nil }
    let isNatural = moved.shape == natural && moved.values.enumerated().allSatisfy { $0 == Int($1) }
    return View(operation: operation, size: size, places: isNatural ? nil : moved)
  }

  /// The same arrangement of another operation's result of equal size.
  func moved(to operation: Int) -> View { View(operation: operation, size: size, places: places) }

  /// What was done to the result, if the view is `[1, C, H', W']` and it is one of the things that can be.
  var change: (change: Operation.Change, size: Operation.Size)? {
    guard let places else { return (.none, size) }
    let shape = places.shape
    guard shape.count == 4, shape[0] == 1, shape[1] == size.channels else { return nil }
    let after = Operation.Size(channels: shape[1], height: shape[2], width: shape[3])
    if after.height == 2 * size.height, after.width == 2 * size.width,
      agrees(places, after, { ($0 / 2, $1 / 2) })
    {
      return (.doubled, after)
    }
    guard let first = places.values.firstIndex(where: { $0 >= 0 }) else { return nil }
    let (row, column) = (first / after.width % after.height, first % after.width)
    let place = Int(places.values[first])
    let (top, left) = (row - place / size.width % size.height, column - place % size.width)
    guard agrees(places, after, { ($0 - top, $1 - left) }) else { return nil }
    let (bottom, right) = (after.height - size.height - top, after.width - size.width - left)
    return (.framed(top: top, left: left, bottom: bottom, right: right), after)
  }

  /// Whether each element comes from the row and column that `origin` says, or is a zero outside of the result.
  private func agrees(
    _ places: Grid<Int32>, _ after: Operation.Size, _ origin: (_ y: Int, _ x: Int) -> (Int, Int)
  ) -> Bool {
    var index = 0
    for c in 0..<after.channels {
      for y in 0..<after.height {
        for x in 0..<after.width {
          let (row, column) = origin(y, x)
          let isInside = row >= 0 && row < size.height && column >= 0 && column < size.width
          let place = isInside ? (c * size.height + row) * size.width + column : -1
          guard Int(places.values[index]) == place else { return false }
          index += 1
        }
      }
    }
    return true
  }

  /// The value of each channel of the result when `values` meet the elements one by one; nil when it depends on more than
  /// the channel.
  func byChannel(_ values: [Double]) -> [Float]? {
    guard let allPlaces else { return nil }
    let area = size.height * size.width
    var channels = [Double?](repeating: nil, count: size.channels)
    for (place, value) in zip(allPlaces.values, values) where place >= 0 {
      let channel = Int(place) / area
      guard channels[channel] == nil || channels[channel] == value else { return nil }
      channels[channel] = value
    }
    let known = channels.compactMap { $0.map { Float($0) } }
    return known.count == size.channels ? known : nil
  }

  /// Whether each element of the result is there once, in whatever order.
  var isWhole: Bool {
    guard let places else { return true }
    return hasNoFill && Set(places.values).count == places.values.count
      && places.values.count == Grid<Int32>.count(of: natural)
  }

  /// Whether no element is a zero that the result does not have.
  var hasNoFill: Bool { places.map { !$0.values.contains(-1) } ?? true }
}
