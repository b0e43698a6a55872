// Connected areas of one label.
import Frames

/// The regions of a label map: pixels of one label that touch by their sides.
struct LabelRegions {
  let width, height: Int
  /// Region by pixel, `[height, width]`.
  private(set) var ids: [Int]
  /// By region: its label, its pixels, and its first pixel row by row.
  private(set) var labels: [UInt8] = []
  private(set) var sizes: [Int] = []
  private(set) var firsts: [Int] = []

  /// - Parameter labels: u8 `[height, width]`.
  init(_ pixels: [UInt8], width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    ids = [Int](repeating: -1, count: pixels.count)
    for first in pixels.indices where ids[first] < 0 { fill(from: first, pixels) }
  }

  /// The region of a pixel; −1 beyond the map.
  func id(_ x: Int, _ y: Int) -> Int {
    x >= 0 && y >= 0 && x < width && y < height ? ids[y * width + x] : -1
  }

  private mutating func fill(from first: Int, _ pixels: [UInt8]) {
    let id = labels.count
    var (open, size) = ([first], 0)
    ids[first] = id
    while let pixel = open.popLast() {
      size += 1
      for next in neighbours(pixel) where ids[next] < 0 && pixels[next] == pixels[first] {
        ids[next] = id
        open.append(next)
      }
    }
    labels.append(pixels[first])
    sizes.append(size)
    firsts.append(first)
  }

  private func neighbours(_ pixel: Int) -> [Int] {
    let (x, y) = (pixel % width, pixel / width)
    var result: [Int] = []
    if x > 0 { result.append(pixel - 1) }
    if x + 1 < width { result.append(pixel + 1) }
    if y > 0 { result.append(pixel - width) }
    if y + 1 < height { result.append(pixel + width) }
    return result
  }

  /// The labels with regions below `smallest` pixels given to the neighbour that they share most sides with.
  func absorbingSmall(_ smallest: Int) -> [UInt8] {
    var sides = [[Int: Int]](repeating: [:], count: labels.count)
    for pixel in ids.indices where sizes[ids[pixel]] < smallest {
      for next in neighbours(pixel) where ids[next] != ids[pixel] { sides[ids[pixel]][ids[next], default: 0] += 1 }
    }
    var merged = labels
    for region in labels.indices.sorted(by: { (sizes[$0], $0) < (sizes[$1], $1) }) where sizes[region] < smallest {
      // Of equally long borders the one with the larger region, then the earlier one.
      let host = sides[region].max { a, b in (a.value, sizes[a.key], -a.key) < (b.value, sizes[b.key], -b.key) }
      if let host { merged[region] = merged[host.key] }
    }
    return ids.map { merged[$0] }
  }
}
