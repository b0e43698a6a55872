// Masks as run lengths.
import Frames

/// The run lengths of every class of a mask, as COCO writes them: column by column from the top left, numbers of pixels
/// alternately outside and inside of the class, outside first.
/// - Source: the COCO API's uncompressed RLE.
struct RunLengths {
  /// By class index.
  private(set) var lengths = [[Int]](repeating: [], count: 256)
  private var ends = [Int](repeating: 0, count: 256)

  /// Replaces the run lengths by those of `mask`.
  mutating func take(_ mask: LabelMap) {
    for label in 0..<256 {
      lengths[label].removeAll(keepingCapacity: true)
      ends[label] = 0
    }
    var (start, current) = (0, mask.labels[0])
    var place = 0
    for x in 0..<mask.width {
      var pixel = mask.labels + x
      for _ in 0..<mask.height {
        if pixel.pointee != current {
          add(current, start..<place)
          (start, current) = (place, pixel.pointee)
        }
        place += 1
        pixel += mask.width
      }
    }
    add(current, start..<place)
    for label in 0..<256 where ends[label] < place { lengths[label].append(place - ends[label]) }
  }

  private mutating func add(_ label: UInt8, _ run: Range<Int>) {
    lengths[Int(label)].append(run.lowerBound - ends[Int(label)])
    lengths[Int(label)].append(run.count)
    ends[Int(label)] = run.upperBound
  }
}
