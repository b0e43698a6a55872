// FORMAT[@LABELS]:PATH[:SPLIT][:CHOICE][=WEIGHT]: how data sets are named on the command line.
import Foundation
import Settings

/// A data set's format, label set, place, split and weight.
public struct DataSpecification: Sendable, Hashable {
  public enum Format: String, Sendable, CaseIterable {
    case camvid, carla, cityscapes, masks, pairs, scenes
  }

  public let format: Format
  /// The label set of the masks as given after `@`, a known one or a file of class names; nil to find out.
  public let labels: String?
  public let path: String
  /// Folders and drives of the set, such as `train`, `train+val` or `train@1,3`; empty for all of it.
  public let split: String
  /// The part of it that is wanted; nil for all.
  public let choice: PictureChoice?
  /// What weights of sets may be: their sums and ratios stay far from the ends of numbers.
  static let weightRange = 1e-6...1e6

  /// Its weight in the stream of training pictures, where one is given.
  public let weight: Double?

  /// - Throws: `TrainingError.specification` for an unknown format, a missing path or a weight that is none.
  public init(_ text: String) throws(TrainingError) {
    let (body, weight) = Self.weight(of: text)
    if let weight, !Self.weightRange.contains(weight) {
      throw .specification(text, reason: "a weight is from 1e-6 to 1e6")
    }
    var parts = body.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let names = Format.allCases.map(\.rawValue)
    guard parts.count >= 2 else {
      throw .specification(text, reason: "write FORMAT:PATH[:SPLIT]; formats: \(names.joined(separator: ", "))")
    }
    let head = parts.removeFirst().split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard let format = Format(rawValue: head[0]) else {
      throw .specification(text, reason: "formats: \(NearestName.text(unknown: head[0], known: names))")
    }
    choice = parts.count > 1 ? parts.last.flatMap { PictureChoice($0) } : nil
    if choice != nil { parts.removeLast() }
    // A split has no slash; a colon in a path stays in the path.
    let hasSplit = parts.count > 1 && !(parts.last ?? "").contains("/")
    split = hasSplit ? parts.removeLast() : ""
    path = parts.joined(separator: ":")
    (self.format, labels, self.weight) = (format, head.count > 1 ? head[1] : nil, weight)
    guard !path.isEmpty || format == .scenes else { throw .specification(text, reason: "the path is missing") }
  }

  /// Takes a number after the last `=` off.
  private static func weight(of text: String) -> (body: String, weight: Double?) {
    guard let sign = text.lastIndex(of: "="), let weight = Double(text[text.index(after: sign)...]) else {
      return (text, nil)
    }
    return (String(text[..<sign]), weight)
  }

  /// For receipts, which travel further than the folder: the specification with paths' last components only.
  public var shareable: String {
    func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
    return description(path: last(path), labels: labels.map(last))
  }

  private func description(path: String, labels: String?) -> String {
    "\(format.rawValue)\(labels.map { "@" + $0 } ?? ""):\(path)" + (split.isEmpty ? "" : ":" + split)
      + (choice.map { ":\($0)" } ?? "")
  }
}

extension DataSpecification: CustomStringConvertible {
  public var description: String {
    description(path: path, labels: labels) + (weight.map { "=\($0)" } ?? "")
  }
}

extension DataSpecification {
  /// Opens the data set.
  ///
  /// - Throws: `TrainingError.data` when there is nothing to read.
  public func open() throws(TrainingError) -> any LabelledSource { try open(changes: nil) }

  /// Opens the data sets of one command, with one class map for all of them.
  ///
  /// - Parameter map: a YAML file, see `ClassMapFile`; nil for none.
  /// - Throws: `TrainingError.data` when there is nothing to read, or the map has labels that no set has.
  public static func open(
    _ specifications: [DataSpecification], map: String? = nil
  ) throws(TrainingError) -> [any LabelledSource] {
    let changes = try map.map { path throws(TrainingError) in try ClassMapFile(contentsOf: path) }
    var sources: [any LabelledSource] = []
    for specification in specifications { sources.append(try specification.open(changes: changes)) }
    try changes?.check(sources.map(\.classNames))
    return sources
  }

  /// The weights of several sets; empty when none has one, and 1 for those without where others have.
  public static func weights(_ specifications: [DataSpecification]) -> [Double] {
    specifications.contains { $0.weight != nil } ? specifications.map { $0.weight ?? 1 } : []
  }

  private func open(changes: ClassMapFile?) throws(TrainingError) -> any LabelledSource {
    switch format {
    case .scenes: try SceneSource(self, changes: changes)
    case .camvid, .carla, .cityscapes, .masks, .pairs: try FolderSource(self, changes: changes)
    }
  }

  /// For the help of commands that take data sets.
  public static let manual = """
    A data set is FORMAT[@LABELS]:PATH[:SPLIT][:CHOICE][=WEIGHT].

    FORMAT and what PATH holds:
      camvid      images/ and masks/ of label numbers, CamVid's 11 classes
      carla       CameraRGB/ and CameraSeg/ as the simulator writes them, the label in the red channel; the version of the
                  labels is found out from the masks, or given: carla@0.8, carla@0.9, carla@0.9.14
      cityscapes  leftImg8bit/ and gtFine/ with a folder for each city or drive; *_labelIds.png, *_labelTrainIds.png,
                  *_labellevel3Ids.png of IDD, or *_label.png of IDD Lite
      masks       images/ and masks/ (.png or .jpg): black and white, label numbers, or colours; names and colours of the
                  classes in classes.txt beside them, a line NAME or NAME #rrggbb for each
      pairs       pictures with the photograph left and its coloured mask right; CityScapes' colours, or pairs@FILE
      scenes      drawn streets, nothing to download; PATH is the size, 480x360 when left out

    A photograph and its mask have the same name, but for a word such as in 1_sat_2.jpg and 1_mask_2.jpg.

    LABELS is the label set of the masks where it is not the format's own: the name of a known one or a file like
    classes.txt.

    SPLIT is a folder such as train, several as train+val, and with @ the drives in it, train@1,3, or all but some,
    train@-2. A drive is a folder of its own, or the part of file names before their last _.
    CHOICE takes a part of that, the same in every run: drives80, about 80 % of the pictures in whole drives, and
    drives80-rest, the other drives; random80 and random80-rest take single frames, whose neighbours are then on both
    sides: scores come out too high.

    WEIGHT is the set's share among several in training; without, sets count by their number of pictures.

    Labels find their classes by what the names mean: CARLA's sidewalk is CamVid's pavement, and IDD Lite's vehicles are
    car or bicyclist, one of which the network shall say. --map FILE.yaml changes that with lines LABEL: CLASS,
    LABEL: [CLASS, CLASS] or LABEL: ignore.
    """
}
