// FFmpeg's error codes in words.
import CFFmpeg

/// A negative return value of an FFmpeg function.
struct FFmpegCode: Equatable {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  static let endOfFile = FFmpegCode(cff_eof())
  static let again = FFmpegCode(cff_again())
  static let exit = FFmpegCode(cff_exit())
  static let invalidData = FFmpegCode(cff_invalid_data())

  /// The POSIX error number, where the code is one.
  var posix: Int32 { cff_unerror(code) }

  /// FFmpeg's own words, with the number, so that a code is never lost.
  var message: String {
    var text = [CChar](repeating: 0, count: 128)
    guard av_strerror(code, &text, text.count) == 0 else { return "FFmpeg error \(code)" }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: bytes, as: UTF8.self)) (\(code))"
  }
}

extension String {
  /// A copy of a C string; "" for NULL.
  init(copying pointer: UnsafePointer<CChar>?) {
    self = pointer.map { String(cString: $0) } ?? ""
  }
}
