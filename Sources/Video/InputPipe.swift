// Reading standard input and named pipes so that the wait can be ended.
import CFFmpeg
import Foundation

/// A pipe as an input of FFmpeg's: not seekable, gives bytes as they come, and looks up from waiting ten times a second.
final class InputPipe {
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let interrupt: Interrupt
  private(set) var context: UnsafeMutablePointer<AVIOContext>?

  /// - Throws: `VideoError.cannotOpen`.
  init(path: String, interrupt: Interrupt) throws(VideoError) {
    self.interrupt = interrupt
    ownsDescriptor = path != "-"
    // Without O_NONBLOCK the call would wait for a writer, and nothing could end that.
    descriptor = ownsDescriptor ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : STDIN_FILENO
    if descriptor < 0 { throw .cannotOpen(path, cause: String(cString: strerror(errno))) }
    let size = 1 << 16
    context = avio_alloc_context(
      av_malloc(size)?.assumingMemoryBound(to: UInt8.self), Int32(size), 0, Unmanaged.passUnretained(self).toOpaque(),
      { opaque, buffer, count in
        guard let opaque, let buffer else { return cff_eof() }
        return Unmanaged<InputPipe>.fromOpaque(opaque).takeUnretainedValue().read(buffer, count)
      }, nil, nil)
  }

  deinit {
    // Also after an `init` that threw.
    if let context { av_freep(&context.pointee.buffer) }
    avio_context_free(&context)
    if ownsDescriptor, descriptor >= 0 { close(descriptor) }
  }

  private func read(_ buffer: UnsafeMutablePointer<UInt8>, _ count: Int32) -> Int32 {
    while true {
      if interrupt.shouldStop { return cff_exit() }
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&poller, 1, 100)
      if ready == 0 || ready < 0 && errno == EINTR { continue }
      let got = Foundation.read(descriptor, buffer, Int(count))
      if got > 0 { return Int32(got) }
      if got == 0 { return cff_eof() }
      if errno != EINTR && errno != EAGAIN { return cff_error(errno) }
    }
  }
}
