// What one photograph and its mask are like.
import Frames
import Video

/// Everything that is measured on one pair.
struct PairFacts: Sendable {
  /// Why a file cannot be used, in one line each.
  enum Trouble: Sendable, Hashable {
    case unreadable(String)
    case jpegMask, colorMask
    case sizes(image: String, mask: String)
  }

  let name: String
  private(set) var troubles: [Trouble] = []
  /// The mask's is nil where it is half of the photograph's file.
  private(set) var imageHeader, maskHeader: PictureHeader?
  /// Of the photograph.
  private(set) var size: String?
  private(set) var print: Fingerprint?
  /// Pixels by label; nil for a mask that was not read.
  private(set) var counts: [Int]?
  private(set) var unknown: Set<UInt8> = []
  private(set) var isExtreme = false
  /// Share of the mask's pixels in colours of no class.
  private(set) var foreignShare = 0.0

  init(_ pair: PicturePair, in split: LintSplit) {
    name = pair.name
    imageHeader = PictureHeader(path: pair.image)
    maskHeader = pair.mask == pair.image ? nil : PictureHeader(path: pair.mask)
    let photograph = photograph(of: pair, in: split)
    if let trouble = headerTrouble(split) {
      troubles.append(trouble)
      return
    }
    do throws(VideoError) {
      let mask = try split.mask(of: pair)
      (counts, unknown, isExtreme) = (Self.histogram(mask.labels), mask.unknown, mask.isExtreme)
      foreignShare = mask.foreignShare
      if let photograph, photograph != (mask.labels.width, mask.labels.height) {
        troubles.append(.sizes(image: size ?? "", mask: "\(mask.labels.width)×\(mask.labels.height)"))
      }
    } catch { troubles.append(.unreadable("\(error)")) }
  }

  /// The photograph's size; nil where it cannot be read.
  private mutating func photograph(of pair: PicturePair, in split: LintSplit) -> (width: Int, height: Int)? {
    do throws(VideoError) {
      let frame = try split.photograph(of: pair)
      size = "\(frame.width)×\(frame.height)"
      print = Fingerprint(frame)
      return (frame.width, frame.height)
    } catch {
      troubles.append(.unreadable("\(error)"))
      return nil
    }
  }

  /// What the mask's header alone rules out.
  private func headerTrouble(_ split: LintSplit) -> Trouble? {
    guard let maskHeader, !split.readsColors else { return nil }
    if maskHeader.kind == .jpeg { return .jpegMask }
    return split.wantsNumbers && maskHeader.hasColor ? .colorMask : nil
  }

  /// Whether compression has changed the mask's pixels.
  var isMaskLossy: Bool { (maskHeader ?? imageHeader)?.kind == .jpeg }

  private static func histogram(_ map: LabelMap) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    counts.withUnsafeMutableBufferPointer { counts in
      for label in map.buffer { counts[Int(label)] += 1 }
    }
    return counts
  }
}
