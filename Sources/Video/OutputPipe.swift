// A file or standard output as an output of FFmpeg's.
import CFFmpeg
import Foundation

/// Gives FFmpeg's muxers a POSIX file to write, and remembers the first error with its number.
///
/// Muxers lose error numbers on the way up; the number kept here is what the user is told.
final class OutputPipe {
  let file: OutputFile
  private(set) var context: UnsafeMutablePointer<AVIOContext>?
  /// The first error number of writing; 0 none.
  private(set) var failure: Int32 = 0

  init(_ file: OutputFile) {
    self.file = file
    let size = 1 << 16
    let seek: @convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int64 = { opaque, offset, whence in
      guard let opaque else { return -1 }
      let file = Unmanaged<OutputPipe>.fromOpaque(opaque).takeUnretainedValue().file
      return whence & AVSEEK_SIZE != 0 ? file.size : file.seek(offset, whence & ~Int32(AVSEEK_FORCE))
    }
    context = cff_output_context(
      av_malloc(size), Int32(size), Unmanaged.passUnretained(self).toOpaque(),
      { opaque, bytes, count in
        guard let opaque else { return cff_eof() }
        return Unmanaged<OutputPipe>.fromOpaque(opaque).takeUnretainedValue().write(bytes, count)
      }, file.isSeekable ? seek : nil)
  }

  deinit {
    if let context { av_freep(&context.pointee.buffer) }
    avio_context_free(&context)
  }

  private func write(_ bytes: UnsafePointer<UInt8>?, _ count: Int32) -> Int32 {
    let number = failure != 0 ? failure : file.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    failure = number
    return number == 0 ? count : cff_error(number)
  }
}
