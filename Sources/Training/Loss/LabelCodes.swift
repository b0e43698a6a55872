// What each label code means to the loss.
import Frames

/// Weights and classes by label code, in tables that the loops over pixels read.
final class LabelCodes {
  let classes: Int
  /// By code 0…255: the weight of a pixel; 0 for what is ignored. A set weighs the mean of its classes.
  private let weightTable: FloatBuffer
  /// By code: the classes of a set; empty for single classes.
  private let members: [[Int]]

  init(classWeights: [Float], sets: LabelSets) {
    classes = classWeights.count
    precondition(sets.classes == classes, "label sets of another class list")
    weightTable = FloatBuffer(count: 256)
    var members = [[Int]](repeating: [], count: 256)
    for code in UInt8.min..<ignoreLabel {
      let meant = sets[code].map(Int.init)
      guard !meant.isEmpty else { continue }
      weightTable.data[Int(code)] = meant.reduce(0) { $0 + classWeights[$1] } / Float(meant.count)
      if code >= classes { members[Int(code)] = meant }
    }
    self.members = members
  }

  var weights: UnsafePointer<Float> { UnsafePointer(weightTable.data) }

  /// The classes of the set with this code.
  func members(_ code: Int) -> [Int] { members[code] }
}

/// How many pixels of each class the cells of a tile have; ignored pixels and sets are left out.
struct LabelCounts {
  let classes: Int
  /// `[classes]`, and after them the sum over classes.
  let byClass: UnsafeMutablePointer<Cells>

  /// Floats of scratch memory for the counts.
  static func floats(classes: Int) -> Int { SoftmaxTile.width * (classes + 1) }

  init(classes: Int, scratch: UnsafeMutablePointer<Float>) {
    self.classes = classes
    byClass = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Cells.self)
  }

  /// Pixels of any class.
  var total: Cells { byClass[classes] }

  /// The cells' pixels of a class, and of any.
  @inline(__always)
  func values(of label: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(byClass + label).assumingMemoryBound(to: Float.self)
  }

  @inline(__always)
  var totals: UnsafeMutablePointer<Float> { values(of: classes) }

  /// Counts the labels of `count` cells that start at `corner`.
  @inline(__always)
  func load(_ corner: LabelCorner, count: Int) {
    byClass.update(repeating: .zero, count: classes)
    let floats = UnsafeMutableRawPointer(byClass).assumingMemoryBound(to: Float.self)
    for lane in 0..<count {
      corner.forEach(lane) { label, pixels in
        if label < classes { floats[label * SoftmaxTile.width + lane] += pixels }
      }
    }
    byClass[classes] = (0..<classes).reduce(into: Cells.zero) { $0 += byClass[$1] }
  }
}

/// The labels of the first of some neighbouring cells.
struct LabelCorner {
  let labels: UnsafePointer<UInt8>
  /// Labels between rows, and pixels along a cell's side.
  let stride, cell: Int

  /// Calls `body` with the labels of the cell `lane` places to the right, neighbours of the same label together.
  @inline(__always)
  func forEach(_ lane: Int, _ body: (_ label: Int, _ count: Float) -> Void) {
    var (label, count): (UInt8, Float) = (labels[lane * cell], 0)
    for y in 0..<cell {
      let row = labels + y * stride + lane * cell
      for x in 0..<cell {
        if row[x] != label {
          body(Int(label), count)
          (label, count) = (row[x], 0)
        }
        count += 1
      }
    }
    body(Int(label), count)
  }
}
