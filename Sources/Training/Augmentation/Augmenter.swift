// Draws a varied crop of a picture, labels with it.
import Foundation
import Frames

/// Writes crops for the network; the picture's part of a batch.
struct Augmenter: Sendable {
  let recipe: Augmentation
  /// Of the crop, in pixels.
  let width, height: Int

  /// Draws a variation of `picture`.
  ///
  /// Samples are interpolated linearly, averaged over 2×2 places where the picture shrinks much; labels are those of the
  /// nearest pixel. Beyond the picture's edge samples are 0 and labels ignored.
  ///
  /// - Parameters:
  ///   - rgb: f32 `[height, width, 3]`, 0…1, written.
  ///   - labels: u8 `[height, width]`, written.
  func draw(
    _ picture: LabelledPicture, to rgb: UnsafeMutablePointer<Float>, labels: UnsafeMutablePointer<UInt8>,
    using random: inout SeededRandom
  ) {
    let variation = Variation(
      recipe, picture: (picture.width, picture.height), crop: (width, height), using: &random)
    picture.rgb.withUnsafeBufferPointer { samples in
      picture.labels.withUnsafeBufferPointer { map in
        let plane = SamplePlane(
          width: picture.width, height: picture.height, rgb: samples.baseAddress!, labels: map.baseAddress!)
        crop(plane, variation, to: rgb, labels: labels)
      }
    }
    recolor(rgb, variation)
  }

  private func crop(
    _ plane: SamplePlane, _ variation: Variation, to rgb: UnsafeMutablePointer<Float>,
    labels: UnsafeMutablePointer<UInt8>
  ) {
    let shrinks = max(abs(variation.xx), abs(variation.yy)) > 1.3
    let curves = variation.curves.flatMap { $0 }
    curves.withUnsafeBufferPointer { curves in
      for y in 0..<height {
        for x in 0..<width {
          let (dx, dy) = (Float(x) + 0.5 - Float(width) / 2, Float(y) + 0.5 - Float(height) / 2)
          let sx = variation.centerX + variation.xx * dx + variation.xy * dy
          let sy = variation.centerY + variation.yx * dx + variation.yy * dy
          let at = y * width + x
          labels[at] = plane.label(sx, sy)
          if shrinks {
            let (qx, qy) = (variation.xx / 4, variation.yy / 4)
            var sum = plane.sample(sx - qx, sy - qy) + plane.sample(sx + qx, sy - qy)
            sum += plane.sample(sx - qx, sy + qy) + plane.sample(sx + qx, sy + qy)
            store(sum * 0.25, curves, rgb + 3 * at)
          } else {
            store(plane.sample(sx, sy), curves, rgb + 3 * at)
          }
        }
      }
    }
  }

  /// Looks the three samples up in their curves.
  @inline(__always)
  private func store(
    _ sample: SIMD4<Float>, _ curves: UnsafeBufferPointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    target[0] = curves[Int(sample.x + 0.5)]
    target[1] = curves[256 + Int(sample.y + 0.5)]
    target[2] = curves[512 + Int(sample.z + 0.5)]
  }

  /// Saturation and noise.
  private func recolor(_ rgb: UnsafeMutablePointer<Float>, _ variation: Variation) {
    var random = SeededRandom(seed: variation.noiseSeed)
    // The sum of two even draws is near enough to normal; √6 makes its deviation 1.
    let amplitude = variation.noise * 2.4494897
    for pixel in 0..<(width * height) {
      let target = rgb + 3 * pixel
      let grey = 0.299 * target[0] + 0.587 * target[1] + 0.114 * target[2]
      let bits = random.next()
      for channel in 0..<3 {
        let first = Float((bits >> UInt64(20 * channel)) & 1023)
        let second = Float((bits >> UInt64(20 * channel + 10)) & 1023)
        let value = grey + (target[channel] - grey) * variation.saturation
        target[channel] = min(1, max(0, value + ((first + second) / 1023 - 1) * amplitude))
      }
    }
  }
}

/// A picture's samples and labels, read at places between pixels.
private struct SamplePlane {
  let width, height: Int
  let rgb: UnsafePointer<UInt8>
  let labels: UnsafePointer<UInt8>

  /// The label of the pixel that holds (x, y); ignored outside.
  @inline(__always)
  func label(_ x: Float, _ y: Float) -> UInt8 {
    let (column, row) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    guard column >= 0, row >= 0, column < width, row < height else { return ignoreLabel }
    return labels[row * width + column]
  }

  /// R, G, B, 0 in 0…255, linearly between pixel centres; 0 outside.
  @inline(__always)
  func sample(_ x: Float, _ y: Float) -> SIMD4<Float> {
    guard x >= 0, y >= 0, x < Float(width), y < Float(height) else { return .zero }
    let (px, py) = (max(0, x - 0.5), max(0, y - 0.5))
    let (left, top) = (Int(px), Int(py))
    let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
    let (fx, fy) = (px - Float(left), py - Float(top))
    let upper = pixel(left, top) * (1 - fx) + pixel(right, top) * fx
    let lower = pixel(left, bottom) * (1 - fx) + pixel(right, bottom) * fx
    return upper * (1 - fy) + lower * fy
  }

  @inline(__always)
  private func pixel(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let at = rgb + 3 * (y * width + x)
    return SIMD4(Float(at[0]), Float(at[1]), Float(at[2]), 0)
  }
}
