import Dispatch
import Foundation
import Frames
import Testing
import Video

/// Sources and sinks in real time.
@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg to make the files"))
struct LiveTests {
  let folder = TestFolder()

  @Test(arguments: ["ts", "mkv", "mp4"])
  func lowDelayKeepsEveryFrameInOrder(suffix: String) throws {
    let path = folder.file("in.\(suffix)")
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=3 -c:v libx264 -bf 3 -pix_fmt yuv420p \(path)"))
    var options = SourceOptions()
    options.isLive = true
    let reading = try Reading(path, options)
    #expect(reading.pts == probedTimes(path) && reading.undecodable == 0)
  }

  @Test(arguments: [("mpegts", "libx264"), ("matroska", "libx264"), ("yuv4mpegpipe", "wrapped_avframe")])
  func aFrameComesThroughBeforeTheNext(format: String, codec: String) throws {
    let pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    var writing = SinkOptions()
    (writing.format, writing.codec, writing.isLive) = (format, codec, true)
    let sink = LiveWriter(pipe, writing)
    Thread.detachNewThread { sink.run() }
    var reading = SourceOptions()
    (reading.isLive, reading.timeout) = (true, 5)
    let source = try MediaSource(pipe, reading)
    var (latencies, index) = ([Double](), 0)
    loop: while true {
      switch try source.next() {
      case .frame(let frame):
        // The picture says when it was written.
        if index >= 50 { latencies.append(sink.age(ofFrame: frame.index)) }
        index += 1
      case .end: break loop
      default: break
      }
    }
    #expect(index == LiveWriter.count)
    let median = latencies.sorted()[latencies.count / 2]
    // FFmpeg's parser of transport streams sees the end of a frame when the next one begins.
    let limit = format == "mpegts" ? 0.085 : 0.045
    #expect(median < limit, "median latency \(median) s at 25 frames/s")
  }

  @Test func aPipeTakesMP4InFragments() throws {
    let (pipe, copy) = (folder.file("pipe"), folder.file("copy.mp4"))
    mkfifo(pipe, 0o600)
    Thread.detachNewThread { run("cp", [pipe, copy]) }
    try transcodeTestClip(to: pipe, format: "mp4")
    usleep(300_000)
    #expect(try Reading(copy).frames.count == 50)
  }

  /// A muted camera must not hold up its own pictures.
  @Test func picturesDoNotWaitForSoundThatHasStopped() throws {
    let path = folder.file("in.ts")
    try #require(
      ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=4 -f lavfi -i sine=d=1 -c:v libx264 -bf 0 -g 25 -c:a aac \(path)"))
    let listener = DatagramCounter()
    let source = try MediaSource(path)
    var options = SinkOptions(for: source.packets)
    options.isLive = true
    let sink = try MediaSink(
      "udp://127.0.0.1:\(listener.port)?pkt_size=188", copying: source.packets.otherStreams, options)
    var atSecond: [Int: Int] = [:]
    loop: while true {
      switch try source.next() {
      case .frame(let frame):
        try sink.write(frame)
        atSecond[Int(frame.seconds ?? 0)] = listener.count
      case .packet(let packet): try sink.write(packet)
      case .end: break loop
      default: break
      }
    }
    sink.abort()
    // From the third second on there are pictures only.
    #expect(atSecond[4] ?? 0 > (atSecond[2] ?? 0) + 100, "\(atSecond)")
  }

  @Test func transportStreamsGoOverTheNetwork() throws {
    let (port, copy) = (20000 + Int(getpid()) % 20000, folder.file("copy.ts"))
    let url = "tcp://127.0.0.1:\(port)"
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      run("ffmpeg", ["-v", "error", "-y", "-i", "\(url)?listen=1&listen_timeout=5000", "-c", "copy", copy])
      done.signal()
    }
    usleep(500_000)
    try transcodeTestClip(to: url, format: nil)
    #expect(done.wait(timeout: .now() + 10) == .success)
    #expect(try Reading(copy).frames.count == 50)
  }

  private func transcodeTestClip(to output: String, format: String?) throws {
    let input = folder.file("in.mkv")
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v ffv1 -pix_fmt yuv420p \(input)"))
    try transcode(input, output) { $0.format = format }
  }
}

/// Writes a frame every 40 ms and remembers when.
private final class LiveWriter: @unchecked Sendable {  // `times` is guarded by `lock`
  static let count = 100
  private let lock = NSLock()
  private var times: [ContinuousClock.Instant] = []
  private let path: String
  private let options: SinkOptions

  init(_ path: String, _ options: SinkOptions) { (self.path, self.options) = (path, options) }

  func run() {
    guard let sink = try? MediaSink(path, options) else { return }
    for number in 0..<Self.count {
      let frame = Frame(width: 320, height: 180, format: .yuv420p)
      for y in 0..<180 { for x in 0..<320 { frame.planes[0].row(y)[x] = UInt8((x * y + number * 3) % 200) } }
      (frame.pts, frame.timeBase) = (Int64(number), Rational(1, 25))
      lock.withLock { times.append(.now) }
      guard (try? sink.write(frame)) != nil else { return }
      usleep(40_000)
    }
    try? sink.finish()
  }

  func age(ofFrame index: Int) -> Double {
    let age = ContinuousClock.now - lock.withLock { times[index] }
    return Double(age.components.attoseconds) / 1e18 + Double(age.components.seconds)
  }
}

/// Counts the datagrams that come to a port.
private final class DatagramCounter {
  let port: Int
  private let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
  private var received = 0

  init() {
    var address = sockaddr_in()
    (address.sin_family, address.sin_addr.s_addr) = (sa_family_t(AF_INET), inet_addr("127.0.0.1"))
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size)
        getsockname(descriptor, address, &size)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Datagrams so far.
  var count: Int {
    var bytes = [UInt8](repeating: 0, count: 2048)
    while recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 { received += 1 }
    return received
  }
}
