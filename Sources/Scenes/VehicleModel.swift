// The shapes and colours of cars, vans, lorries and buses.

/// One vehicle, made of two solids with a profile each.
struct VehicleModel {
  let kind: Kind
  let length, width: Float
  let tint: Tint
  let label: SceneClass

  enum Kind { case hatchback, saloon, offRoad, van, lorry, bus }

  init(look: UInt64) {
    var dice = Dice(look)
    let roll = dice.unit()
    switch roll {
    case ..<0.36: (kind, length, width, label) = (.hatchback, dice.range(3.7, 4.2), 1.72, .car)
    case ..<0.64: (kind, length, width, label) = (.saloon, dice.range(4.3, 4.8), 1.8, .car)
    case ..<0.84: (kind, length, width, label) = (.offRoad, dice.range(4.3, 4.8), 1.88, .car)
    case ..<0.93: (kind, length, width, label) = (.van, dice.range(4.8, 5.6), 1.95, .car)
    case ..<0.97 where look >> 62 & 1 == 0: (kind, length, width, label) = (.lorry, dice.range(7, 9), 2.3, .truck)
    case _ where look >> 62 & 1 == 0: (kind, length, width, label) = (.bus, dice.range(10, 12), 2.5, .bus)
    default: (kind, length, width, label) = (.hatchback, 3.9, 1.72, .car)
    }
    let paints: [Tint] =
      kind == .bus ? Self.busPaints : kind == .van || kind == .lorry ? Self.vanPaints : Self.paints
    tint = dice.pick(paints) * dice.range(0.9, 1.08)
  }

  private static let paints: [Tint] = [
    .rgb(226, 228, 230), .rgb(176, 180, 184), .rgb(104, 108, 112), .rgb(38, 40, 44), .rgb(24, 26, 30),
    .rgb(36, 58, 110),
    .rgb(152, 28, 30), .rgb(196, 200, 204), .rgb(84, 110, 146), .rgb(40, 74, 58), .rgb(172, 156, 128),
    .rgb(208, 160, 40),
    .rgb(120, 40, 44), .rgb(150, 154, 160),
  ]
  private static let vanPaints: [Tint] = [
    .rgb(232, 232, 230), .rgb(224, 226, 228), .rgb(60, 84, 130), .rgb(180, 44, 40), .rgb(210, 170, 60),
    .rgb(110, 114, 118),
  ]
  private static let busPaints: [Tint] = [.rgb(188, 34, 36), .rgb(36, 104, 72), .rgb(230, 200, 60), .rgb(40, 84, 150)]

  /// The lower solid: places along in half lengths, front positive, and metres up; from the rear's foot clockwise.
  var body: [SIMD2<Float>] {
    switch kind {
    case .hatchback, .saloon: Self.carBody
    case .offRoad: Self.offRoadBody
    case .van: Self.vanBody
    case .lorry: Self.cargo
    case .bus: Self.busBody
    }
  }

  /// The upper solid with the windows; a lorry's is its cab.
  var cabin: [SIMD2<Float>] {
    switch kind {
    case .hatchback: Self.hatchCabin
    case .saloon: Self.saloonCabin
    case .offRoad: Self.offRoadCabin
    case .van: Self.vanCabin
    case .lorry: Self.lorryCab
    case .bus: []
    }
  }

  private static let carBody: [SIMD2<Float>] = [
    [-0.98, 0.28], [-1, 0.6], [-0.96, 0.9], [0.5, 0.9], [0.93, 0.76], [1, 0.55], [0.98, 0.28],
  ]
  private static let offRoadBody: [SIMD2<Float>] = [
    [-0.98, 0.34], [-1, 0.7], [-0.97, 1.05], [0.5, 1.05], [0.94, 0.94], [1, 0.65], [0.98, 0.34],
  ]
  private static let vanBody: [SIMD2<Float>] = [
    [-1, 0.32], [-1, 1.15], [0.72, 1.15], [0.95, 0.95], [1, 0.6], [0.98, 0.32],
  ]
  private static let cargo: [SIMD2<Float>] = [[-1, 0.8], [-1, 3.3], [0.5, 3.3], [0.5, 0.8]]
  private static let busBody: [SIMD2<Float>] = [[-1, 0.32], [-1, 3], [0.985, 3], [1, 1.2], [1, 0.32]]
  private static let hatchCabin: [SIMD2<Float>] = [[-0.93, 0.9], [-0.74, 1.44], [0.08, 1.48], [0.52, 0.9]]
  private static let saloonCabin: [SIMD2<Float>] = [[-0.7, 0.9], [-0.42, 1.4], [0.1, 1.43], [0.48, 0.9]]
  private static let offRoadCabin: [SIMD2<Float>] = [[-0.95, 1.05], [-0.82, 1.68], [0.12, 1.72], [0.48, 1.05]]
  private static let vanCabin: [SIMD2<Float>] = [[-1, 1.15], [-0.98, 2.1], [0.3, 2.15], [0.72, 1.15]]
  private static let lorryCab: [SIMD2<Float>] = [[0.54, 0.5], [0.54, 2.7], [0.92, 2.7], [1, 1.5], [1, 0.5]]

  /// Height of the roof in metres.
  var height: Float { max(body.reduce(0) { max($0, $1.y) }, cabin.reduce(0) { max($0, $1.y) }) }
}
