// One block of memory for tensors that do not all live at the same time.

/// Where each tensor of a plan goes in one block, by size and lifetime.
///
/// Greedy by size: the largest first, each at the lowest offset where it meets no tensor that is alive at the same time.
///
/// - Source: Pisarchyk and Lee 2020, "Efficient Memory Management for Deep Neural Net Inference", §5.2.
public struct ArenaPlan: Sendable {
  private struct Request {
    var byteCount: Int
    var lifetime: ClosedRange<Int>
  }

  private var requests: [Request] = []

  public init() {}

  /// Asks for memory that is needed from step `lifetime.lowerBound` through `lifetime.upperBound`.
  ///
  /// - Returns: the index by which the arena knows this memory.
  public mutating func reserve(byteCount: Int, lifetime: ClosedRange<Int>) -> Int {
    precondition(byteCount >= 0, "a tensor cannot have \(byteCount) bytes")
    requests.append(Request(byteCount: roundedUp(byteCount, to: 64), lifetime: lifetime))
    return requests.count - 1
  }

  /// Asks for memory for a tensor of `shape`.
  public mutating func reserve(_ shape: Shape, lifetime: ClosedRange<Int>) -> Int {
    reserve(byteCount: QuantizedTensor.byteCount(of: shape), lifetime: lifetime)
  }

  /// The offsets by index, and the bytes of the whole block.
  ///
  /// - Complexity: O(n²) for n requests.
  public func layout() -> (offsets: [Int], byteCount: Int) {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [Int] = []
    for index in requests.indices.sorted(by: isLarger) {
      offsets[index] = lowestOffset(for: index, among: placed, offsets)
      placed.append(index)
    }
    return (offsets, requests.indices.map { offsets[$0] + requests[$0].byteCount }.max() ?? 0)
  }

  /// Bytes of all requests side by side, without sharing.
  public var unsharedByteCount: Int { requests.reduce(0) { $0 + $1.byteCount } }

  /// The largest sum of what is alive at one step: no layout takes less.
  ///
  /// - Complexity: O(n²) for n requests.
  public var lowerBound: Int {
    // A sum can only be largest where something begins.
    requests.map { start in
      requests.filter { $0.lifetime.contains(start.lifetime.lowerBound) }.reduce(0) { $0 + $1.byteCount }
    }.max() ?? 0
  }

  /// Larger first, then earlier in the plan: the layout depends on the plan alone.
  private func isLarger(_ a: Int, _ b: Int) -> Bool {
    (requests[a].byteCount, b) > (requests[b].byteCount, a)
  }

  private func lowestOffset(for index: Int, among placed: [Int], _ offsets: [Int]) -> Int {
    let request = requests[index]
    let neighbours = placed.filter { requests[$0].lifetime.overlaps(request.lifetime) }.sorted {
      offsets[$0] < offsets[$1]
    }
    var offset = 0
    for other in neighbours {
      if offset + request.byteCount <= offsets[other] { break }
      offset = max(offset, offsets[other] + requests[other].byteCount)
    }
    return offset
  }
}

/// The memory of an `ArenaPlan`.
///
/// Memory of requests whose lifetimes do not meet is shared: what a tensor holds is defined from its first write to the end
/// of its lifetime.
public final class Arena: Sendable {
  private let memory: TensorMemory
  private let offsets: [Int]

  public init(_ plan: ArenaPlan) {
    let (offsets, byteCount) = plan.layout()
    self.offsets = offsets
    memory = TensorMemory(byteCount: byteCount)
  }

  /// Bytes of the block: the plan's peak.
  public var byteCount: Int { memory.byteCount }

  /// The memory of request `index`, 64-byte aligned.
  public func address(of index: Int) -> UnsafeMutableRawPointer { memory.base + offsets[index] }

  /// The tensor of request `index`.
  public func tensor(_ index: Int, _ shape: Shape, _ quantization: Quantization) -> QuantizedTensor {
    QuantizedTensor(shape, quantization, at: address(of: index))
  }
}
