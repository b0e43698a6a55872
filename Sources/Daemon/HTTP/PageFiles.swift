// The live page's files, read once.
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Files by name; what is not among them does not exist, so that no path can lead out of the folder.
struct PageFiles: Sendable {
  /// A file as it is sent.
  struct File: Sendable {
    let bytes: ByteBuffer
    let type: String
    let tag: String
  }

  private let files: [String: File]

  /// Looks beside the executable, as the build leaves it, then in `../share/verge` of an installation. `Bundle.module`
  /// would do for the first, but ends the program when the folder is not there.
  static var folder: String? {
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return [
      executable.appendingPathComponent("verge_Daemon.resources/Page").path,
      executable.deletingLastPathComponent().appendingPathComponent("share/verge/page").path,
    ].first { FileManager.default.fileExists(atPath: $0) }
  }

  /// - Parameter folder: nil leaves the page out; the API does without it.
  init(folder: String? = PageFiles.folder) {
    // No folder, no files.
    let names = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
    var files: [String: File] = [:]
    for name in names {
      guard let type = Self.types[String(name.split(separator: ".").last ?? "")],
        let data = FileManager.default.contents(atPath: "\(folder ?? "")/\(name)")
      else { continue }
      files[name] = File(bytes: ByteBuffer(bytes: data), type: type, tag: Self.tag(data))
    }
    self.files = files
  }

  subscript(name: String) -> File? { files[name] }
  var names: [String] { files.keys.sorted() }

  private static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
  ]

  /// - Source: Fowler, Noll, Vo: FNV-1a, 64 bits. It tells versions apart and guards nothing.
  private static func tag(_ data: Data) -> String {
    let hash = data.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "\"\(String(hash, radix: 16))\""
  }
}
