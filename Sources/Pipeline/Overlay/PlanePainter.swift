// One plane of an overlay.
import Frames
import Tensors

/// Blends class colours into the samples of one plane, from one frame to another.
struct PlanePainter {
  let lines: LabelLines
  let table: BlendTable
  let kernels: Kernels
  let isWide: Bool

  /// - Parameters:
  ///   - labels: of the mapping's map size.
  ///   - line: room for a row of labels.
  func paint(_ source: Plane, labels: UnsafePointer<UInt8>, line: UnsafeMutablePointer<UInt8>, into target: Plane) {
    for y in 0..<source.height {
      lines.expand(labels, row: y, into: line)
      if isWide {
        kernels.blendRow(from: source.row16(y), to: target.row16(y), labels: line, count: source.width, table: table)
      } else {
        kernels.blendRow(from: source.row(y), to: target.row(y), labels: line, count: source.width, table: table)
      }
    }
  }
}

/// How the samples of a plane come to their labels.
enum LabelLines {
  case nearest(LabelMapping)
  case smooth(SmoothLabels)

  init(_ key: LabelMapping.Key, _ edges: OverlayStyle.Edges) {
    switch edges {
    case .nearest: self = .nearest(LabelMapping(key))
    case .smooth: self = .smooth(SmoothLabels(key))
    }
  }

  /// Writes the labels of row `y` into the line that holds those of the row before; rows are taken in order.
  func expand(_ labels: UnsafePointer<UInt8>, row y: Int, into line: UnsafeMutablePointer<UInt8>) {
    switch self {
    case .nearest(let mapping):
      if y == 0 || mapping.rows[y] != mapping.rows[y - 1] { mapping.expand(labels, row: y, into: line) }
    case .smooth(let smooth): smooth.expand(labels, row: y, into: line)
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
