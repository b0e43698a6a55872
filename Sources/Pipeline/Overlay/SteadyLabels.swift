// Label maps without flicker.
public import Frames

/// Keeps each pixel's label until another one has come several frames in a row.
///
/// A pixel changes its label once the new one has been seen `patience` times, or at once where all around it changes too:
/// things that move keep their edges, single cells that flip do not show. Nothing waits for later frames, so a label is late
/// by `patience` − 1 frames at most, and there is no delay of pictures.
///
/// Used by one stage at a time.
public final class SteadyLabels {
  private let patience: UInt8
  private var shown: LabelMap?
  private var wanted: [UInt8] = []
  private var seen: [UInt8] = []

  /// - Parameter patience: frames that a new label must be seen, ≥ 1.
  public init(patience: Int = 2) { self.patience = UInt8(max(1, min(255, patience))) }

  /// The steadied map; the same object from call to call while the size stays.
  ///
  /// - Complexity: O(pixels); allocates nothing while the size stays.
  public func steady(_ labels: LabelMap) -> LabelMap {
    guard let shown, shown.width == labels.width, shown.height == labels.height, shown.revision == labels.revision
    else { return begin(labels) }
    let (new, old, count) = (labels.labels, shown.labels, labels.count)
    wanted.withUnsafeMutableBufferPointer { wanted in
      seen.withUnsafeMutableBufferPointer { seen in
        for index in 0..<count {
          let label = new[index]
          if label == old[index] {
            seen[index] = 0
          } else {
            seen[index] = label == wanted[index] ? seen[index] + 1 : 1
            wanted[index] = label
            if seen[index] >= patience || isInside(index, label, new, labels) {
              (old[index], seen[index]) = (label, 0)
            }
          }
        }
      }
    }
    return shown
  }

  /// Whether the cells two steps around have the label as well: then a thing has come, and no cell has flipped.
  private func isInside(_ index: Int, _ label: UInt8, _ new: UnsafeMutablePointer<UInt8>, _ map: LabelMap) -> Bool {
    let (x, y) = (index % map.width, index / map.width)
    guard x >= 2, y >= 2, x < map.width - 2, y < map.height - 2 else { return false }
    return new[index - 2] == label && new[index + 2] == label && new[index - 2 * map.width] == label
      && new[index + 2 * map.width] == label
  }

  private func begin(_ labels: LabelMap) -> LabelMap {
    let made = LabelMap(width: labels.width, height: labels.height)
    made.revision = labels.revision
    made.labels.update(from: labels.labels, count: labels.count)
    wanted = [UInt8](repeating: 0, count: labels.count)
    seen = wanted
    shown = made
    return made
  }
}
