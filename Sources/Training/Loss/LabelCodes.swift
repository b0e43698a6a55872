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
  /// `[classes]`, and the sum over classes.
  let byClass: UnsafeMutablePointer<Cells>
  private(set) var total = Cells.zero

  init(classes: Int, scratch: UnsafeMutablePointer<Float>) {
    self.classes = classes
    byClass = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Cells.self)
  }

  /// Counts the labels of `count` cells that start at `corner`.
  @inline(__always)
  mutating func load(_ corner: LabelCorner, count: Int) {
    byClass.update(repeating: .zero, count: classes)
    let floats = UnsafeMutableRawPointer(byClass).assumingMemoryBound(to: Float.self)
    total = .zero
    for lane in 0..<count {
      corner.forEach(lane) { label in
        guard label < classes else { return }
        floats[label * SoftmaxTile.width + lane] += 1
        total[lane] += 1
      }
    }
  }
}

/// The labels of the first of some neighbouring cells.
struct LabelCorner {
  let labels: UnsafePointer<UInt8>
  /// Labels between rows, and pixels along a cell's side.
  let stride, cell: Int

  /// Calls `body` with each label of the cell `lane` places to the right.
  @inline(__always)
  func forEach(_ lane: Int, _ body: (Int) -> Void) {
    for y in 0..<cell {
      let row = labels + y * stride + lane * cell
      for x in 0..<cell { body(Int(row[x])) }
    }
  }
}
