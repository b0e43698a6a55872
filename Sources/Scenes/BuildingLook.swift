// What a building looks like.

/// Colours and measures of one building, in metres.
struct BuildingLook {
  let wall, trim, roof, glass: Tint
  let texture: SIMD2<Float>
  let roughness: UInt32
  /// 0 for a flat roof.
  let pitch: Float
  let floorHeight: Float
  let windowWidth, windowHeight, windowGap: Float
  let hasShop: Bool
  let shopTint: Tint
  let doorTint: Tint
  let hasBands: Bool
  /// Decides which windows are lit.
  let seed: UInt64

  private static let walls: [Tint] = [
    .rgb(150, 84, 66), .rgb(172, 110, 84), .rgb(126, 74, 62), .rgb(206, 190, 158), .rgb(222, 214, 198),
    .rgb(186, 176, 160), .rgb(160, 158, 154), .rgb(120, 122, 126), .rgb(214, 176, 120), .rgb(196, 140, 112),
    .rgb(176, 188, 178), .rgb(150, 166, 186), .rgb(232, 228, 220), .rgb(108, 92, 80), .rgb(200, 160, 150),
  ]
  private static let accents: [Tint] = [
    .rgb(150, 36, 34), .rgb(32, 66, 120), .rgb(30, 92, 62), .rgb(40, 40, 44), .rgb(196, 150, 40), .rgb(236, 236, 232),
    .rgb(110, 60, 110), .rgb(60, 130, 150),
  ]

  init(_ item: Item) {
    var dice = Dice(item.look)
    let tower = item.height > 16
    wall = dice.pick(Self.walls) * dice.range(0.8, 1.05)
    let bricks = wall.x > wall.z * 1.35
    texture = bricks ? SIMD2(9, 26) : SIMD2(3, 2)
    roughness = bricks ? 72 : 26
    trim = dice.chance(0.6) ? .rgb(224, 220, 212) : wall * 0.7
    roof = dice.pick([.rgb(92, 74, 68), .rgb(84, 86, 92), .rgb(132, 76, 58), .rgb(70, 66, 66)])
    glass = dice.pick([.rgb(58, 70, 84), .rgb(44, 50, 58), .rgb(96, 116, 134), .rgb(70, 84, 90)])
    pitch = item.height < 12 && dice.chance(0.75) ? dice.range(0.5, 0.95) : 0
    floorHeight = tower ? 3.3 : item.height < 4 ? item.height : 2.9
    let wide = tower && dice.chance(0.5)
    windowWidth = wide ? dice.range(2, 3.2) : dice.range(0.9, 1.5)
    windowHeight = wide ? dice.range(1.5, 2.2) : dice.range(1.2, 1.75)
    windowGap = wide ? dice.range(0.3, 0.8) : dice.range(0.9, 1.9)
    hasShop = item.height > 6.4 && dice.chance(item.height > 8 ? 0.6 : 0.12)
    shopTint = dice.pick(Self.accents)
    doorTint = dice.pick(Self.accents)
    hasBands = dice.chance(0.4)
    seed = dice.bits()
  }
}
