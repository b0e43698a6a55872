// Everything that lies flat: carriageway, lines, kerbs, pavements, grass, and the shadows of houses.

/// One row of ground: its depth, and what turns metres across into pixels.
private struct GroundRow {
  let y: Int
  let z: Float
  let scale: Float
  /// Column of the middle of the road.
  let middle: Float
  let block: Block
  /// Metres since the start of the block.
  let along: Float
  let veil: UInt32
  /// Metres from one row to the next: marks much shorter than that blur.
  let thickness: Float
}

extension Painter {
  func paintGround() {
    var block = Block(Int((view.travelled / Double(scene.road.blockLength)).rounded(.down)), of: scene)
    for y in stride(from: canvas.height - 1, through: view.firstGroundRow, by: -1) {
      let z = view.rowDepth[y]
      let place = view.travelled + Double(z)
      while place >= block.end { block = Block(block.index + 1, of: scene) }
      let scale = view.scale(z)
      let thickness = y > 0 ? min(50, max(0.001, view.rowDepth[y - 1] - z)) : 50
      paint(
        GroundRow(
          y: y, z: z, scale: scale, middle: view.centerX + (view.bend(z) - view.eyeT) * scale, block: block,
          along: Float(place - block.start), veil: light.veil(z), thickness: thickness))
    }
  }

  private func paint(_ row: GroundRow) {
    let road = scene.road
    let inMouth = row.along < row.block.mouth
    let left = edge(row, onRight: false, opens: inMouth && row.block.sideStreet.left)
    let right = edge(row, onRight: true, opens: inMouth && row.block.sideStreet.right)
    paintBeside(row, onRight: false, kerb: left)
    paintBeside(row, onRight: true, kerb: right)
    texture(row, left, right, asphaltTint(row), .road, roughness: 80, patches: 40)
    paintWheelTracks(row)
    if !inMouth { paintLines(row, road) }
    if road.halfTraffic > 0, scene.weather.night > 0.5 { paintLampPools(row) }
  }

  /// Where the carriageway ends on one side; it widens around the corners of a side street.
  private func edge(_ row: GroundRow, onRight: Bool, opens: Bool) -> Float {
    let kerb = onRight ? scene.road.kerbRight : scene.road.kerbLeft
    if opens { return onRight ? 1e4 : -1e4 }
    guard row.block.mouth > 0, row.block.opens(onRight: onRight) else { return kerb }
    let beyond = row.along - row.block.mouth
    guard beyond < 4 else { return kerb }
    let flare = 4 - (max(0, 16 - (4 - beyond) * (4 - beyond))).squareRoot()
    return onRight ? kerb + flare : kerb - flare
  }

  private func asphaltTint(_ row: GroundRow) -> Tint {
    let wet = scene.weather.wetness
    return scene.road.asphalt * (1 - 0.4 * wet)
  }

  /// Kerb, verge, pavement and the ground behind them, from the kerb outwards.
  private func paintBeside(_ row: GroundRow, onRight: Bool, kerb: Float) {
    guard abs(kerb) < 1e3 else { return }
    let road = scene.road
    let sign: Float = onRight ? 1 : -1
    var place = kerb
    func strip(_ width: Float, _ tint: Tint, _ label: SceneClass, _ roughness: UInt32, _ patches: UInt32) {
      guard width > 0 else { return }
      let next = place + sign * width
      texture(row, min(place, next), max(place, next), tint, label, roughness: roughness, patches: patches)
      place = next
    }
    let wet = 1 - 0.25 * scene.weather.wetness
    strip(road.kerb, Tint(0.66, 0.65, 0.62) * wet, .pavement, 40, 20)
    strip(road.verge, .rgb(100, 134, 60), .terrain, 120, 70)
    strip(road.pavement, road.paving * wet * slabs(row), .pavement, 50, 60)
    let ground = row.block.groundTint(onRight: onRight)
    strip(1e4, ground.tint, ground.label, 120, 80)
  }

  /// Joints between slabs across the pavement.
  private func slabs(_ row: GroundRow) -> Float {
    let part = row.along / 0.9
    return row.thickness < 0.12 && part - part.rounded(.down) < 0.06 ? 0.8 : 1
  }

  /// Part of the row between two places across, coloured by fine noise and by patches.
  private func texture(
    _ row: GroundRow, _ left: Float, _ right: Float, _ tint: Tint, _ label: SceneClass, roughness: UInt32,
    patches: UInt32
  ) {
    let columns = canvas.columns(row.middle + left * row.scale, row.middle + right * row.scale)
    guard !columns.isEmpty else { return }
    // Where a pixel holds many texels, they average out.
    let fade = min(1, 0.02 / row.thickness)
    let fine = UInt32(Float(roughness) * fade)
    let coarse = UInt32(Float(patches) * min(1, 4 / row.thickness))
    // The noise only darkens: what it takes on average is added before.
    let mean = 1 / (1 - Float(fine + coarse) / 512)
    let ink = Ink(light.lit(tint * mean, .up, z: row.z)).mixed(with: light.airInk, by: row.veil)
    let place = view.travelled + Double(row.z)
    let (fineV, coarseV) = (texel(place * 100), texel(place * 2.3))
    let perPixel = 65536 / row.scale
    let first = Float(columns.lowerBound) - row.middle
    var (u, w) = (fixed(first * perPixel * 100), fixed(first * perPixel * 2.3))
    let (stepU, stepW) = (fixed(perPixel * 100), fixed(perPixel * 2.3))
    let line = canvas.inks + row.y * canvas.stride
    let (grain, cloud) = (NoiseTile.grain, NoiseTile.cloud)
    for x in columns {
      let dark = grain.texel(u >> 16, fineV) &* fine &+ cloud.texel(w >> 16, coarseV) &* coarse
      line[x] = ink.scaled(by: 256 &- (dark >> 8)).bits
      u = u &+ stepU
      w = w &+ stepW
    }
    (canvas.labels + row.y * canvas.width + columns.lowerBound).update(repeating: label.rawValue, count: columns.count)
  }

  private func texel(_ value: Double) -> UInt32 { UInt32(truncatingIfNeeded: Int64(value)) }

  /// Two darker bands in every lane, where the wheels run.
  private func paintWheelTracks(_ row: GroundRow) {
    let road = scene.road
    for lane in -road.lanes..<road.lanes {
      let middle = (Float(lane) + 0.5) * road.laneWidth
      for track in [middle - 0.8, middle + 0.8] {
        let left = row.middle + (track - 0.28) * row.scale
        canvas.shade(row.y, canvas.columns(left, left + 0.56 * row.scale), 240)
      }
    }
  }

  /// Lamps at night light the road around them.
  private func paintLampPools(_ row: GroundRow) {
    let part = (row.along / Self.lampSpacing - 0.5).magnitude
    let near = abs(part - part.rounded()) * 2
    canvas.shade(row.y, 0..<canvas.width, UInt32(256 - 90 * min(1, near)))
  }
}

// Lines on the carriageway.
extension Painter {
  private func paintLines(_ row: GroundRow, _ road: RoadPlan) {
    let along = row.along - row.block.mouth
    let atCrossing = row.block.hasCrossing && along >= 3 && along < 3 + Block.crossingLength
    if atCrossing { return paintCrossing(row) }
    if row.block.hasCrossing, along >= 1.2, along < 7.4 { return }
    if row.block.hasCrossing, along >= 7.4, along < 7.8 { return paintStopLine(row) }
    let dash = dashes(row, length: 3, period: 9)
    if scene.district == .motorway {
      line(row, -0.55, 0.15, 1, road.centreTint)
      line(row, 0.55, 0.15, 1, road.centreTint)
    } else if road.hasDoubleCentre {
      line(row, -0.13, 0.11, 1, road.centreTint)
      line(row, 0.13, 0.11, 1, road.centreTint)
    } else {
      line(row, 0, 0.13, dash, road.centreTint)
    }
    for lane in 1..<max(1, road.lanes) {
      line(row, Float(lane) * road.laneWidth, 0.12, dash, Self.white)
      line(row, -Float(lane) * road.laneWidth, 0.12, dash, Self.white)
    }
    paintEdges(row, road)
  }

  private static let white = Tint.rgb(228, 228, 224)

  private func paintEdges(_ row: GroundRow, _ road: RoadPlan) {
    let lanes = Float(road.lanes) * road.laneWidth
    if road.hasEdgeLines {
      line(row, lanes - 0.15, 0.14, 1, Self.white)
      line(row, -lanes + 0.15, 0.14, 1, Self.white)
    }
    if road.cycleLane {
      let dash = dashes(row, length: 2, period: 4)
      line(row, lanes + 0.05, 0.14, dash, Self.white)
      line(row, -lanes - 0.05, 0.14, dash, Self.white)
    }
    let bays = dashes(row, length: 0.12, period: 6)
    if bays > 0 {
      if road.parkingLeft > 0 { line(row, road.kerbLeft + road.parkingLeft / 2, road.parkingLeft, bays, Self.white) }
      if road.parkingRight > 0 {
        line(row, road.kerbRight - road.parkingRight / 2, road.parkingRight, bays, Self.white)
      }
    }
  }

  /// The share of a row's thickness that dashes cover.
  private func dashes(_ row: GroundRow, length: Float, period: Float) -> Float {
    let part = (row.along / period - (row.along / period).rounded(.down)) * period
    let covered = max(0, min(part + row.thickness, length) - part) + max(0, part + row.thickness - period)
    return min(1, covered / row.thickness)
  }

  /// A line along the road, `width` metres wide around `t`; labelled where it covers most of the row.
  private func line(_ row: GroundRow, _ t: Float, _ width: Float, _ cover: Float, _ tint: Tint) {
    guard cover > 0.3 else { return }
    let left = row.middle + (t - width / 2) * row.scale
    // Far away a line is thinner than a pixel: it keeps one, and fades.
    let right = max(left + width * row.scale, left + 0.8)
    let strength = min(1, width * row.scale + 0.25) * cover
    let ink = light.ink(tint, .up, z: row.z)
    let line = canvas.inks + row.y * canvas.stride
    let columns = canvas.columns(left, right)
    for x in columns {
      let wear =
        150 + (NoiseTile.cloud.texel(UInt32(x & 0xFFFF) &* 3, texel((view.travelled + Double(row.z)) * 20)) >> 2)
      line[x] = Ink(bits: line[x]).mixed(with: ink, by: UInt32(Float(wear) * strength)).bits
    }
    let labels = canvas.labels + row.y * canvas.width
    if cover >= 0.5 { for x in columns { labels[x] = SceneClass.laneMarking.rawValue } }
  }

  /// Bars along the road, from kerb to kerb.
  private func paintCrossing(_ row: GroundRow) {
    var t = scene.road.kerbLeft + 0.4
    while t < scene.road.kerbRight - 0.4 {
      line(row, t + 0.25, 0.5, 1, Self.white)
      t += 1
    }
  }

  /// A bar across the lanes that come up to the crossing.
  private func paintStopLine(_ row: GroundRow) {
    let road = scene.road
    let width = Float(road.lanes) * road.laneWidth
    line(row, -road.side * width / 2, width - 0.3, 1, Self.white)
  }
}
