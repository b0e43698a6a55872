// Traffic signs.

extension Painter {
  func paintSign(_ item: Item) {
    guard item.near > 0.8 else { return }
    var dice = Dice(item.look)
    post(item, to: item.height + 0.5, radius: 0.035, .rgb(150, 152, 154))
    let scale = view.scale(item.near)
    let center = view.project(item.near, item.middle, item.height + 0.2)
    // Signs for the other direction show their grey backs.
    guard (item.middle > 0) == (scene.road.side > 0) || dice.chance(0.2) else {
      let back = light.ink(.rgb(120, 122, 124), .near, z: item.near)
      return canvas.ellipse(center, 0.32 * scale, 0.32 * scale, back, .sign)
    }
    let board = Board(center: center, radius: 0.34 * scale, z: item.near)
    switch dice.below(6) {
    case 0: paintLimit(board)
    case 1: paintNoEntry(board)
    case 2: paintWarning(board)
    case 3: paintArrow(board)
    case 4: paintParking(board)
    default: paintDirections(board)
    }
  }

  /// The place of a sign in the picture, in pixels, and its depth.
  private struct Board {
    let center: SIMD2<Float>
    let radius, z: Float
  }

  private func ink(_ board: Board, _ red: Float, _ green: Float, _ blue: Float) -> Ink {
    light.ink(.rgb(red, green, blue) * 1.15, .near, z: board.z)
  }

  private func red(_ board: Board) -> Ink { ink(board, 206, 30, 34) }
  private func white(_ board: Board) -> Ink { ink(board, 240, 240, 238) }
  private func blue(_ board: Board) -> Ink { ink(board, 24, 76, 160) }

  /// A rectangle from one corner to the other, in radii from the middle.
  private func bar(_ board: Board, _ left: Float, _ top: Float, _ right: Float, _ bottom: Float, _ ink: Ink) {
    let (x, y, radius) = (board.center.x, board.center.y, board.radius)
    canvas.rect(x + radius * left, y + radius * top, x + radius * right, y + radius * bottom, ink, .sign)
  }

  private func disc(_ board: Board, _ size: Float, _ ink: Ink) {
    canvas.ellipse(board.center, board.radius * size, board.radius * size, ink, .sign)
  }

  private func paintLimit(_ board: Board) {
    disc(board, 1, red(board))
    disc(board, 0.74, white(board))
    bar(board, -0.4, -0.16, 0.4, 0.16, ink(board, 30, 30, 30))
  }

  private func paintNoEntry(_ board: Board) {
    disc(board, 1, red(board))
    bar(board, -0.4, -0.16, 0.4, 0.16, white(board))
  }

  private func paintWarning(_ board: Board) {
    for (size, ink) in [(Float(1.1), red(board)), (0.72, white(board))] {
      let radius = board.radius * size
      canvas.begin()
      canvas.corner(board.center + SIMD2(0, -radius))
      canvas.corner(board.center + SIMD2(radius, radius * 0.75))
      canvas.corner(board.center + SIMD2(-radius, radius * 0.75))
      canvas.fill(ink, .sign)
    }
  }

  private func paintArrow(_ board: Board) {
    disc(board, 1, blue(board))
    bar(board, -0.12, -0.6, 0.12, 0.6, white(board))
  }

  private func paintParking(_ board: Board) {
    bar(board, -1, -1, 1, 1, blue(board))
    bar(board, -0.35, -0.6, 0.35, 0.6, white(board))
  }

  private func paintDirections(_ board: Board) {
    let isGreen = scene.seed & 2 == 0
    bar(board, -2.2, -1, 2.2, 0.6, isGreen ? ink(board, 30, 110, 70) : white(board))
    let text = isGreen ? white(board) : ink(board, 40, 40, 44)
    for line in [Float(-0.6), -0.05] { bar(board, -1.8, line, 1.1, line + 0.28, text) }
  }
}
