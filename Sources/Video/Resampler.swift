// One conversion of size, layout, matrix and range, kept ready between frames.
import CFFmpeg
import Frames

/// What the numbers of a picture in memory mean, as swscale asks.
struct PictureShape: Hashable {
  var width, height: Int
  var format: Int32
  /// `AVCOL_SPC_*`; swscale takes 2, unspecified, as BT.601. RGB and grey have no matrix, and must all say the same.
  var matrix: Int32
  var isFull: Bool

  init(width: Int, height: Int, format: AVPixelFormat, matrix: Int32, isFull: Bool) {
    (self.width, self.height) = (width, height)
    self.format = format.withoutJ.format.rawValue
    self.matrix = format.isYUV ? matrix : 2
    self.isFull = isFull || format.withoutJ.isFull
  }

  init(_ frame: Frame) {
    self.init(
      width: frame.width, height: frame.height, format: frame.format.ffmpeg, matrix: frame.color.matrix,
      isFull: frame.color.range == .full || !frame.format.isYUV)
  }
}

/// Addresses and strides of up to four planes.
struct PlaneTable {
  var data: (UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?)
  var strides: (Int32, Int32, Int32, Int32)

  init(_ frame: Frame) {
    self.init(frame.planes)
  }

  init(_ planes: [Plane]) {
    func address(_ i: Int) -> UnsafePointer<UInt8>? { i < planes.count ? UnsafePointer(planes[i].row(0)) : nil }
    func stride(_ i: Int) -> Int32 { i < planes.count ? Int32(planes[i].stride) : 0 }
    data = (address(0), address(1), address(2), address(3))
    strides = (stride(0), stride(1), stride(2), stride(3))
  }

  init(_ picture: UnsafeMutablePointer<AVFrame>) {
    let (planes, lines) = (picture.pointee.data, picture.pointee.linesize)
    data = (UnsafePointer(planes.0), UnsafePointer(planes.1), UnsafePointer(planes.2), UnsafePointer(planes.3))
    strides = (lines.0, lines.1, lines.2, lines.3)
  }
}

/// A swscale context that is made again only when the pictures change shape.
///
/// Used by one thread at a time.
final class Resampler {
  private var context: OpaquePointer?
  private var shapes: (from: PictureShape, to: PictureShape)?

  deinit { sws_freeContext(context) }

  /// Converts a picture; `to` must have room for its shape.
  ///
  /// - Throws: `VideoError.badPicture` when swscale cannot do it.
  /// - Complexity: O(pixels); allocates nothing while the shapes stay.
  func run(from: PlaneTable, _ fromShape: PictureShape, to: PlaneTable, _ toShape: PictureShape) throws(VideoError) {
    if shapes?.from != fromShape || shapes?.to != toShape { try prepare(from: fromShape, to: toShape) }
    var (source, target) = (from, to)
    let rows = withUnsafeBytes(of: &source.data) { sourceData in
      withUnsafeBytes(of: &source.strides) { sourceStrides in
        withUnsafeBytes(of: &target.data) { targetData in
          withUnsafeBytes(of: &target.strides) { targetStrides in
            sws_scale(
              context, sourceData.baseAddress!.assumingMemoryBound(to: UnsafePointer<UInt8>?.self),
              sourceStrides.baseAddress!.assumingMemoryBound(to: Int32.self), 0, Int32(fromShape.height),
              targetData.baseAddress!.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self),
              targetStrides.baseAddress!.assumingMemoryBound(to: Int32.self))
          }
        }
      }
    }
    if rows <= 0 { throw failure(fromShape, toShape) }
  }

  private func prepare(from: PictureShape, to: PictureShape) throws(VideoError) {
    MediaLog.install
    sws_freeContext(context)
    shapes = nil
    context = sws_alloc_context()
    guard let context else { throw failure(from, to) }
    let object = UnsafeMutableRawPointer(context)
    // Area averages when shrinking and interpolates linearly when growing. The other flags: every pixel has its own chroma,
    // and results do not depend on which SIMD tier swscale finds.
    let flags = Int64(SWS_AREA | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND | SWS_BITEXACT)
    let options: [(String, Int64)] = [
      ("srcw", Int64(from.width)), ("srch", Int64(from.height)), ("src_format", Int64(from.format)),
      ("src_range", from.isFull ? 1 : 0), ("dstw", Int64(to.width)), ("dsth", Int64(to.height)),
      ("dst_format", Int64(to.format)), ("dst_range", to.isFull ? 1 : 0), ("sws_flags", flags),
    ]
    for (name, value) in options { av_opt_set_int(object, name, value, 0) }
    guard sws_init_context(context, nil, nil) >= 0 else { throw failure(from, to) }
    sws_setColorspaceDetails(
      context, sws_getCoefficients(from.matrix), from.isFull ? 1 : 0, sws_getCoefficients(to.matrix), to.isFull ? 1 : 0,
      0, 1 << 16, 1 << 16)
    shapes = (from, to)
  }

  private func failure(_ from: PictureShape, _ to: PictureShape) -> VideoError {
    let names = (AVPixelFormat(from.format).name, AVPixelFormat(to.format).name)
    return .badPicture(
      "picture", cause: "cannot convert \(from.width)×\(from.height) \(names.0) to \(to.width)×\(to.height) \(names.1)")
  }
}
