// What an output of a stream is, by how it is written.
import Foundation
import Video

/// The kinds of outputs.
enum OutputKind: Sendable, Hashable {
  /// A URL that video is sent to: RTSP, RTMP, SRT, UDP, TCP, HTTP.
  case network(String)
  /// Files one after the other, each with the time it begins in its name.
  case recording(String)
  /// A playlist with its segments beside it.
  case hls(String)
  /// A line of JSON a frame, to a file or a socket.
  case records(String)
  /// Class indices: recordings without loss, or, for a path that ends in `/`, a picture a frame.
  case masks(String)

  /// - Parameter output: `rtsp://…`, `recordings/front.mp4`, `hls/front.m3u8`, `front.jsonl`, `jsonl+tcp://…`,
  ///   `masks:masks/front.mkv`, `masks:masks/front/`.
  init(_ output: String) {
    if output.hasPrefix("masks:") {
      self = .masks(String(output.dropFirst("masks:".count)))
      return
    }
    let scheme = output.firstMatch(of: /^([a-zA-Z][a-zA-Z0-9+.\-]*):\/\//).map { String($0.1).lowercased() }
    if let scheme, scheme.hasPrefix("jsonl+") {
      self = .records(String(output.dropFirst("jsonl+".count)))
    } else if output.hasSuffix(".jsonl") {
      self = .records(output)
    } else if scheme != nil {
      self = .network(output)
    } else if output.hasSuffix(".m3u8") {
      self = .hls(output)
    } else {
      self = .recording(output)
    }
  }
}

extension OutputKind {
  /// Whether the overlay is painted and encoded for it.
  var wantsVideo: Bool {
    switch self {
    case .network, .recording, .hls: true
    case .records, .masks: false
    }
  }

  /// Where it writes, if that is no URL.
  var path: String? {
    switch self {
    case .network: nil
    case .recording(let path), .hls(let path), .masks(let path): path
    case .records(let place): place.contains("://") ? nil : place
    }
  }

  /// What is wrong with it, as the rest of a sentence; nil for what can be written.
  var problem: String? {
    switch self {
    case .network(let name), .recording(let name), .hls(let name):
      guard name != "-" else { return "must name a file or a URL: the daemon's standard output is nobody's" }
      do throws(VideoError) { _ = try OutputTarget(name) } catch { return "cannot be: \(error)" }
      return nil
    case .masks(let path) where !path.hasSuffix("/") && !path.lowercased().hasSuffix(".mkv"):
      return "must name a folder, with / at its end, or a .mkv after masks:, not '\(path)'"
    case .records, .masks: return nil
    }
  }
}

extension StreamSettings {
  /// Whether any output needs the overlay encoded.
  public var encodesOverlay: Bool { outputs.contains { OutputKind($0).wantsVideo } }

  /// Files and folders that outputs write.
  public var outputPaths: [String] { outputs.compactMap { OutputKind($0).path } }
}
