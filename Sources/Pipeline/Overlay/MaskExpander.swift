// Label maps at the size of the picture on screen.
public import Frames

/// Enlarges label maps to the size in which a frame is displayed: the masks that users get.
///
/// Used by one stage at a time.
public final class MaskExpander {
  private var mapping: LabelMapping?

  public init() {}

  /// Writes the nearest label of each displayed pixel into `mask`, and its confidence where both maps have one.
  ///
  /// - Parameters:
  ///   - labels: upright, any size.
  ///   - mask: upright, of the displayed frame's size; overwritten.
  /// - Complexity: O(pixels of the mask); allocates nothing while the sizes stay.
  public func expand(_ labels: LabelMap, into mask: LabelMap) {
    let mapping = mapping(from: labels, to: mask)
    Self.expand(labels.labels, by: mapping, into: mask.labels)
    if let from = labels.confidence, let to = mask.confidence { Self.expand(from, by: mapping, into: to) }
  }

  private static func expand(
    _ source: UnsafePointer<UInt8>, by mapping: LabelMapping, into target: UnsafeMutablePointer<UInt8>
  ) {
    let width = mapping.columns.count
    for y in mapping.rows.indices {
      let line = target + y * width
      if y > 0, mapping.rows[y] == mapping.rows[y - 1] {
        line.update(from: line - width, count: width)
      } else {
        mapping.expand(source, row: y, into: line)
      }
    }
  }

  private func mapping(from labels: LabelMap, to mask: LabelMap) -> LabelMapping {
    let key = LabelMapping.Key(
      width: mask.width, height: mask.height, rotation: .upright, mapWidth: labels.width, mapHeight: labels.height,
      shiftX: 0, shiftY: 0)
    if let mapping, mapping.key == key { return mapping }
    let made = LabelMapping(key)
    mapping = made
    return made
  }
}
