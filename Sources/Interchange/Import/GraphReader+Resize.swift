// Enlargement: only that which repeats pixels is a movement.

extension GraphReader {
  /// The places that a Resize or Upsample takes.
  ///
  /// - Source: ONNX operators, "Resize", its coordinate transformations.
  func resize(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> Movement {
    let mode = node.string("mode") ?? "nearest"
    guard mode == "nearest" else {
      throw Unmappable(
        node.label, "\(mode) interpolation; Verge's U-Net enlarges by transposed convolutions and nearest neighbours")
    }
    let sides = try resizedSides(node, shape)
    let transform =
      node.string("coordinate_transformation_mode") ?? (node.opType == "Upsample" ? "asymmetric" : "half_pixel")
    let rounding = node.string("nearest_mode") ?? (node.opType == "Upsample" ? "floor" : "round_prefer_floor")
    return .select(
      zip(shape, sides).map { side, target in
        (0..<target).map { place in
          let x = Self.origin(place, side: side, target: target, transform)
          return min(max(Self.rounded(x, rounding), 0), side - 1)
        }
      })
  }

  private func resizedSides(_ node: NodeProto, _ shape: [Int]) throws(Unmappable) -> [Int] {
    let isUpsample = node.opType == "Upsample"
    var sides = isUpsample ? [] : try integers(node, 3) ?? []
    if sides.isEmpty {
      let scales = try numbers(node, isUpsample ? 1 : 2)?.values ?? node.floats("scales")?.map { Double($0) } ?? []
      guard scales.allSatisfy({ $0 > 0 && $0 <= 64 }) else { throw Unmappable(node.label, "scales \(scales)") }
      sides = zip(shape, scales).map { Int(Double($0) * $1) }
    }
    guard sides.count == shape.count, sides.allSatisfy({ (1...1 << 20).contains($0) }), shape.allSatisfy({ $0 > 0 })
    else {
      throw Unmappable(node.label, "it resizes \(shape) to \(sides)")
    }
    return sides
  }

  private static func origin(_ place: Int, side: Int, target: Int, _ transform: String) -> Double {
    let (x, scale) = (Double(place), Double(target) / Double(side))
    return switch transform {
    case "asymmetric": x / scale
    case "align_corners": target > 1 ? x * Double(side - 1) / Double(target - 1) : 0
    case "pytorch_half_pixel" where target == 1: 0
    default: (x + 0.5) / scale - 0.5
    }
  }

  private static func rounded(_ x: Double, _ mode: String) -> Int {
    switch mode {
    case "floor": Int(x.rounded(.down))
    case "ceil": Int(x.rounded(.up))
    case "round_prefer_ceil": Int((x + 0.5).rounded(.down))
    default: Int((x - 0.5).rounded(.up))
    }
  }
}
