// The log: its forms, its levels, its silence about repeats and secrets.
import Foundation
import Logging
import Synchronization
import Testing

@testable import Daemon

/// A log that goes to a pipe, with a clock that the test moves.
private final class TestLog: Sendable {
  let output: LogOutput
  private let pipe = Pipe()
  private let time: Time

  private final class Time: Sendable {
    let seconds = Mutex(0.0)
  }

  init(level: String = "info", format: String = "text", secrets: [String] = []) {
    var settings = LogSettings()
    (settings.level, settings.format) = (level, format)
    let time = Time()
    self.time = time
    output = LogOutput(
      settings, redactor: Redactor(secrets: secrets), descriptor: pipe.fileHandleForWriting.fileDescriptor,
      now: { Date(timeIntervalSince1970: 1_769_904_000 + time.seconds.withLock { $0 }) })
  }

  func wait(_ seconds: Double) { time.seconds.withLock { $0 += seconds } }

  /// All lines; the log ends with that.
  func lines() throws -> [String] {
    let read = Mutex(Data())
    let done = DispatchSemaphore(value: 0)
    DispatchQueue.global().async { [pipe] in
      let data = try? pipe.fileHandleForReading.readToEnd()  // nothing read fails the test
      read.withLock { $0 = data ?? Data() }
      done.signal()
    }
    output.flush()
    try pipe.fileHandleForWriting.close()
    done.wait()
    return String(decoding: read.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

@Suite struct LogTests {
  @Test func aLineSaysWhenWhoAndWhat() throws {
    let log = TestLog()
    log.output.logger("front").warning("source is away", metadata: ["source": "a b", "tries": "3"])
    var other = log.output.logger("http")
    other[metadataKey: "stream"] = "back"
    other.info("two\nlines\u{1B}[31m")
    #expect(
      try log.lines() == [
        "2026-02-01T00:00:00.000Z warning front: source is away source=\"a b\" tries=3",
        "2026-02-01T00:00:00.000Z info back: two lines [31m",
      ])
  }

  @Test func jsonLinesHoldTheSame() throws {
    let log = TestLog(format: "json", secrets: ["hush-hush"])
    log.output.logger("front").error("he said \"hush-hush\"\n", metadata: ["level": "x", "path": "a\\b\t"])
    let line = try #require(try log.lines().first)
    #expect(
      line == #"{"time":"2026-02-01T00:00:00.000Z","level":"error","stream":"front","message":"he said \"***\"\n","#
        + #""level_":"x","path":"a\\b\u0009"}"#)
    let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["path"] == "a\\b\t" && object["level_"] == "x")
  }

  @Test func lowerLevelsAreLeftOutAndCanChange() throws {
    let log = TestLog(level: "warning")
    let logger = log.output.logger("a")
    logger.info("one")
    var settings = LogSettings()
    settings.level = "debug"
    log.output.use(settings)
    log.output.use(Redactor(secrets: ["secret-1"]))
    logger.debug("two secret-1")
    #expect(try log.lines() == ["2026-02-01T00:00:00.000Z debug a: two ***"])
  }

  @Test func onlyOneLineASecondOfAKind() throws {
    let log = TestLog()
    let logger = log.output.logger("front")
    for count in 0..<10 { logger.warning("dropped \(count) frames") }
    logger.warning("something else")
    log.output.logger("back").warning("dropped 1 frames")
    log.wait(1.1)
    logger.warning("dropped 99 frames")
    logger.warning("dropped 100 frames")
    let lines = try log.lines().map { String($0.dropFirst(25)) }
    #expect(
      lines == [
        "warning front: dropped 0 frames", "warning front: something else", "warning back: dropped 1 frames",
        "warning front: dropped 99 frames (9 more like it)", "warning front: dropped 100 frames",
      ])
  }

  @Test func kindsCanBeNamed() throws {
    let log = TestLog()
    let logger = log.output.logger("front")
    logger.info("left", metadata: ["kind": "viewer"])
    logger.info("came", metadata: ["kind": "viewer"])
    log.wait(2)
    logger.info("left", metadata: ["kind": "viewer"])
    #expect(
      try log.lines().map { String($0.dropFirst(25)) } == ["info front: left", "info front: left (1 more like it)"])
  }

  @Test func aClockSetBackSilencesNothing() throws {
    let log = TestLog()
    log.output.logger("a").info("one")
    log.wait(-3600)
    log.output.logger("a").info("one")
    #expect(try log.lines().count == 2)
  }

  @Test func manyKindsAreForgotten() throws {
    var repeats = LogRepeats()
    for number in 0..<5000 {
      let letters = String(number, radix: 2).map { $0 == "0" ? Character("a") : "b" }
      let line = LogLine(level: .info, stream: "s", message: String(letters))
      #expect(repeats.admit(line, kind: nil) == 0)
    }
    #expect(Mirror(reflecting: repeats).children.first.map { "\($0.value)".count < 1_000_000 } == true)
  }

  @Test func credentialsInFieldsAreHidden() throws {
    let log = TestLog()
    log.output.logger("a").info("opened rtsp://u:pw@h/x", metadata: ["token": "abc", "url": "http://h/?sig=1&x=2"])
    #expect(
      try log.lines() == [
        "2026-02-01T00:00:00.000Z info a: opened rtsp://***@h/x token=*** url=http://h/?sig=***&x=2"
      ])
  }

  @Test func aReaderThatDoesNotReadHoldsUpNobody() throws {
    let log = TestLog()
    let start = ContinuousClock.now
    for number in 0..<3000 {
      log.output.logger("s\(number)").info("\(String(repeating: "x", count: 200))")
    }
    #expect(ContinuousClock.now - start < .seconds(20))
    let lines = try log.lines()
    #expect(lines.count >= 1000 && lines.count < 3000)
  }
}
