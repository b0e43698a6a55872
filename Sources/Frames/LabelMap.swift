// One class per pixel.

/// The label of pixels that have none; they count nowhere.
public let ignoreLabel: UInt8 = 255

/// Class indices u8 `[height, width]`, rows without padding; and, where it was asked for, how sure each of them is.
public final class LabelMap: @unchecked Sendable {  // written by the stage that made it, before it passes it on
  public let width, height: Int
  /// Which of a changing segmenter's models made it.
  public var revision = 0
  private let memory: AlignedMemory
  private let sureness: AlignedMemory?

  /// All pixels start as class 0, with a confidence of 0 if there is one.
  public init(width: Int, height: Int, hasConfidence: Bool = false) {
    precondition(width > 0 && height > 0, "a label map cannot be \(width)×\(height)")
    self.width = width
    self.height = height
    memory = AlignedMemory(byteCount: width * height)
    sureness = hasConfidence ? AlignedMemory(byteCount: width * height) : nil
  }

  public var count: Int { width * height }

  /// The first label; `count` of them follow row by row.
  public var labels: UnsafeMutablePointer<UInt8> { memory.base.assumingMemoryBound(to: UInt8.self) }

  /// How sure each label is, laid out as the labels are: 255 times its probability; nil when nobody asked for it.
  public var confidence: UnsafeMutablePointer<UInt8>? { sureness?.base.assumingMemoryBound(to: UInt8.self) }

  public var buffer: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(start: labels, count: count) }

  public subscript(x x: Int, y y: Int) -> UInt8 {
    get { labels[y * width + x] }
    set { labels[y * width + x] = newValue }
  }
}
