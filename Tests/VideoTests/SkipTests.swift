import Foundation
import Frames
import Testing
import Video

/// Decoders that leave frames out.
@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg to make the files"))
struct SkipTests {
  let folder = TestFolder()

  /// A clip of 120 frames and a key frame every 30.
  enum Clip: String, CaseIterable {
    case bFrames = "-c:v libx264 -bf 3 -g 30 -x264-params b-pyramid=none:scenecut=0"
    case openGroups = "-c:v libx264 -bf 3 -g 30 -x264-params open-gop=1:scenecut=0"
    case mpeg2 = "-c:v mpeg2video -bf 2 -g 30 -q:v 4"
    case noBFrames = "-c:v libx264 -tune zerolatency -g 30 -x264-params scenecut=0"
  }

  /// A frame without its picture.
  private struct Seen: Equatable {
    var pts: Int64
    var hash: Int

    init(_ frame: Frame) {
      var hasher = Hasher()
      for plane in frame.planes {
        for y in 0..<plane.height { hasher.combine(bytes: .init(start: plane.row(y), count: plane.width)) }
      }
      (pts, hash) = (frame.pts ?? -1, hasher.finalize())
    }
  }

  private struct Result {
    var seen: [Seen] = []
    var undecodable = 0
    var leftOut = LeftOutFrames()
    var total: Int { seen.count + undecodable + leftOut.late + leftOut.unwanted }
  }

  private func make(_ clip: Clip) throws -> String {
    let path = folder.file("\(clip).mkv")
    try #require(ffmpeg("-f lavfi -i testsrc2=s=160x90:r=25:d=4.8 -pix_fmt yuv420p \(clip.rawValue) \(path)"))
    return path
  }

  /// - Parameter prepare: what to do with a packet and its number before it is sent; whether its frame is wanted.
  private func decode(
    _ path: String, isLive: Bool = true, _ prepare: (Decoder, Packet, Int) -> Bool = { _, _, _ in true }
  ) throws -> Result {
    var options = SourceOptions()
    options.isLive = isLive
    let source = try Media.open(path, options)
    let decoder = Decoder(source)
    var (result, number) = (Result(), 0)
    while case .video(let packet) = try source.next() {
      let isWanted = prepare(decoder, packet, number)
      try decoder.send(packet, isWanted: isWanted)
      while let frame = try decoder.receive() { result.seen.append(Seen(frame)) }
      number += 1
    }
    decoder.finish()
    while let frame = try decoder.receive() { result.seen.append(Seen(frame)) }
    (result.undecodable, result.leftOut) = (decoder.undecodable, decoder.leftOut)
    return result
  }

  @Test(arguments: Clip.allCases) func withoutReferencesNothingElseChanges(clip: Clip) throws {
    let path = try make(clip)
    let all = try decode(path)
    #expect(all.seen.count == 120 && all.leftOut == LeftOutFrames())
    let some = try decode(path) { decoder, _, number in
      decoder.skip = (20..<80).contains(number) ? .nonReference : .nothing
      return true
    }
    #expect(some.total == 120 && some.undecodable == 0 && some.leftOut.unwanted == 0)
    #expect(clip == .noBFrames ? some.leftOut.late == 0 : (20...50).contains(some.leftOut.late), "\(some.leftOut)")
    #expect(some.seen.allSatisfy(all.seen.contains))
    #expect(zip(some.seen, some.seen.dropFirst()).allSatisfy { $0.pts < $1.pts })
  }

  @Test(arguments: Clip.allCases) func afterAGapItGoesOnAtAKeyFrame(clip: Clip) throws {
    let path = try make(clip)
    let all = try decode(path)
    let some = try decode(path) { decoder, packet, number in
      if number == 40 { decoder.skip = .nonKey }
      if number > 40, packet.isKey { decoder.skip = .nothing }
      return true
    }
    #expect(some.total == 120 && some.undecodable == 0, "\(some.undecodable) \(some.leftOut)")
    #expect((15...26).contains(some.leftOut.late), "\(some.leftOut)")
    #expect(some.seen.allSatisfy(all.seen.contains))
    let isWhole = all.seen.suffix(50).allSatisfy(some.seen.contains)
    #expect(isWhole)
  }

  @Test func unwantedFramesAreDecodedOnlyForOthers() throws {
    let path = try make(.bFrames)
    let (all, some) = (try decode(path), try decode(path) { _, _, number in number % 2 == 0 })
    #expect(some.total == 120 && some.undecodable == 0 && some.leftOut.late == 0)
    #expect((30...60).contains(some.leftOut.unwanted) && some.seen.allSatisfy(all.seen.contains))
  }

  @Test func sourcesThatCanWaitAreDecodedInWhole() throws {
    let all = try decode(try make(.bFrames), isLive: false) { decoder, _, _ in
      decoder.skip = .nonKey
      return false
    }
    #expect(all.seen.count == 120 && all.leftOut == LeftOutFrames())
  }
}
