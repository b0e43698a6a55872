import Foundation
import Testing

@testable import Daemon

@Suite struct RecordingNamesTests {
  private let moment = Date(timeIntervalSince1970: 1_769_903_999)  // 2026-01-31 23:59:59 UTC

  @Test func theTimeGoesBeforeTheSuffix() {
    #expect(RecordingNames("rec/front.mp4").path(at: moment) == "rec/front-20260131-235959.mp4")
    #expect(RecordingNames("rec/%Y/%H%M.ts").path(at: moment) == "rec/2026/2359.ts")
  }

  @Test func noFileIsWrittenOver() throws {
    let folder = try TestFolder()
    let names = RecordingNames(folder("front.mp4"))
    for expected in ["front-20260131-235959.mp4", "front-20260131-235959-2.mp4", "front-20260131-235959-3.mp4"] {
      #expect(names.path(at: moment) == folder(expected))
      try Data().write(to: URL(fileURLWithPath: folder(expected)))
    }
  }

  @Test func onlyOwnOldFilesAreFound() throws {
    let folder = try TestFolder()
    for name in [
      "front-20260131-235959.mp4", "front-20260131-235959-2.mp4", "front-holiday.mp4", "rear-20260131-235959.mp4",
    ] {
      try Data().write(to: URL(fileURLWithPath: folder(name)))
    }
    let names = RecordingNames(folder("front.mp4"))
    let found = names.files(before: Date(timeIntervalSinceNow: 60)).map { ($0 as NSString).lastPathComponent }.sorted()
    #expect(found == ["front-20260131-235959-2.mp4", "front-20260131-235959.mp4"])
    #expect(names.files(before: Date(timeIntervalSinceNow: -60)).isEmpty)
  }

  @Test func draftsOfOwnFilesAreFound() throws {
    let folder = try TestFolder()
    for name in [
      "front-20260131-235959.mp4", "front-20260131-235959.mp4.part", "front-holiday.mp4.part",
      "rear-20260131-235959.mp4.part",
    ] {
      try Data().write(to: URL(fileURLWithPath: folder(name)))
    }
    let names = RecordingNames(folder("front.mp4"))
    let found = names.drafts(before: Date(timeIntervalSinceNow: 60)).map { ($0 as NSString).lastPathComponent }
    #expect(found == ["front-20260131-235959.mp4.part"])
    #expect(names.drafts(before: Date(timeIntervalSinceNow: -60)).isEmpty, "somebody may be writing to it")
  }

  @Test func picturesKeepTheirOrder() {
    var names = TimedPictureNames()
    let moment = moment + 0.25
    #expect(names.next(at: moment) == "20260131-235959.250000.png")
    #expect(names.next(at: moment) == "20260131-235959.250001.png")
    #expect(names.next(at: moment - 0.1) == "20260131-235959.250002.png")
    #expect(names.next(at: moment - 10) == "20260131-235949.250000.png")
  }

  @Test func onlyOwnOldPicturesAreFound() throws {
    let folder = try TestFolder()
    for name in [
      "20260131-235959.250000.png", "20260131-235959.249999.png", "20260131-235958.000001.jpg", "000001.png",
    ] {
      try Data().write(to: URL(fileURLWithPath: folder(name)))
    }
    #expect(TimedPictureNames.names(in: folder.path, before: moment + 0.25) == ["20260131-235959.249999.png"])
  }

  @Test(arguments: [
    ("rtsp://host/live", OutputKind.network("rtsp://host/live")),
    ("udp://127.0.0.1:9000?pkt_size=1316", .network("udp://127.0.0.1:9000?pkt_size=1316")),
    ("rec/front.mp4", .recording("rec/front.mp4")), ("hls/front.m3u8", .hls("hls/front.m3u8")),
    ("masks:masks/front.mkv", .masks("masks/front.mkv")), ("masks:masks/", .masks("masks/")),
    ("front.jsonl", .records("front.jsonl")), ("jsonl+tcp://127.0.0.1:9", .records("tcp://127.0.0.1:9")),
  ]) func outputsAreToldApart(output: String, kind: OutputKind) { #expect(OutputKind(output) == kind) }

  @Test(arguments: ["front.mp5", "front", "rtp://127.0.0.1:9000", "-", "masks:front.mp4"])
  func whatCannotBeWrittenIsTold(output: String) {
    #expect(OutputKind(output).problem?.contains(output == "-" ? "standard output" : output.suffix(9)) == true)
  }

  @Test(arguments: ["rec/front.mp4", "front.mkv", "a.ts", "hls/a.m3u8", "srt://h:9", "rtmp://h/live", "http://h/a.ts"])
  func whatCanIsNot(output: String) { #expect(OutputKind(output).problem == nil) }
}
