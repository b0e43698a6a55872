// Textures: noise that repeats without a seam.

/// u8 `[256, 256]`, tileable.
final class NoiseTile: Sendable {
  /// Fine and even, for asphalt, grass and plaster.
  static let grain = NoiseTile(octaves: [(128, 0.55), (64, 0.45)], contrast: 1.5)
  /// Patches of all sizes, for clouds, leaves and stains.
  static let cloud = NoiseTile(
    octaves: [(4, 0.3), (8, 0.27), (16, 0.2), (32, 0.13), (64, 0.1)], contrast: 2.2)

  /// Row after row.
  nonisolated(unsafe) let texels: UnsafePointer<UInt8>  // written once, before anybody else sees it

  /// - Parameter octaves: lattice points along a side (a power of two) and weight of each layer.
  init(octaves: [(lattice: Int, weight: Float)], contrast: Float) {
    let texels = UnsafeMutablePointer<UInt8>.allocate(capacity: 65536)
    var sums = [Float](repeating: 0, count: 65536)
    for octave in octaves { Self.add(lattice: octave.lattice, weight: octave.weight, to: &sums) }
    for index in 0..<65536 { texels[index] = UInt8(min(255, max(0, 128 + (sums[index] - 0.5) * contrast * 255))) }
    self.texels = UnsafePointer(texels)
  }

  deinit { texels.deallocate() }

  /// Adds value noise with bilinear interpolation between lattice points.
  private static func add(lattice: Int, weight: Float, to sums: inout [Float]) {
    var dice = Dice(UInt64(lattice), .noise)
    let values = (0..<lattice * lattice).map { _ in dice.unit() * weight }
    let cell = 256 / lattice
    for y in 0..<256 {
      let (row, next) = (y / cell * lattice, (y / cell + 1) % lattice * lattice)
      let fy = Float(y % cell) / Float(cell)
      for x in 0..<256 {
        let (column, right) = (x / cell, (x / cell + 1) % lattice)
        let fx = Float(x % cell) / Float(cell)
        let top = values[row + column] + (values[row + right] - values[row + column]) * fx
        let bottom = values[next + column] + (values[next + right] - values[next + column]) * fx
        sums[y << 8 | x] += top + (bottom - top) * fy
      }
    }
  }

  /// The texel at whole coordinates, which wrap around.
  @inline(__always)
  func texel(_ u: UInt32, _ v: UInt32) -> UInt32 { UInt32(texels[Int((v & 255) &<< 8 | u & 255)]) }
}
