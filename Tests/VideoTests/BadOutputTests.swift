import Foundation
import Frames
import Testing
import Video

/// Outputs that cannot be written.
@Suite struct BadOutputTests {
  let folder = TestFolder()

  @Test(arguments: ["mp4", "matroska", "mpegts", "yuv4mpegpipe", "rawvideo"])
  func aFullDeviceIsSaid(format: String) {
    #expect(throws: VideoError.diskFull("/dev/full")) { try write(to: "/dev/full", format: format, frames: 200) }
  }

  @Test(.enabled(if: getuid() == 0, "needs root to mount a small file system"), arguments: ["out.mp4", "out.mkv"])
  func aFullDiskKeepsWhatWasWritten(name: String) throws {
    let disk = folder.file("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    try #require(run("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", disk]) != nil)
    defer { run("umount", [disk]) }
    #expect(throws: VideoError.diskFull("\(disk)/\(name)")) { try write(to: "\(disk)/\(name)", frames: 2000) }
    let kept = try Reading("\(disk)/\(name)")
    #expect(kept.frames.count > 50, "\(kept.frames.count)")
  }

  @Test(.enabled(if: getuid() == 0, "needs root to mount a small file system"))
  func aDiskTooFullForTheLastStepKeepsTheFragmentedFile() throws {
    let disk = folder.file("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    try write(to: folder.file("whole.mp4"), frames: 200)
    let size = try #require(FileManager.default.contents(atPath: folder.file("whole.mp4"))?.count)
    try #require(run("mount", ["-t", "tmpfs", "-o", "size=\(size * 3 / 2 / 1024)k", "tmpfs", disk]) != nil)
    defer { run("umount", [disk]) }
    let said = Diagnostics()
    try write(to: "\(disk)/out.mp4", frames: 200) { $0.diagnostics = { said.say($0) } }
    #expect(said.lines.contains { $0.contains("stays a fragmented MP4") })
    #expect(try Reading("\(disk)/out.mp4").frames.count == 200)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["out.mp4"])
  }

  @Test func aPipeWhoseReaderLeavesIsSaid() throws {
    let pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    Thread.detachNewThread {
      let reader = open(pipe, O_RDONLY)
      var bytes = [UInt8](repeating: 0, count: 1000)
      _ = read(reader, &bytes, 1000)
      close(reader)
    }
    #expect(throws: VideoError.brokenPipe(pipe)) { try write(to: pipe, format: "rawvideo", frames: 200) }
  }

  @Test func anExistingFileIsKept() throws {
    let path = folder.file("out.mp4")
    try "precious".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: VideoError.outputExists(path)) { try MediaSink(path) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    try write(to: path, frames: 3) { $0.overwrites = true }
    #expect(try Reading(path).frames.count == 3)
  }

  @Test func theInputIsNeverTheOutput() throws {
    let (path, link) = (folder.file("in.mp4"), folder.file("link.mp4"))
    try write(to: path, frames: 3)
    symlink(path, link)
    for name in [path, link] {
      #expect(throws: VideoError.outputIsInput(name)) {
        try write(to: name, frames: 1) {
          $0.overwrites = true
          $0.input = path
        }
      }
    }
    #expect(try Reading(path).frames.count == 3)
  }

  @Test func whatDoesNotExistIsNamed() {
    #expect(throws: VideoError.unknownEncoder("libnothing")) {
      try write(to: folder.file("a.mp4"), frames: 1) { $0.codec = "libnothing" }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("a.mp4")), "nothing is left behind")
    #expect(throws: VideoError.unknownContainer("out.nothing")) { try MediaSink("out.nothing") }
    #expect(throws: VideoError.unknownContainer("nothing")) { try OutputTarget("-", format: "nothing") }
    let path = folder.file("none/out.mp4")
    #expect(throws: VideoError.cannotWrite(path, cause: "No such file or directory")) { try MediaSink(path) }
    #expect(throws: VideoError.cannotWrite(folder.path, cause: "it is a folder")) {
      try MediaSink(folder.path, SinkOptions.named("mp4"))
    }
  }

  @Test func anOutputWithoutFramesLeavesNoFile() throws {
    let sink = try MediaSink(folder.file("out.mp4"))
    #expect(throws: VideoError.cannotWrite(folder.file("out.mp4"), cause: "there was no frame to write")) {
      try sink.finish()
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("out.mp4")))
  }

  @Test func repeatedTimesBecomeRising() throws {
    let path = folder.file("out.mp4")
    let said = Diagnostics()
    try write(to: path, frames: 10, times: [0, 1, 1, 1, 5, 4, 6, 9, 9, 20]) { $0.diagnostics = { said.say($0) } }
    #expect(try Reading(path).pts == [0, 1, 2, 3, 5, 6, 7, 9, 10, 20])
    #expect(said.lines.filter { $0.contains("repeat") }.count == 1)
  }

  private func write(
    to path: String, format: String? = nil, frames: Int, times: [Int64]? = nil,
    configure: (inout SinkOptions) -> Void = { _ in }
  ) throws {
    var options = SinkOptions()
    options.format = format
    configure(&options)
    let sink = try MediaSink(path, options)
    var numbers = SeededNumbers(seed: 1)
    do {
      for number in 0..<frames {
        let frame = Frame(width: 160, height: 96, format: .yuv420p)
        for y in 0..<96 { for x in 0..<160 { frame.planes[0].row(y)[x] = UInt8.random(in: 90...120, using: &numbers) } }
        (frame.pts, frame.timeBase) = (times?[number] ?? Int64(number), Rational(1, 25))
        try sink.write(frame)
      }
      try sink.finish()
    } catch {
      sink.abort()
      throw error
    }
  }
}

extension SinkOptions {
  static func named(_ format: String) -> SinkOptions {
    var options = SinkOptions()
    options.format = format
    return options
  }
}
