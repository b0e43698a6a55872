// Pictures to measure a model on, ready for the network.
import Foundation
import Frames
public import UNet
import Video

/// One picture scaled to the network's input, with its labels at their own size.
public struct EvaluationPicture: Sendable {
  /// u8 `[inputHeight, inputWidth, 3]`.
  public let rgb: [UInt8]
  public let input: InputSize
  public let width, height: Int
  /// u8 `[height, width]`, in the network's classes.
  public let labels: [UInt8]
  public let name: String

  /// - Parameter name: for messages.
  public init(rgb: [UInt8], input: InputSize, width: Int, height: Int, labels: [UInt8], name: String) {
    precondition(rgb.count == 3 * input.pixels, "\(rgb.count) samples are no \(input)")
    (self.rgb, self.input, self.width, self.height) = (rgb, input, width, height)
    (self.labels, self.name) = (labels, name)
  }

  /// Left and right exchanged in the picture, not in the labels.
  func mirrored() -> EvaluationPicture {
    var mirrored = rgb
    for y in 0..<input.height {
      for x in 0..<input.width {
        let (from, to) = (3 * (y * input.width + input.width - 1 - x), 3 * (y * input.width + x))
        for c in 0..<3 { mirrored[to + c] = rgb[from + c] }
      }
    }
    return EvaluationPicture(rgb: mirrored, input: input, width: width, height: height, labels: labels, name: name)
  }
}

/// A data set for measuring; pictures are read one at a time. As in training, a few may be of no use.
public struct EvaluationSet: Sendable {
  public let source: any LabelledSource
  let map: ClassMap
  let architecture: Architecture
  /// Pixels of the network's input; nil for about the picture's own size.
  let budget: Int?
  /// Of the input's sides beyond that.
  let enlargement: Double
  /// Pictures to use, evenly spread over the source.
  public let count: Int
  /// Pictures that could not be used.
  public let skipped: SkippedPictures

  /// - Parameters:
  ///   - budget: pixels of the network's input; nil for about the picture's own size.
  ///   - enlargement: of the input's sides beyond that.
  ///   - limit: the most pictures to use; nil for all.
  ///   - skipped: where pictures of no use are counted; nil to count those of this set alone.
  /// - Throws: `TrainingError.classes` when the set's classes and the network's are unrelated.
  public init(
    _ source: any LabelledSource, architecture: Architecture, budget: Int? = nil, enlargement: Double = 1,
    limit: Int? = nil, skipped: SkippedPictures? = nil
  ) throws(TrainingError) {
    self.source = source
    self.architecture = architecture
    (self.budget, self.enlargement) = (budget, enlargement)
    count = min(source.count, max(1, limit ?? source.count))
    self.skipped = skipped ?? SkippedPictures(count: source.count)
    let names = architecture.classes.map(\.name)
    var sets = LabelSets(classes: names.count)
    map = try ClassMap(from: source.classNames, to: names, changes: source.changes, sets: &sets)
      .withoutSets(classes: names.count)
  }

  /// Picture `index` at the network's input size, as a live frame would be scaled.
  ///
  /// - Throws: `TrainingError.picture` when it cannot be used.
  public func picture(at index: Int) throws(TrainingError) -> EvaluationPicture {
    try view(of: labelled(at: index), name: name(at: index))
  }

  /// Picture `index`, or the first one after it that can be used.
  ///
  /// - Throws: `TrainingError.data` when too many cannot.
  func picture(atOrAfter index: Int) throws(TrainingError) -> EvaluationPicture {
    for place in index..<(index + count) {
      let index = place % count
      if let picture = try usable(at: index) { return try view(of: picture, name: name(at: index)) }
    }
    throw uselessness
  }

  /// Picture `index` as the source has it, with labels in the network's classes; nil when it is left out.
  ///
  /// - Throws: `TrainingError.data` when it is one too many.
  func usable(at index: Int) throws(TrainingError) -> LabelledPicture? {
    do throws(TrainingError) { return try labelled(at: index) } catch { try skipped.add(error) }
    return nil
  }

  var uselessness: TrainingError { .data(path: source.specification, reason: "not one picture of it can be used") }

  /// Picture `index` as the source has it, with labels in the network's classes.
  private func labelled(at index: Int) throws(TrainingError) -> LabelledPicture {
    var picture = try source.picture(at: place(of: index))
    map.apply(to: &picture.labels)
    return picture
  }

  func name(at index: Int) -> String { source.name(at: place(of: index)) }

  private func place(of index: Int) -> Int { index * source.count / count }

  /// A picture at the network's input size.
  ///
  /// - Parameter scale: of the input's sides; 1 for the size that a live frame has.
  func view(of picture: LabelledPicture, name: String, scale: Double = 1) throws(TrainingError) -> EvaluationPicture {
    let side = scale * enlargement
    let pixels = Double(budget ?? picture.width * picture.height) * side * side
    let size = architecture.inputSize(width: picture.width, height: picture.height, budget: Int(pixels.rounded()))
    return EvaluationPicture(
      rgb: try Self.scale(picture, to: size, name: name), input: size, width: picture.width, height: picture.height,
      labels: picture.labels, name: name)
  }

  private static func scale(
    _ picture: LabelledPicture, to size: InputSize, name: String
  ) throws(TrainingError) -> [UInt8] {
    if size.width == picture.width && size.height == picture.height { return picture.rgb }
    let frame = Frame(width: picture.width, height: picture.height, format: .rgb24)
    picture.rgb.withUnsafeBufferPointer { rgb in
      for y in 0..<picture.height {
        frame.planes[0].row(y).update(from: rgb.baseAddress! + 3 * y * picture.width, count: 3 * picture.width)
      }
    }
    do throws(VideoError) {
      let scaled = try Scaler(width: size.width, height: size.height, format: .rgb24).scale(frame)
      return (0..<size.height).flatMap { y in
        UnsafeBufferPointer(start: scaled.planes[0].row(y), count: 3 * size.width)
      }
    } catch {
      throw .data(path: name, reason: "\(error)")
    }
  }
}
