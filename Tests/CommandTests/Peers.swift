// Programs and sockets that the daemon meets.
import Foundation
import FoundationNetworking
import Testing

/// A program beside the daemon, usually FFmpeg's, that goes with its last reference.
final class Peer {
  private let process = Process()

  /// What a drawn picture is sent with, as a camera would.
  static let camera =
    "ffmpeg -v error -re -f lavfi -i testsrc=size=320x192:rate=15 -c:v libx264 -preset ultrafast -tune zerolatency -g 15 "
    + "-pix_fmt yuv420p"

  /// - Parameter line: the program and its arguments, apart by single spaces.
  init(_ line: String, in folder: Folder) throws {
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = line.split(separator: " ").map(String.init)
    process.currentDirectoryURL = folder.url
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
  }

  deinit { end() }

  var isRunning: Bool { process.isRunning }

  /// Ends it as a power cut would.
  func end() { CommandTests.end(process) }

  /// Keeps it from doing anything while its connections stay open.
  func freeze() { kill(process.processIdentifier, SIGSTOP) }
}

/// Takes every connection, and neither reads nor writes.
final class MutePeer {
  let port: Int
  private let listener: Int32

  init() throws {
    port = try freePort()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var (room, again) = (Int32(4096), Int32(1))
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, size)
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &again, size)
    var address = Loopback.address(port)
    let status = Loopback.plain(&address) { bind(listener, $0, $1) }
    // The kernel makes the connections; nobody ever asks it for them.
    try #require(status == 0 && listen(listener, 100) == 0)
  }

  deinit { close(listener) }
}

/// An answer of the daemon's to a request.
struct Answer: Sendable {
  var status = 0
  var headers: [String: String] = [:]
  var body = Data()

  var text: String { String(decoding: body, as: UTF8.self) }
}

extension Daemon {
  /// Sends a request with a body of JSON and waits for the answer; status 0 where none came.
  func ask(_ path: String, _ method: String = "GET", _ body: String? = nil) -> Answer {
    guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { return Answer() }
    var request = URLRequest(url: url, timeoutInterval: 10)
    request.httpMethod = method
    if let body {
      request.httpBody = Data(body.utf8)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let (done, box) = (DispatchSemaphore(value: 0), AnswerBox())
    URLSession.shared.dataTask(with: request) { data, response, _ in
      if let response = response as? HTTPURLResponse {
        let headers = response.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
        box.answer = Answer(
          status: response.statusCode, headers: Dictionary(headers) { $1 }, body: data ?? Data())
      }
      done.signal()
    }.resume()
    done.wait()
    return box.answer
  }

  /// The outputs of a stream, in the order of its settings.
  func outputs(_ name: String) -> [OutputFigures] {
    (stream(name)["outputs"] as? [[String: Any]] ?? []).map(OutputFigures.init)
  }

  func state(_ name: String) -> String { stream(name)["state"] as? String ?? "" }
  func reconnects(_ name: String) -> Int { stream(name)["reconnects"] as? Int ?? 0 }
  func placeholders(_ name: String) -> Int { stream(name)["placeholders"] as? Int ?? 0 }

  func lastError(_ name: String) -> String {
    (stream(name)["last_error"] as? [String: Any])?["message"] as? String ?? ""
  }
}

/// What the status says of an output.
struct OutputFigures {
  let frames, dropped, reconnects: Int
  let error: String

  init(_ object: [String: Any]) {
    frames = object["frames"] as? Int ?? 0
    dropped = object["dropped"] as? Int ?? 0
    reconnects = object["reconnects"] as? Int ?? 0
    error = (object["last_error"] as? [String: Any])?["message"] as? String ?? ""
  }
}

private final class AnswerBox: @unchecked Sendable {  // written before the semaphore is signalled, read after
  var answer = Answer()
}
