// Where a request comes from.
import Foundation
import NIOCore

/// The other end of a connection.
struct Peer: Sendable, Hashable {
  /// The address without its port, for the log.
  var address: String
  /// Whether it is this machine.
  var isLoopback: Bool

  init(address: String, isLoopback: Bool) { (self.address, self.isLoopback) = (address, isLoopback) }

  /// - Parameter address: nil, as when the connection is gone already, counts as another machine.
  init(_ address: SocketAddress?) {
    self.init(
      address: address?.ipAddress ?? "unknown", isLoopback: address?.ipAddress.map(Peer.isLoopback(address:)) ?? false)
  }

  /// Whether an address in digits is one that only this machine can reach: 127.0.0.0/8, ::1, and the first in IPv6's
  /// dress.
  static func isLoopback(address: String) -> Bool {
    guard let parsed = try? SocketAddress(ipAddress: address, port: 0) else { return false }  // nil is "no address"
    switch parsed {
    case .v4(let v4):
      return UInt32(bigEndian: v4.address.sin_addr.s_addr) >> 24 == 127
    case .v6(let v6):
      let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
      let mapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
      return mapped ? bytes[12] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    default:
      return false
    }
  }
}

extension Peer {
  /// Whether a host is an address in digits.
  static func isAddress(_ host: String) -> Bool {
    (try? SocketAddress(ipAddress: host, port: 0)) != nil  // nil is "no address"
  }
}
