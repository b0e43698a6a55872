import Foundation
import Frames

/// Pictures that are hard to scale.
enum TestPicture: CaseIterable {
  case gradient, noise, bars

  func frame(width: Int, height: Int, color: ColorDescription) -> Frame {
    let frame = Frame(width: width, height: height, format: .yuv420p)
    frame.color = color
    var state: UInt64 = 1
    for (number, plane) in frame.planes.enumerated() {
      for y in 0..<plane.height {
        for x in 0..<plane.width {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          plane.row(y)[x] = sample(number, x, y, plane, UInt8(state >> 56))
        }
      }
    }
    return frame
  }

  private func sample(_ number: Int, _ x: Int, _ y: Int, _ plane: Plane, _ random: UInt8) -> UInt8 {
    switch self {
    case .gradient:
      return UInt8(
        number == 0 ? 255 * x / plane.width : 64 + 128 * (number == 1 ? y : x) / (plane.width + plane.height))
    case .noise: return random
    case .bars:
      return [
        [235, 210, 170, 145, 106, 81, 41, 16], [128, 16, 166, 54, 202, 90, 240, 128],
        [128, 146, 16, 34, 222, 240, 110, 128],
      ][number][8 * x / plane.width]
    }
  }
}

/// A frame averaged over areas, chroma interpolated where it grows, in double precision and not rounded.
struct ExactAverages {
  private let width, height: Int
  private let samples: [[Double]]

  init(_ frame: Frame, width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    let planes = frame.planes.map { Self.resample($0, width, height) }
    let isFull = frame.color.range == .full
    let (red, blue) = frame.color.lumaWeights
    var samples = [[Double]](repeating: [], count: 3)
    for i in 0..<width * height {
      let y = isFull ? planes[0][i] : (planes[0][i] - 16) * 255 / 219
      let (u, v) = (
        (planes[1][i] - 128) * (isFull ? 1 : 255.0 / 224), (planes[2][i] - 128) * (isFull ? 1 : 255.0 / 224)
      )
      let (r, b) = (y + 2 * (1 - red) * v, y + 2 * (1 - blue) * u)
      samples[0].append(r)
      samples[1].append((y - red * r - blue * b) / (1 - red - blue))
      samples[2].append(b)
    }
    self.samples = samples.map { $0.map { min(max($0, 0), 255) } }
  }

  /// The largest and the mean distance of a picture's R, G and B.
  func error(_ picture: Frame) -> (largest: Double, mean: Double) {
    var (largest, sum) = (0.0, 0.0)
    for y in 0..<height {
      let row = picture.planes[0].row(y)
      for x in 0..<width {
        for k in 0..<3 {
          let apart = abs(Double(row[4 * x + k]) - samples[k][y * width + x])
          largest = max(largest, apart)
          sum += apart
        }
      }
    }
    return (largest, sum / Double(3 * width * height))
  }

  private static func resample(_ plane: Plane, _ width: Int, _ height: Int) -> [Double] {
    let (across, down) = (windows(plane.width, width), windows(plane.height, height))
    return down.flatMap { rows in
      across.map { columns in
        rows.reduce(0) { sum, row in
          sum + row.weight * columns.reduce(0) { $0 + $1.weight * Double(plane.row(row.index)[$1.index]) }
        }
      }
    }
  }

  /// The samples that each output is made of.
  private static func windows(_ from: Int, _ to: Int) -> [[(index: Int, weight: Double)]] {
    let ratio = Double(from) / Double(to)
    return (0..<to).map { i in
      if from < to {
        let place = min(max((Double(i) + 0.5) * ratio - 0.5, 0), Double(from - 1))
        let index = min(Int(place), max(from - 2, 0))
        if from == 1 { return [(0, 1)] }
        return [(index, 1 - (place - Double(index))), (index + 1, place - Double(index))]
      }
      let (begin, end) = (Double(i) * ratio, Double(i + 1) * ratio)
      return (Int(begin)..<min(Int(end.rounded(.up)), from)).map {
        ($0, max(0, min(end, Double($0 + 1)) - max(begin, Double($0))) / ratio)
      }
    }
  }
}
