// How large transformed codes get: what calibrates the scales of layers in the transform domain.
import Tensors

/// How often the transformed codes of each layer's sources had which size.
///
/// Differences of neighbours are far smaller than sums, and each tap sees other differences; so every tap of every source
/// gets the scale that brings its own values into 8 bits.
public struct WinogradRanges: Sendable {
  /// Sums of four codes reach 1020.
  fileprivate static let sizes = 1021

  /// One source of a layer: per tap the counts of sizes.
  fileprivate struct Source: Sendable {
    let zeroPoint: Int
    var counts = [[Int]](repeating: [Int](repeating: 0, count: sizes), count: WinogradScales.taps)
  }

  private let layers: [Layer]
  private var sources: [String: [Source]] = [:]

  /// For all layers that can be transformed.
  public init(_ architecture: Architecture, _ quantized: QuantizedWeights) {
    layers = architecture.layers.filter(WinogradScales.fits)
    for layer in layers {
      sources[layer.name] = layer.sources.map {
        Source(zeroPoint: Int(quantized.activations[$0.name]?.zeroPoint ?? 0))
      }
    }
  }

  /// Takes in what the network does with the picture that was written to it.
  public mutating func include(_ network: Int8Network) {
    var activations: [String: [UInt8]] = [:]
    let labels = UnsafeMutablePointer<UInt8>.allocate(capacity: network.plan.labelSize.pixels)
    defer { labels.deallocate() }
    network.run(labels: labels, labelStride: network.plan.labelSize.width) { activations[$0] = $1 }
    for layer in layers {
      let width = layer.outputSize(network.plan.inputSize).width
      for (index, source) in layer.sources.enumerated() {
        guard let codes = activations[source.name + (source.pooled ? " pooled" : "")] else { continue }
        sources[layer.name]?[index].include(codes, rowLength: width * source.channels, channels: source.channels)
      }
    }
  }

  /// The scales that clip the share `outside` of a tap's values that are not zero.
  public func scales(outside: Double = 1e-5) -> [String: WinogradScales] {
    sources.mapValues { WinogradScales(sources: $0.map { $0.scales(outside: outside) }) }
  }
}

extension WinogradRanges.Source {
  /// Counts the values of every window that the convolution has, those over the border included.
  mutating func include(_ codes: [UInt8], rowLength: Int, channels: Int) {
    let height = codes.count / rowLength
    // A border of one pixel, and one more below and to the right for odd sizes.
    let paddedLength = rowLength + 3 * channels
    var padded = [UInt8](repeating: UInt8(zeroPoint), count: (height + 3) * paddedLength)
    for y in 0..<height {
      let start = (y + 1) * paddedLength + channels
      padded.replaceSubrange(start..<start + rowLength, with: codes[y * rowLength..<(y + 1) * rowLength])
    }
    padded.withUnsafeBufferPointer { padded in
      for y in stride(from: 0, to: height, by: 2) {
        for x in stride(from: 0, to: rowLength, by: 2 * channels) {
          for c in x..<x + channels { count(padded, at: y * paddedLength + c, paddedLength, channels) }
        }
      }
    }
  }

  private mutating func count(_ codes: UnsafeBufferPointer<UInt8>, at first: Int, _ row: Int, _ column: Int) {
    func line(_ j: Int) -> (Int, Int, Int, Int) {
      let at = first + j * column
      let (a, b) = (Int(codes[at]) - zeroPoint, Int(codes[at + row]) - zeroPoint)
      let (c, d) = (Int(codes[at + 2 * row]) - zeroPoint, Int(codes[at + 3 * row]) - zeroPoint)
      return (a - c, b + c, c - b, b - d)
    }
    let (a, b, c, d) = (line(0), line(1), line(2), line(3))
    func add(_ tap: Int, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
      counts[tap][abs(a - c)] += 1
      counts[tap + 1][abs(b + c)] += 1
      counts[tap + 2][abs(c - b)] += 1
      counts[tap + 3][abs(b - d)] += 1
    }
    add(0, a.0, b.0, c.0, d.0)
    add(4, a.1, b.1, c.1, d.1)
    add(8, a.2, b.2, c.2, d.2)
    add(12, a.3, b.3, c.3, d.3)
  }

  func scales(outside: Double) -> [Int16] {
    counts.enumerated().map { tap, counts in
      let total = counts.dropFirst().reduce(0, +)
      var (size, beyond) = (counts.count - 1, 0)
      while size > 1, Double(beyond + counts[size]) <= Double(total) * outside {
        beyond += counts[size]
        size -= 1
      }
      let room = tap == WinogradScales.sumTap && zeroPoint == 0 ? 255 : 127
      return Int16(min(32767, 32768 * room / size))
    }
  }
}
