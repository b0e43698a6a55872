// One plane of an overlay.
import Frames
import Tensors

/// Blends class colours into the samples of one plane, from one frame to another.
struct PlanePainter {
  let mapping: LabelMapping
  let table: BlendTable
  let kernels: Kernels
  let isWide: Bool

  /// - Parameters:
  ///   - labels: of the mapping's map size.
  ///   - line: room for a row of labels.
  func paint(_ source: Plane, labels: UnsafePointer<UInt8>, line: UnsafeMutablePointer<UInt8>, into target: Plane) {
    for y in 0..<source.height {
      if y == 0 || mapping.rows[y] != mapping.rows[y - 1] { mapping.expand(labels, row: y, into: line) }
      if isWide {
        kernels.blendRow(from: source.row16(y), to: target.row16(y), labels: line, count: source.width, table: table)
      } else {
        kernels.blendRow(from: source.row(y), to: target.row(y), labels: line, count: source.width, table: table)
      }
    }
  }
}

extension Plane {
  /// Copies the samples to a plane of the same size.
  func copy(to target: Plane, bytesPerSample: Int) {
    for y in 0..<height { target.row(y).update(from: row(y), count: width * bytesPerSample) }
  }

  /// The part of the plane from (`x`, `y`) on.
  func part(x: Int, y: Int, width: Int, height: Int, bytesPerSample: Int) -> Plane {
    Plane(data: data + y * stride + x * bytesPerSample, stride: stride, width: width, height: height)
  }
}
