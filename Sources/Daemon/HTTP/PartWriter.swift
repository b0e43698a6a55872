// Pictures as the parts of multipart/x-mixed-replace.
import NIOCore

/// Frames JPEGs so that a browser shows each one as soon as it is there.
enum PartWriter {
  static let boundary = "verge-frame"
  static let opening = "--\(boundary)\r\n"

  /// A part with the boundary that ends it: browsers show a part when they have seen the next boundary, and would be a
  /// frame late if that came with the next part.
  static func part(_ picture: EncodedPicture) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: picture.bytes.count + 200)
    buffer.writeString(
      "Content-Type: image/jpeg\r\nContent-Length: \(picture.bytes.count)\r\n"
        + "X-Verge-Frame: \(picture.index)\r\nX-Verge-Time: \(picture.time)\r\n\r\n")
    buffer.writeBytes(picture.bytes)
    buffer.writeString("\r\n--\(boundary)\r\n")
    return buffer
  }
}
