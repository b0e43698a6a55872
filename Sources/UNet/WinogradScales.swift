// Which layers run in the transform domain, and how their sources get there.

import Tensors

/// The scales that bring a source's transformed codes into 8 bits, per source and tap.
///
/// Layers with these run as F(2×2, 3×3): 16 products for every 36 of the window. It is a choice of the model, not of the
/// tier, so that labels are the same everywhere.
///
/// - Source: Lavin and Gray 2016, §4.1; tap-wise scales as in Andri et al. 2022.
public struct WinogradScales: Sendable, Hashable {
  /// Per source 16 scales in 1/32768, from 1 on.
  public let sources: [[Int16]]

  public init(sources: [[Int16]]) { self.sources = sources }

  static let taps = 16

  /// The tap that sums four codes.
  static let sumTap = 5

  /// `[O, 4, 4, I]`.
  static func weightShape(_ layer: Layer) -> [Int] { [layer.outputChannels, 4, 4, layer.inputChannels] }

  /// Whether the layer can run in the transform domain at all.
  public static func fits(_ layer: Layer) -> Bool {
    let stored = layer.sources.reduce(0) { $0 + ($1.channels + 3) / 4 * 4 }
    return layer.kind == .conv3x3(stride: 1) && stored <= Kernels.winogradChannels
  }

  /// Whether the layer gets faster by a third or more. With fewer channels both transforms take most of what the products
  /// save, and what is left is not worth the labels that change: the finest layers change most of them.
  public static func pays(_ layer: Layer) -> Bool {
    fits(layer) && layer.inputChannels >= 64 && layer.outputChannels >= 32
  }

  /// - Throws: `ModelError.quantization` for a layer that cannot be transformed, or scales missing or out of bounds.
  func check(_ layer: Layer) throws(ModelError) {
    guard Self.fits(layer) else { throw .quantization(name: layer.name, reason: "it has no Winograd form") }
    guard sources.count == layer.sources.count, sources.allSatisfy({ $0.count == Self.taps }) else {
      throw .quantization(name: layer.name, reason: "other than \(Self.taps) Winograd scales for each source")
    }
    guard sources.joined().allSatisfy({ $0 > 0 }) else {
      throw .quantization(name: layer.name, reason: "a Winograd scale that is not positive")
    }
  }
}

extension Model {
  /// Names of the layers that run in the transform domain, in the order they run.
  public var transformedLayers: [String] {
    architecture.layers.map(\.name).filter { quantized?.layers[$0]?.winograd != nil }
  }
}

extension WinogradScales: Codable {
  public init(from decoder: any Decoder) throws {
    sources = try decoder.singleValueContainer().decode([[Int16]].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(sources)
  }
}
