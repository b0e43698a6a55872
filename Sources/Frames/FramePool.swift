// Frames whose memory is used again.
import Synchronization

/// A pool of picture memory of one layout.
///
/// A frame's memory returns to its pool when the last reference to the frame goes, so a steady stream allocates no
/// picture memory after the first frames. Safe to use from any thread.
public final class FramePool: Sendable {
  public let layout: FrameLayout
  private let free = Mutex<[AlignedMemory]>([])

  public init(width: Int, height: Int, format: PixelFormat) {
    layout = FrameLayout(width: width, height: height, format: format)
  }

  /// A frame with memory from the pool; the samples are whatever was there before.
  public func makeFrame() -> Frame {
    let memory = free.withLock { $0.popLast() } ?? AlignedMemory(byteCount: layout.byteCount)
    return Frame(
      format: layout.format, width: layout.width, height: layout.height, planes: layout.planes(at: memory.base),
      owner: Loan(memory: memory, pool: self))
  }

  /// Blocks that wait to be used again.
  package var freeCount: Int { free.withLock { $0.count } }

  fileprivate func giveBack(_ memory: AlignedMemory) { free.withLock { $0.append(memory) } }

  /// Returns its memory when the frame that owns it goes.
  private final class Loan: Sendable {
    private let memory: AlignedMemory
    private let pool: FramePool

    init(memory: AlignedMemory, pool: FramePool) {
      self.memory = memory
      self.pool = pool
    }

    deinit { pool.giveBack(memory) }
  }
}
