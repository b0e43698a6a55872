// Which memory a network's tensors have, by when they are needed.
import Tensors
import UNet

/// When the layers of a network run: forward in their order, then backward the other way round.
struct PassSchedule {
  private let layers: [Layer]
  private let steps: [String: Int]
  let wantsGradient: Bool

  init(_ architecture: Architecture, wantsGradient: Bool) {
    layers = architecture.layers
    steps = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1.name, $0) })
    self.wantsGradient = wantsGradient
  }

  /// The last step of all.
  var end: Int { 2 * layers.count }

  func forward(_ name: String) -> Int {
    guard let step = steps[name] else { preconditionFailure("there is no layer \(name)") }
    return step
  }

  func backward(_ name: String) -> Int { end - forward(name) }

  /// Layers that read an activation, or its 2×2 maximum, in order.
  private func readers(of name: String, pooled: Bool) -> [Int] {
    layers.indices.filter { layers[$0].sources.contains { $0.name == name && $0.pooled == pooled } }
  }

  /// An activation lives until its first reader has its gradients; without a backward pass to the end, to be looked at.
  func value(_ name: String, pooled: Bool = false) -> ClosedRange<Int> {
    let last = readers(of: name, pooled: pooled).map { end - $0 }.max() ?? end
    return forward(name)...(wantsGradient ? max(last, backward(name)) : end)
  }

  /// A gradient lives from its last reader's backward step to its own layer's.
  func gradient(_ name: String, pooled: Bool = false) -> ClosedRange<Int> {
    (readers(of: name, pooled: pooled).map { end - $0 }.min() ?? layers.count)...backward(name)
  }

  /// What the forward step leaves for the backward one.
  func result(_ name: String) -> ClosedRange<Int> { forward(name)...(wantsGradient ? backward(name) : forward(name)) }
}

/// Collects what a network needs, then gives it memory in one block, shared by what is not needed at the same time.
final class MemoryPlan {
  private var plan = ArenaPlan()
  private var blocks: [(block: MemoryBlock, index: Int)] = []

  /// Asks for memory from one step of the passes through another.
  func reserve(byteCount: Int, lifetime: ClosedRange<Int>) -> MemoryBlock {
    let block = MemoryBlock()
    // Vector loads may reach past the end; what is there is not used.
    blocks.append((block, plan.reserve(byteCount: byteCount + 64, lifetime: lifetime)))
    return block
  }

  /// Bytes of the block that `allocate` makes.
  var byteCount: Int { plan.layout().byteCount }

  /// Makes the memory, zeroed, and tells each block its place.
  func allocate() -> Arena {
    let arena = Arena(plan)
    for (block, index) in blocks { block.settle(arena, at: arena.address(of: index)) }
    return arena
  }
}

/// A piece of a network's memory; has a place once the plan has been allocated.
final class MemoryBlock {
  private var place: UnsafeMutableRawPointer?
  /// Kept for as long as somebody holds a piece of it.
  private var arena: Arena?

  init() {}

  /// At memory of somebody else.
  init(_ place: UnsafeMutableRawPointer) { self.place = place }

  fileprivate func settle(_ arena: Arena, at place: UnsafeMutableRawPointer) {
    (self.arena, self.place) = (arena, place)
  }

  var address: UnsafeMutableRawPointer {
    guard let place else { preconditionFailure("the network's memory was not allocated") }
    return place
  }

  var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
}
