// FORMAT:PATH[:SPLIT]: how data sets are named on the command line.
import Foundation

/// A data set's format, place and split.
public struct DataSpecification: Sendable, Hashable {
  public enum Format: String, Sendable, CaseIterable {
    case camvid, carla, scenes
  }

  public let format: Format
  public let path: String
  /// A folder below `path`, such as `train` or `val`; empty for the folder itself.
  public let split: String

  /// - Throws: `TrainingError.specification` for an unknown format or a missing path.
  public init(_ text: String) throws(TrainingError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let formats = Format.allCases.map(\.rawValue).joined(separator: ", ")
    guard parts.count >= 2 else { throw .specification(text, reason: "write FORMAT:PATH[:SPLIT]; formats: \(formats)") }
    guard let format = Format(rawValue: parts[0]) else {
      throw .specification(text, reason: "unknown format '\(parts[0])'; formats: \(formats)")
    }
    // A split is one plain name; a colon in a path stays in the path.
    let hasSplit = parts.count > 2 && !parts[parts.count - 1].contains("/")
    self.format = format
    split = hasSplit ? parts[parts.count - 1] : ""
    path = parts[1..<(parts.count - (hasSplit ? 1 : 0))].joined(separator: ":")
    guard !path.isEmpty || format == .scenes else { throw .specification(text, reason: "the path is missing") }
  }

  /// For receipts, which travel further than the folder: the specification with the path's last component only.
  public var shareable: String {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    return "\(format.rawValue):\(name)" + (split.isEmpty ? "" : ":" + split)
  }

  /// The folder that holds the data.
  public var folder: String { split.isEmpty ? path : path + "/" + split }

  /// Opens the data set.
  ///
  /// - Throws: `TrainingError.data` when there is nothing to read.
  public func open() throws(TrainingError) -> any LabelledSource {
    switch format {
    case .camvid: try FolderSource(self, layout: .camvid)
    case .carla: try FolderSource(self, layout: .carla)
    case .scenes: try SceneSource(self)
    }
  }
}

extension DataSpecification: CustomStringConvertible {
  public var description: String { "\(format.rawValue):\(path)" + (split.isEmpty ? "" : ":" + split) }
}
