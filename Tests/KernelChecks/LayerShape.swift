// Layer shapes to check and to measure, from a text file.
import Foundation

/// The kernels that work on layers.
public enum LayerKind: String, CaseIterable, Sendable {
  case conv3x3
  case conv3x3Stride2 = "conv3x3_stride2"
  case winograd3x3
  case upconv2x2
  case upconv4x4
  case head = "head_argmax"

  /// Products of an input channel and an output channel, per pixel of the output (upconv: of the source).
  var taps: Int {
    switch self {
    case .conv3x3, .conv3x3Stride2, .winograd3x3: 9
    case .upconv2x2: 4
    case .upconv4x4: 16
    case .head: 1
    }
  }

  /// Weights of an input channel and an output channel.
  var weightTaps: Int { self == .winograd3x3 ? 16 : taps }

  /// Whether the output is twice the source.
  var doubles: Bool { self == .upconv2x2 || self == .upconv4x4 }
}

/// One layer: kernel, output (upconv: source) size, channels.
public struct LayerShape: Hashable, Sendable, CustomStringConvertible {
  public var kind: LayerKind
  public var height: Int
  public var width: Int
  /// Logical channels of the source, and of the second one or 0.
  public var inputs: [Int]
  public var outputs: Int
  public var pooled = false

  /// Multiply-accumulates of the logical channels.
  public var macs: Int { height * width * kind.taps * inputs.reduce(0, +) * outputs }

  public var description: String {
    let channels = inputs.map(String.init).joined(separator: "+")
    return "\(kind.rawValue) \(height)x\(width) \(channels)->\(outputs)\(pooled ? " pooled" : "")"
  }

  /// A line of the shapes file: `kernel HxW inputs->outputs [pooled]`, inputs being `c` or `c+c`.
  init?(line: some StringProtocol) {
    let words = line.split(separator: " ")
    guard words.count == 3 || words.count == 4 && words[3] == "pooled", let kind = LayerKind(rawValue: String(words[0]))
    else { return nil }
    let size = words[1].split(separator: "x").compactMap { Int($0) }
    let ends = words[2].split(separator: ">")
    guard size.count == 2, ends.count == 2, ends[0].hasSuffix("-"), let outputs = Int(ends[1]) else { return nil }
    let inputs = ends[0].dropLast().split(separator: "+").compactMap { Int($0) }
    guard inputs.count == 1 || inputs.count == 2 else { return nil }
    self.init(
      kind: kind, height: size[0], width: size[1], inputs: inputs, outputs: outputs, pooled: words.count == 4)
  }

  init(kind: LayerKind, height: Int, width: Int, inputs: [Int], outputs: Int, pooled: Bool = false) {
    self.kind = kind
    self.height = height
    self.width = width
    self.inputs = inputs
    self.outputs = outputs
    self.pooled = pooled
  }

  /// The shapes of a file: a line each, `#` begins a comment.
  ///
  /// - Throws: `CheckError.shapes` for a line that is not a shape, and what reading the file throws.
  public static func read(_ path: String) throws -> [LayerShape] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").enumerated().compactMap { number, line in
      let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
      if content.isEmpty { return nil }
      guard let shape = LayerShape(line: content) else { throw CheckError.shapes(path, line: String(line)) }
      return shape
    }
  }

  /// The file of this repository.
  public static var defaultPath: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../etc/bench/shapes.txt").standardized.path
  }
}
