// The size of the picture that a network reads, and how it is chosen for a source.
import Foundation

/// Height and width in pixels.
public struct InputSize: Sendable, Hashable, Codable {
  public let height, width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public var pixels: Int { height * width }
}

extension InputSize: CustomStringConvertible {
  public var description: String { "\(width)×\(height)" }
}

extension Architecture {
  /// The input size for a source of `width` × `height` pixels: its aspect ratio, about `budget` pixels, both sides
  /// multiples of `stride`.
  ///
  /// Of the multiples next to the exact size, those are taken that are off least in aspect ratio and, half as much, in
  /// pixels. A side is never below one stride: a source so long and thin that it would be loses its aspect ratio, not
  /// the budget. A small source is enlarged, since the network was trained on objects of the budget's size.
  ///
  /// - Parameters:
  ///   - width: of the upright source, in square pixels, ≥ 1.
  ///   - height: the same.
  ///   - budget: pixels, usually the training input's; bounded to `stride²` … 2²⁶.
  public func inputSize(width: Int, height: Int, budget: Int) -> InputSize {
    precondition(width > 0 && height > 0, "a source cannot be \(width)×\(height)")
    let pixels = Double(min(max(budget, stride * stride), Limits.pixels))
    let longest = min(pixels / Double(stride), Double(Limits.side))
    let aspect = min(max(Double(width) / Double(height), Double(stride) / longest), longest / Double(stride))
    let exact = (height: (pixels / aspect).squareRoot(), width: (pixels * aspect).squareRoot())
    var best = (cost: Double.infinity, size: InputSize(height: stride, width: stride))
    for h in neighbours(exact.height) {
      for w in neighbours(exact.width) where h * w <= Limits.pixels {
        let aspectError = log(Double(w) / Double(h) / aspect)
        let pixelError = log(Double(w) * Double(h) / pixels)
        let cost = abs(aspectError) + abs(pixelError) / 2
        if cost < best.cost { best = (cost, InputSize(height: h, width: w)) }
      }
    }
    return best.size
  }

  /// - Throws: `ModelError.inputSize` when a side is no multiple of `stride` or out of bounds.
  public func check(_ size: InputSize) throws(ModelError) {
    let sides = [size.height, size.width]
    let fits = sides.allSatisfy { $0 >= stride && $0 <= Limits.side && $0 % stride == 0 }
    guard fits, size.pixels <= Limits.pixels else {
      throw .inputSize(height: size.height, width: size.width, stride: stride)
    }
  }

  /// The multiples of `stride` below and above `side`, within bounds.
  private func neighbours(_ side: Double) -> [Int] {
    let below = Int(side / Double(stride)) * stride
    let largest = Limits.side / stride * stride
    return [min(max(below, stride), largest), min(below + stride, largest)]
  }
}
