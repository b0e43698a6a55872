// Pictures that were read once and still fit in memory.
import Synchronization

/// Keeps pictures up to a limit; what came first stays, since every picture comes as often as any other.
final class PictureCache: Sendable {
  private struct Key: Hashable {
    let part, index: Int
  }

  private struct Content {
    var pictures: [Key: LabelledPicture] = [:]
    var bytes = 0
  }

  private let limit: Int
  private let content = Mutex(Content())

  /// - Parameter limit: bytes of samples and labels.
  init(limit: Int) { self.limit = limit }

  /// A quarter of the memory that is free now, at most 4 GiB.
  static var standardLimit: Int { min(4 << 30, FreeMemory.bytes / 4) }

  subscript(part: Int, index: Int) -> LabelledPicture? {
    get { content.withLock { $0.pictures[Key(part: part, index: index)] } }
    set {
      guard let newValue else { return }
      let key = Key(part: part, index: index)
      let bytes = newValue.rgb.count + newValue.labels.count
      content.withLock { content in
        // Two readers may have read the same picture at once.
        guard content.pictures[key] == nil, content.bytes + bytes <= limit else { return }
        content.bytes += bytes
        content.pictures[key] = newValue
      }
    }
  }
}
