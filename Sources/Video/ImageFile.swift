// Single pictures in and out: photographs and masks.
import CFFmpeg
import Foundation
public import Frames

/// Reads and writes image files of any format FFmpeg knows.
public enum ImageFile {
  /// The picture in the file's own layout (JPEG: planar YUV; PNG: `gbrp`; grey: 4:2:0 with neutral chroma).
  ///
  /// `rotation` tells how to turn it upright; `Scaler` does.
  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, `.badPicture`.
  public static func read(_ path: String) throws(VideoError) -> Frame {
    try FrameMaker().frame(from: picture(path))
  }

  /// The picture as upright `rgb24` of its own size.
  ///
  /// - Parameter strictly: refuses a picture that breaks off or is damaged, of which otherwise as much is shown as there is.
  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, `.badPicture`.
  public static func readRGB(_ path: String, strictly: Bool = false) throws(VideoError) -> Frame {
    let frame = try FrameMaker().frame(from: picture(path, strictly: strictly))
    return try Scaler(width: frame.displaySize.width, height: frame.displaySize.height, format: .rgb24).scale(frame)
  }

  /// The numbers in a mask, untouched: palette indices, or grey values.
  ///
  /// - Parameter strictly: refuses a picture that breaks off or is damaged.
  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, and `.badPicture` for a picture in colours or numbers above 255.
  public static func readIndices(_ path: String, strictly: Bool = false) throws(VideoError) -> LabelMap {
    let picture = try picture(path, strictly: strictly)
    switch picture.format {
    case AV_PIX_FMT_PAL8, AV_PIX_FMT_GRAY8: return labels(of: picture, at: 0, step: 1)
    case AV_PIX_FMT_YA8: return labels(of: picture, at: 0, step: 2)
    case AV_PIX_FMT_GRAY16BE: return try wideLabels(of: picture, step: 2, path: path)
    case AV_PIX_FMT_YA16BE: return try wideLabels(of: picture, step: 4, path: path)
    case AV_PIX_FMT_MONOBLACK: return bits(of: picture, inverted: false)
    case AV_PIX_FMT_MONOWHITE: return bits(of: picture, inverted: true)
    default:
      throw .badPicture(
        path, cause: "a mask of indices must be a palette or grey picture, not \(picture.format.name)")
    }
  }

  /// The red channel of a mask, as CARLA writes class ids; grey and palette masks give their numbers.
  ///
  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, and `.badPicture` for any other layout.
  public static func readRed(_ path: String, strictly: Bool = false) throws(VideoError) -> LabelMap {
    let picture = try picture(path, strictly: strictly)
    switch picture.format {
    case AV_PIX_FMT_RGB24: return labels(of: picture, at: 0, step: 3)
    case AV_PIX_FMT_RGBA, AV_PIX_FMT_RGB0: return labels(of: picture, at: 0, step: 4)
    case AV_PIX_FMT_BGR24: return labels(of: picture, at: 2, step: 3)
    case AV_PIX_FMT_BGRA, AV_PIX_FMT_BGR0: return labels(of: picture, at: 2, step: 4)
    case AV_PIX_FMT_PAL8, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YA8: return try readIndices(path, strictly: strictly)
    default:
      throw .badPicture(path, cause: "no 8-bit red channel in \(picture.format.name); save the mask as an 8-bit PNG")
    }
  }

  private static func labels(of picture: DecodedPicture, at offset: Int, step: Int) -> LabelMap {
    let map = LabelMap(width: picture.width, height: picture.height)
    guard let base = picture.raw.pointee.data.0 else { return map }
    let stride = Int(picture.raw.pointee.linesize.0)
    for y in 0..<map.height {
      let (from, to) = (base + y * stride + offset, map.labels + y * map.width)
      for x in 0..<map.width { to[x] = from[x * step] }
    }
    return map
  }

  /// 16-bit samples, high byte first as PNG has them, that hold numbers below 256.
  private static func wideLabels(
    of picture: DecodedPicture, step: Int, path: String
  ) throws(VideoError) -> LabelMap {
    let high = labels(of: picture, at: 0, step: step)
    if high.buffer.contains(where: { $0 != 0 }) {
      throw .badPicture(path, cause: "16-bit numbers above 255 are no labels; save the mask with 8 bits")
    }
    return labels(of: picture, at: 1, step: step)
  }

  /// One bit a pixel, the first one highest; black is 0.
  private static func bits(of picture: DecodedPicture, inverted: Bool) -> LabelMap {
    let map = LabelMap(width: picture.width, height: picture.height)
    guard let base = picture.raw.pointee.data.0 else { return map }
    for y in 0..<map.height {
      let row = base + y * Int(picture.raw.pointee.linesize.0)
      for x in 0..<map.width {
        let bit = row[x >> 3] >> UInt8(7 - x & 7) & 1
        map[x: x, y: y] = inverted ? 1 - bit : bit
      }
    }
    return map
  }

  /// The first picture of a file as the decoder gives it.
  private static func picture(_ path: String, strictly: Bool = false) throws(VideoError) -> DecodedPicture {
    guard FileManager.default.fileExists(atPath: path) else { throw .cannotOpen(path, cause: "no such file") }
    return try SinglePicture.decode(path, strictly: strictly)
  }
}

extension ImageFile {
  /// Writes class indices as an 8-bit palette PNG; see `ImageWriter` for many.
  ///
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.encoder`.
  public static func writePNG(_ labels: LabelMap, palette: Palette, to path: String) throws(VideoError) {
    try ImageWriter().writePNG(labels, palette: palette, to: path)
  }

  /// Writes a frame as an RGB PNG; rotation is not applied.
  ///
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.encoder`, `.badPicture`.
  public static func writePNG(_ frame: Frame, to path: String) throws(VideoError) {
    try ImageWriter().writePNG(frame, to: path)
  }

  /// Writes a frame as an RGB PNG in one step: `path` is the old picture or the whole new one, never a part.
  ///
  /// What is there and no regular file, such as a pipe, is written to.
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.encoder`, `.badPicture`.
  public static func replacePNG(at path: String, with frame: Frame) throws(VideoError) {
    var about = stat()
    if stat(path, &about) == 0, about.st_mode & S_IFMT != S_IFREG { return try writePNG(frame, to: path) }
    let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier).partial"
    do { try writePNG(frame, to: draft) } catch {
      throw error.naming(path, not: draft)
    }
    guard rename(draft, path) == 0 else {
      let number = errno
      unlink(draft)
      throw OutputFile.error(path, number)
    }
  }

  /// Writes a frame as a JPEG; rotation is not applied.
  ///
  /// - Throws: `VideoError.cannotWrite`, `.diskFull`, `.encoder`, `.badPicture`.
  public static func writeJPEG(_ frame: Frame, to path: String, quality: Int = 3) throws(VideoError) {
    try ImageWriter().writeJPEG(frame, to: path, quality: quality)
  }
}

extension VideoError {
  /// The error of writing `draft` as one of writing `path`.
  fileprivate func naming(_ path: String, not draft: String) -> VideoError {
    switch self {
    case .cannotWrite(draft, let cause): .cannotWrite(path, cause: cause)
    case .diskFull(draft): .diskFull(path)
    default: self
    }
  }
}
