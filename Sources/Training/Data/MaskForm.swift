// How a mask's file holds labels.
import Frames
import Video

/// From the samples of a mask to labels.
enum MaskForm: Sendable {
  /// Palette indices or grey values, each standing for a label, for 255, or (nil) for nothing known.
  case numbers([UInt8?])
  /// The same in the red channel.
  case red([UInt8?])
  /// Colours, the nearest of a palette.
  case colors(ColorTable)

  /// - Throws: what reading throws, and `VideoError.badPicture` for a number that is no label.
  func read(_ path: String) throws(VideoError) -> LabelMap {
    switch self {
    case .numbers(let table): try Self.look(up: try ImageFile.readIndices(path, strictly: true), in: table, path: path)
    case .red(let table): try Self.look(up: try ImageFile.readRed(path, strictly: true), in: table, path: path)
    case .colors(let table): table.labels(of: try ImageFile.readRGB(path, strictly: true))
    }
  }

  private static func look(up map: LabelMap, in table: [UInt8?], path: String) throws(VideoError) -> LabelMap {
    let labels = map.buffer
    for i in labels.indices {
      guard let label = table[Int(labels[i])] else {
        let known = table.indices.filter { table[$0] != nil && $0 != Int(ignoreLabel) }
        throw .badPicture(
          path, cause: "holds label \(labels[i]); known are \(known.first ?? 0) to \(known.last ?? 0), and 255 for none"
        )
      }
      labels[i] = label
    }
    return map
  }
}
