// From a source to an output, as the pipeline does it.
import Foundation
import Frames
import Synchronization
import Video

/// Lines said while a test runs.
final class Diagnostics: Sendable {
  private let said = Mutex<[String]>([])
  var lines: [String] { said.withLock { $0 } }
  func say(_ line: String) { said.withLock { $0.append(line) } }
}

/// Reads all of `input` and writes it to `output`; returns the diagnostics.
@discardableResult
func transcode(
  _ input: String, _ output: String, source sourceOptions: SourceOptions = .init(), copies: Bool = true,
  configure: (inout SinkOptions) -> Void = { _ in }
) throws -> [String] {
  let diagnostics = Diagnostics()
  var reading = sourceOptions
  reading.diagnostics = { diagnostics.say($0) }
  let source = try MediaSource(input, reading)
  var options = SinkOptions(for: source.packets)
  options.diagnostics = { diagnostics.say($0) }
  configure(&options)
  let sink = try MediaSink(output, copying: copies ? source.packets.otherStreams : [], options)
  do {
    loop: while true {
      switch try source.next() {
      case .frame(let frame): try sink.write(frame)
      case .packet(let packet): try sink.write(packet)
      case .undecodable: break
      case .end: break loop
      }
    }
    try sink.finish()
  } catch {
    sink.abort()
    throw error
  }
  return diagnostics.lines
}

/// Seconds of a file's video frames by ffprobe.
func probedSeconds(_ path: String, stream: String = "v:0") -> [Double] {
  probe(path, "-select_streams \(stream) -show_entries packet=pts_time -of csv=p=0").split(separator: "\n")
    .compactMap { Double($0.split(separator: ",").first ?? "") }.sorted()
}

/// MD5 of every packet's bytes of one stream, by ffmpeg.
func streamHash(_ path: String, _ stream: String) -> String {
  run(
    "ffmpeg", ["-v", "error", "-i", path, "-map", "0:\(stream)", "-c", "copy", "-f", "streamhash", "-hash", "md5", "-"])
    ?? "none"
}
