// Handlers of pictures: the newest one, and all of them as they come.
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension API {
  func frame(_ call: Call) async throws(Problem) -> Response {
    try await picture(call, type: "image/jpeg") { directory, name throws(DaemonError) in try directory.overlay(of: name)
    }
  }

  func mask(_ call: Call) async throws(Problem) -> Response {
    try await picture(call, type: "image/png") { directory, name throws(DaemonError) in try directory.mask(of: name) }
  }

  private func picture(
    _ call: Call, type: String,
    _ find: @escaping @Sendable (any StreamDirectory, String) throws(DaemonError) -> EncodedPicture?
  ) async throws(Problem) -> Response {
    let (directory, name) = (directory, call.name)
    guard let picture = try await pictures.run({ () throws(DaemonError) in try find(directory, name) }) else {
      throw Problem(.noFrame, "the stream '\(name)' has shown no frame yet")
    }
    return Response(
      status: .ok,
      headers: [.contentType: type, .frameIndex: "\(picture.index)", .frameTime: "\(picture.time)"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture.bytes)))
  }

  /// Overlays for an `<img>`. The writer waits until the client has taken the last one; meanwhile the directory drops
  /// all but the newest, so that a slow client loses frames and delays nobody.
  func live(_ call: Call) async throws(Problem) -> Response {
    let overlays = try asked { () throws(DaemonError) in try directory.overlays(of: call.name) }
    let seat = try seats.take()
    await call.keepFewPictures()
    let type = "multipart/x-mixed-replace; boundary=\(PartWriter.boundary)"
    let body = ResponseBody { writer in
      try await Endless(writer: writer, seat: seat).send(
        overlays, after: PartWriter.opening, whileOpen: call.request.body
      ) {
        PartWriter.part($0)
      }
    }
    return Response(status: .ok, headers: [.contentType: type, .connection: "close"], body: body)
  }

  /// The stream's status once a second, as server-sent events.
  func events(_ call: Call) async throws(Problem) -> Response {
    let (directory, name) = (directory, call.name)
    _ = try asked { () throws(DaemonError) in try directory.status(of: name) }
    let seat = try seats.take()
    let body = ResponseBody { writer in
      let events = EventFeed.events(of: name, in: directory)
      try await Endless(writer: writer, seat: seat).send(events, after: "retry: 2000\n\n", whileOpen: call.request.body)
      {
        ByteBuffer(string: $0)
      }
    }
    return Response(status: .ok, headers: [.contentType: "text/event-stream", .connection: "close"], body: body)
  }
}

extension Call {
  /// Bounds what the process and the kernel hold of pictures that the client has not read: they grow old there. One picture
  /// waits in the process, and a few in 128 KiB of the kernel, which still fill 20 Mbit/s over 50 ms.
  fileprivate func keepFewPictures() async {
    // A connection that has gone refuses; the first write will say so.
    try? await channel.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1)).get()
    try? await channel.setOption(.socketOption(.so_sndbuf), value: 128 << 10).get()
  }
}
