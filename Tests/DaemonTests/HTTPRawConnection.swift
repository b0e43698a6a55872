// A client that can misbehave: a plain socket.
import Foundation

/// A blocking TCP connection with a time limit of 10 s for each call.
final class RawConnection: @unchecked Sendable {  // used by one thread at a time
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let descriptor: Int32

  init(address: String, port: Int, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = in_port_t(port).bigEndian
    inet_pton(AF_INET, address, &target.sin_addr)
    let result = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(description: "connect: \(errno)") }
  }

  deinit { close(descriptor) }

  func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "send: \(errno)") }
      sent += count
    }
  }

  /// Up to `limit` bytes; empty when the server has closed.
  func read(_ limit: Int = 65_536) throws -> Data {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = recv(descriptor, &bytes, limit, 0)
    if count < 0, errno == ECONNRESET { return Data() }
    guard count >= 0 else { throw Failure(description: "recv: \(errno)") }
    return Data(bytes[..<count])
  }

  func readToEnd() throws -> Data {
    var all = Data()
    while true {
      let part = try read()
      if part.isEmpty { return all }
      all += part
    }
  }

  /// Reads until the text has come so many times, or the server closes; what came with the last of them is read as well.
  func read(until text: String, times: Int = 1, limit: Int = 4 << 20) throws -> Data {
    var all = Data()
    let end = Data(text.utf8)
    var (found, searched) = (0, 0)
    while all.count < limit {
      while let range = all.range(of: end, in: searched..<all.count) {
        (found, searched) = (found + 1, range.upperBound)
      }
      if found >= times { return all }
      let part = try read()
      if part.isEmpty { return all }
      all += part
    }
    return all
  }
}

/// An answer, taken apart.
struct Reply: Sendable {
  var status = 0
  /// By names in lower case.
  var fields: [String: String] = [:]
  var body = Data()

  var text: String { String(decoding: body, as: UTF8.self) }

  init(_ data: Data) {
    guard let end = data.range(of: Data("\r\n\r\n".utf8)) else { return }
    let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    body = data[end.upperBound...]
  }

  func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(type, from: body)
  }
}

extension Data {
  /// The bytes without the framing of chunked transfer; an unfinished chunk at the end is left out.
  var withoutChunks: Data {
    var (rest, all) = (self[...], Data())
    while let end = rest.range(of: Data("\r\n".utf8)) {
      let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16) ?? 0
      guard size > 0, rest.distance(from: end.upperBound, to: rest.endIndex) >= size + 2 else { break }
      all += rest[end.upperBound..<end.upperBound + size]
      rest = rest[(end.upperBound + size + 2)...]
    }
    return all
  }
}
