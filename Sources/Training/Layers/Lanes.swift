// Eight floats at a time.

/// Eight floats, as wide as the smallest registers that loops over them are written for.
typealias Lanes = SIMD8<Float>

/// Memory that is 32-byte aligned, by eight floats.
@inline(__always)
func lanes(_ pointer: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Lanes> {
  UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Lanes.self)
}
