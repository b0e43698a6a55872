// A picture with a class for every pixel, as training keeps it.
import Foundation
public import Frames
public import UNet

/// An upright RGB picture and its labels, both in memory.
public struct LabelledPicture: Sendable {
  public let width, height: Int
  /// u8 `[height, width, 3]`, full-range R, G, B.
  public let rgb: [UInt8]
  /// u8 `[height, width]`: class indices, 255 ignored.
  public var labels: [UInt8]

  public init(width: Int, height: Int, rgb: [UInt8], labels: [UInt8]) {
    precondition(rgb.count == 3 * width * height && labels.count == width * height, "a picture of another size")
    (self.width, self.height, self.rgb, self.labels) = (width, height, rgb, labels)
  }

  /// Copies a frame and its label map.
  ///
  /// - Parameters:
  ///   - frame: upright `rgb24`.
  ///   - map: of the same size.
  public init(frame: Frame, map: LabelMap) {
    precondition(frame.format == .rgb24, "a labelled picture is made from rgb24, not \(frame.format)")
    var rgb = [UInt8]()
    rgb.reserveCapacity(3 * frame.width * frame.height)
    for y in 0..<frame.height {
      rgb.append(contentsOf: UnsafeBufferPointer(start: frame.planes[0].row(y), count: 3 * frame.width))
    }
    self.init(width: frame.width, height: frame.height, rgb: rgb, labels: Array(map.buffer))
  }
}

/// Labelled pictures that can be asked for by number, in any order and from any thread.
public protocol LabelledSource: Sendable {
  /// FORMAT:PATH[:SPLIT], as given.
  var specification: String { get }
  /// Class names by label.
  var classNames: [String] { get }
  /// Names and colours by label.
  var classes: [PixelClass] { get }
  /// What the user should know of the set before it is used, a line each.
  var notes: [String] { get }
  /// What makes figures of it worth less than they look, a line each.
  var warnings: [String] { get }
  /// The user's own map from labels to a network's classes.
  var changes: ClassMapFile? { get }
  /// How many pictures there are; of an endless source, how many make an epoch.
  var count: Int { get }
  /// - Throws: `TrainingError.data` for a picture that cannot be read or does not fit its labels.
  func picture(at index: Int) throws(TrainingError) -> LabelledPicture
  /// A name for picture `index`, for messages.
  func name(at index: Int) -> String
}

extension LabelledSource {
  public var classes: [PixelClass] { ClassList(name: "", names: classNames).classes }
  public var notes: [String] { [] }
  public var warnings: [String] { [] }
  public var changes: ClassMapFile? { nil }
}
