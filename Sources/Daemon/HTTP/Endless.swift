// Answers without an end of their own.
import Hummingbird
import HummingbirdCore
import NIOCore
import ServiceLifecycle

/// Writes what a sequence gives until it ends, the client goes away, or the server is told to stop.
struct Endless {
  let writer: any ResponseBodyWriter
  /// Given back when the answer is over.
  let seat: Seat

  /// - Parameters:
  ///   - opening: is sent at once, so that the client knows it is connected.
  ///   - body: the request's, whose end says that the client has gone.
  func send<Element: Sendable>(
    _ elements: AsyncStream<Element>, after opening: String, whileOpen body: RequestBody,
    as encode: @escaping @Sendable (Element) -> ByteBuffer
  ) async throws {
    try await body.consumeWithCancellationOnInboundClose { _ in
      try await write(elements, after: opening, as: encode)
    }
  }

  private func write<Element: Sendable>(
    _ elements: AsyncStream<Element>, after opening: String, as encode: @Sendable (Element) -> ByteBuffer
  ) async throws {
    var writer = writer
    try await writer.write(ByteBuffer(string: opening))
    for await element in elements.cancelOnGracefulShutdown() { try await writer.write(encode(element)) }
    try await writer.finish(nil)
  }
}
