// Pictures into packets, and packets into the output.
import Frames
import Video

/// Encodes the overlays.
final class EncodeStage: Stage {
  private let encoder: Encoder
  private let tally: Tally

  init(_ encoder: Encoder, tally: Tally) { (self.encoder, self.tally) = (encoder, tally) }

  func process(_ frame: Frame, into outlet: Outlet<Packet>) throws {
    try encoder.send(frame)
    try drain(into: outlet)
    tally.shown(frame)
  }

  func finish(into outlet: Outlet<Packet>) throws {
    encoder.finish()
    try drain(into: outlet)
  }

  private func drain(into outlet: Outlet<Packet>) throws {
    while let packet = try encoder.receive() { try outlet.emit(packet) }
  }
}

/// Writes the encoder's packets and those of the source's other streams.
final class MuxStage: Stage {
  private let muxer: Muxer

  init(_ muxer: Muxer) { self.muxer = muxer }

  func process(_ packet: Packet, into outlet: Outlet<Never>) throws { try muxer.write(packet) }
  func finish(into outlet: Outlet<Never>) throws { try muxer.finish() }
  func close() { muxer.abort() }
}

/// Writes each overlay as a picture of its own size into a folder, named after the source's image.
final class PictureFolderStage: Stage {
  private let folder: String
  private let names: PictureNames
  private let options: SinkOptions
  private let tally: Tally

  init(_ folder: String, images: [String], options: SinkOptions, tally: Tally) {
    (self.folder, self.options, self.tally) = (folder, options, tally)
    names = PictureNames(images: images)
  }

  func process(_ frame: Frame, into outlet: Outlet<Never>) throws {
    let sink = try MediaSink(folder + "/" + names[frame.index], options)
    try sink.write(frame)
    try sink.finish()
    tally.shown(frame)
  }
}
