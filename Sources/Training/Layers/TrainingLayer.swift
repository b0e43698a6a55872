// What the layers of a network have in common.
import Tensors

/// A tensor between layers: its value, and in training the gradient of the loss by it.
///
/// Each has one layer that reads it (its 2×2 maximum is an activation of its own), so a gradient is written once.
final class Activation {
  /// Bordered, since a 3×3 convolution may read it.
  let value: BatchTensor
  /// Bordered, since it becomes the gradient by the convolution's result in place; nil where none is wanted.
  let gradient: BatchTensor?

  init(_ value: BatchTensor, gradient: BatchTensor?) {
    (self.value, self.gradient) = (value, gradient)
  }

  var shape: BatchShape { value.shape }
}

/// What a pass through the layers runs on.
struct Pass {
  let workers: Workers
  /// All parameters, in the network's layout.
  let parameters: UnsafeMutablePointer<Float>
  /// Gradients in the same layout; each layer overwrites its own.
  let gradients: UnsafeMutablePointer<Float>
  /// Whether norms use (and follow) the batch's statistics rather than the running ones.
  var usesBatchStatistics = true
  /// Layers whose norms keep to the running statistics in any case, and leave them as they are.
  var frozenLayers: Set<String> = []
  /// How much of the running statistics a batch leaves.
  var momentum: Float = 0.95
  /// Decides which activations are dropped; nil drops none. Another one for each step.
  var dropoutSeed: UInt64?
  /// Times the parts of the pass.
  var clock: PassClock?

  /// Whether a layer's norm uses the batch's statistics.
  func usesBatchStatistics(in layer: String) -> Bool { usesBatchStatistics && !frozenLayers.contains(layer) }
}

/// A step of the network with a forward and a backward direction.
protocol TrainingLayer: AnyObject {
  var name: String { get }
  /// Multiply-accumulates of one forward pass over the batch.
  var multiplyAccumulates: Int { get }
  func forward(_ pass: Pass)
  /// Writes the gradients of the parameters and of the inputs, from that of the output.
  func backward(_ pass: Pass)
}

/// Floats of a chunk's matrix: half of a 1 MB second-level cache, the other half is for weights and output.
let chunkFloats = 128 * 1024

/// Pixels of a chunk whose rows have `columns` floats.
func chunkPixels(columns: Int) -> Int { max(64, min(512, chunkFloats / columns)) }

/// Into how many shares a pass over `pixels` is cut: fixed by the size alone, so that sums never depend on threads.
func shareCount(pixels: Int) -> Int { max(1, min(8, pixels / 256)) }

/// The same for a pass over `rows` with weights, which are read anew for each share.
func rowShareCount(_ rows: Int) -> Int { max(1, min(16, rows / 16 * 2)) }

/// Calls `body` for each chunk of at most `size` in `range`.
@inline(__always)
func forEachChunk(_ range: Range<Int>, size: Int, _ body: (Range<Int>) -> Void) {
  var start = range.lowerBound
  while start < range.upperBound {
    let end = min(start + size, range.upperBound)
    body(start..<end)
    start = end
  }
}

/// Calls `body` for each row of `rows`, in shares that are fixed by their number.
func forEachRow(_ rows: Int, _ workers: Workers, _ body: (Int) -> Void) {
  let shares = min(rows, 16)
  workers.run(shares: shares) { share, _ in
    for row in Workers.range(of: share, shares: shares, count: rows) { body(row) }
  }
}

/// `sum[i] = Σ parts[s][i]` over `shares` parts of `count` floats, in order.
func addParts(
  _ parts: UnsafeMutablePointer<Float>, shares: Int, count: Int, to sum: UnsafeMutablePointer<Float>, workers: Workers
) {
  let slices = max(1, min(16, count / 4096))
  workers.run(shares: slices) { slice, _ in
    let range = Workers.range(of: slice, shares: slices, count: count)
    for i in range { sum[i] = parts[i] }
    for share in 1..<max(1, shares) {
      let part = parts + share * count
      for i in range { sum[i] += part[i] }
    }
  }
}
