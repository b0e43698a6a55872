// A decoder's picture, kept by reference.
import CFFmpeg
import Frames

/// Owns one reference to a decoder's `AVFrame`; frames made from it keep it alive and read its memory in place.
final class DecodedPicture: @unchecked Sendable {  // read only once it is filled
  let raw: UnsafeMutablePointer<AVFrame>

  init() {
    guard let frame = av_frame_alloc() else { preconditionFailure("no memory for a frame's description") }
    raw = frame
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = raw
    av_frame_free(&frame)
  }

  var width: Int { Int(raw.pointee.width) }
  var height: Int { Int(raw.pointee.height) }
  var format: AVPixelFormat { AVPixelFormat(raw.pointee.format) }

  var isFull: Bool {
    if raw.pointee.color_range == AVCOL_RANGE_JPEG || format.withoutJ.isFull { return true }
    return raw.pointee.color_range == AVCOL_RANGE_UNSPECIFIED && format.isGray
  }

  /// Matrix, range, primaries, transfer and chroma position as the decoder states them.
  var color: ColorDescription {
    let frame = raw.pointee
    let range: ColorDescription.Range =
      isFull ? .full : frame.color_range == AVCOL_RANGE_MPEG ? .limited : .unspecified
    return ColorDescription(
      matrix: Int32(frame.colorspace.rawValue), range: range, primaries: Int32(frame.color_primaries.rawValue),
      transfer: Int32(frame.color_trc.rawValue), chromaLocation: Int32(frame.chroma_location.rawValue))
  }

  /// Orientation from the picture's own display matrix (HEVC and H.264 SEI) or Exif tag (JPEG), where it has one.
  var rotation: Rotation? {
    if let matrix = cff_frame_matrix(raw) { return Rotation(displayMatrix: matrix) }
    let tag = av_dict_get(raw.pointee.metadata, "Orientation", nil, 0)
    guard let value = tag?.pointee.value, let number = Int(String(cString: value).filter(\.isNumber)) else {
      return nil
    }
    return Rotation(exifOrientation: number)
  }

  /// A frame over this picture's memory, or nil when the layout is not one of Verge's.
  func frameWithoutCopy() -> Frame? {
    guard let layout = PixelFormat(sameMemoryAs: format) else { return nil }
    let data = raw.pointee.data
    let lines = raw.pointee.linesize
    let parts = [(data.0, lines.0), (data.1, lines.1), (data.2, lines.2)].prefix(layout.planeCount)
    var planes: [Plane] = []
    for (number, part) in parts.enumerated() {
      guard let base = part.0, part.1 > 0 else { return nil }
      let size = layout.planeSize(number, width: width, height: height)
      planes.append(Plane(data: base, stride: Int(part.1), width: size.width, height: size.height))
    }
    return Frame(format: layout, width: width, height: height, planes: planes, owner: self)
  }
}
