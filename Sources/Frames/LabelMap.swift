// One class per pixel.

/// The label of pixels that have none; they count nowhere.
public let ignoreLabel: UInt8 = 255

/// Class indices u8 `[height, width]`, rows without padding.
public final class LabelMap: @unchecked Sendable {  // written by the stage that made it, before it passes it on
  public let width, height: Int
  private let memory: AlignedMemory

  /// All pixels start as class 0.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a label map cannot be \(width)×\(height)")
    self.width = width
    self.height = height
    memory = AlignedMemory(byteCount: width * height)
  }

  public var count: Int { width * height }

  /// The first label; `count` of them follow row by row.
  public var labels: UnsafeMutablePointer<UInt8> { memory.base.assumingMemoryBound(to: UInt8.self) }

  public var buffer: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(start: labels, count: count) }

  public subscript(x x: Int, y y: Int) -> UInt8 {
    get { labels[y * width + x] }
    set { labels[y * width + x] = newValue }
  }
}
