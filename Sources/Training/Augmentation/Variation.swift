// Where a crop lies in its picture.
import Foundation
import Frames

/// One draw of a crop's place, size, turn and mirroring.
struct Variation: Sendable {
  /// From an offset to the crop's centre to an offset in the picture: x' = xx·x + xy·y, y' = yx·x + yy·y.
  var xx, xy, yx, yy: Double
  /// The place in the picture of the crop's centre, in pixels.
  var centerX, centerY: Double
  /// Whether the place was chosen for a rare class.
  var isRareCrop = false

  init(
    _ recipe: Augmentation, picture: LabelledPicture, enlargement: Double, crop: (width: Int, height: Int),
    using random: inout SeededRandom
  ) {
    let isScaled = random.happens(recipe.scaleProbability)
    let limits = Variation.scales(recipe, picture: picture, enlargement: enlargement, crop: crop)
    let drawn = exp(Double.random(in: log(limits.lowerBound)...log(limits.upperBound), using: &random))
    let scale = isScaled ? drawn : min(limits.upperBound, max(limits.lowerBound, enlargement))
    let aspect = isScaled ? random.factor(recipe.aspect).squareRoot() : 1
    let isTurned = random.happens(recipe.rotationProbability)
    let angle = isTurned ? Double.random(in: -1...1, using: &random) * recipe.rotation * .pi / 180 : 0
    let mirrored: Double = random.happens(recipe.flip) ? -1 : 1
    let (stepX, stepY) = (1 / (scale * aspect), aspect / scale)
    xx = mirrored * stepX * cos(angle)
    xy = -stepY * sin(angle)
    yx = mirrored * stepX * sin(angle)
    yy = stepY * cos(angle)
    let spanX = Span(side: picture.width, crop: Double(crop.width) * stepX)
    let spanY = Span(side: picture.height, crop: Double(crop.height) * stepY)
    (centerX, centerY) = (spanX.center(using: &random), spanY.center(using: &random))
    guard random.happens(recipe.rareCrops), let pixel = RarePixel.draw(from: picture, using: &random) else { return }
    isRareCrop = true
    centerX = spanX.center(holding: Double(pixel.x), using: &random)
    centerY = spanY.center(holding: Double(pixel.y), using: &random)
  }

  /// How much of a crop's width and height the picture fills at least, if the recipe's scales allow it: the rest teaches
  /// nothing.
  private static let fill = 0.8

  private static func scales(
    _ recipe: Augmentation, picture: LabelledPicture, enlargement: Double, crop: (width: Int, height: Int)
  ) -> ClosedRange<Double> {
    let cover = max(Double(crop.width) / Double(picture.width), Double(crop.height) / Double(picture.height))
    let (smallest, largest) = (recipe.minimumScale * enlargement, recipe.maximumScale * enlargement)
    return min(largest, max(smallest, fill * cover))...largest
  }

  /// Whether picture pixels are so much smaller than the crop's that single ones would flicker.
  var shrinks: Bool { max(abs(xx), abs(yy)) > 1.3 }
}

/// Where along one axis a crop's centre may lie: so that the crop is within the picture, or the picture within the crop.
private struct Span {
  let middle, room, crop: Double

  init(side: Int, crop: Double) {
    (middle, room, self.crop) = (Double(side) / 2, abs(Double(side) - crop) / 2, crop)
  }

  func center(using random: inout SeededRandom) -> Double {
    middle + Double.random(in: -1...1, using: &random) * room
  }

  /// A centre that has `place` within the middle four fifths of the crop, as far as there is room.
  func center(holding place: Double, using random: inout SeededRandom) -> Double {
    let wanted = place + Double.random(in: -0.4...0.4, using: &random) * crop
    return min(middle + room, max(middle - room, wanted))
  }
}

/// A pixel of a class that is drawn by 1/√(its pixels in the picture).
private enum RarePixel {
  /// Pixels between those looked at: few enough to be quick, near enough for poles and signs.
  private static let step = 3

  static func draw(from picture: LabelledPicture, using random: inout SeededRandom) -> (x: Int, y: Int)? {
    var counts = [Int](repeating: 0, count: 256)
    forEach(picture) { label, _, _ in
      counts[Int(label)] += 1
      return false
    }
    counts[Int(ignoreLabel)] = 0
    let weights = counts.map { $0 > 0 ? 1 / Double($0).squareRoot() : 0 }
    var place = Double.random(in: 0..<1, using: &random) * weights.reduce(0, +)
    guard
      let label = weights.firstIndex(where: {
        place -= $0
        return $0 > 0 && place < 0
      })
    else { return nil }
    var left = Int.random(in: 0..<counts[label], using: &random)
    var result: (x: Int, y: Int)?
    forEach(picture) { other, x, y in
      guard Int(other) == label else { return false }
      if left == 0 { result = (x, y) }
      left -= 1
      return left < 0
    }
    return result
  }

  /// Calls `body` with pixels of a grid until it returns true.
  private static func forEach(_ picture: LabelledPicture, _ body: (UInt8, Int, Int) -> Bool) {
    picture.labels.withUnsafeBufferPointer { labels in
      for y in stride(from: step / 2, to: picture.height, by: step) {
        for x in stride(from: step / 2, to: picture.width, by: step) where body(labels[y * picture.width + x], x, y) {
          return
        }
      }
    }
  }
}

extension SeededRandom {
  /// True with this probability.
  mutating func happens(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

  /// A factor between 1/`limit` and `limit`, evenly on a logarithmic scale.
  mutating func factor(_ limit: Double) -> Double { exp(Double.random(in: -1...1, using: &self) * log(limit)) }

  /// A number of `range`.
  mutating func real(_ range: ClosedRange<Float>) -> Float { Float.random(in: range, using: &self) }
}
