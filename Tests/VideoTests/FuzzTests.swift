import Foundation
import Frames
import Testing
import Video

/// Damaged files through demuxer and decoder: whatever they hold, the answer is frames or one error, soon.
///
/// A short run belongs to the tests; `VERGE_FUZZ_SECONDS=300` makes it longer, `VERGE_FUZZ_SEED` starts elsewhere.
@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg to make the files"), .serialized)
struct FuzzTests {
  let folder = TestFolder()

  static let seeds = [
    "h264.mp4 -c:v libx264 -bf 2 -c:a aac", "h264.ts -c:v libx264 -c:a mp2", "h264.mkv -c:v libx264 -c:a flac",
    "nine.webm -c:v libvpx-vp9 -cpu-used 8 -deadline realtime -c:a libopus", "four.avi -c:v mpeg4 -c:a mp3",
    "two.mpg -c:v mpeg2video -c:a mp2", "hevc.mp4 -c:v libx265 -x265-params log-level=none -c:a aac",
    "ffv1.mkv -c:v ffv1 -an",
    "raw.y4m -an", "motion.mov -c:v mjpeg -c:a pcm_s16le", "flash.flv -c:v flv -c:a mp3 -ar 22050",
    "one.png -frames:v 1 -an",
    "one.jpg -frames:v 1 -an", "film.gif -an", "av1.mkv -c:v libsvtav1 -preset 12 -an",
    "frag.mp4 -c:v libx264 -movflags frag_keyframe+empty_moov -c:a aac",
    "one.bmp -frames:v 1 -an", "one.webp -frames:v 1 -an", "one.tiff -frames:v 1 -an", "prores.mov -c:v prores_ks -an",
  ]

  @Test func damagedFilesGiveFramesOrOneError() throws {
    let environment = ProcessInfo.processInfo.environment
    let seconds = Double(environment["VERGE_FUZZ_SECONDS"] ?? "") ?? 4
    let files = Self.seeds.compactMap { make($0) }
    try #require(files.count >= 10)
    let end = ContinuousClock.now + .seconds(seconds)
    var seed = UInt64(environment["VERGE_FUZZ_SEED"] ?? "") ?? 1
    while ContinuousClock.now < end {
      let original = files[Int(seed) % files.count]
      let path = folder.file("seed-\(seed)-\((original as NSString).lastPathComponent)")
      var data = try Data(contentsOf: URL(fileURLWithPath: original))
      var numbers = SeededNumbers(seed: seed)
      for _ in 0..<Int.random(in: 1...4, using: &numbers) {
        Mutation.allCases.randomElement(using: &numbers)!.apply(to: &data, &numbers)
      }
      try data.write(to: URL(fileURLWithPath: path))
      let took = ContinuousClock().measure { read(path) }
      #expect(took < .seconds(20), "seed \(seed) took \(took)")
      try FileManager.default.removeItem(atPath: path)  // a crash leaves the file that caused it
      seed += 1
    }
    print("fuzz: \(seed) files")
  }

  private func make(_ recipe: String) -> String? {
    let parts = recipe.split(separator: " ", maxSplits: 1).map(String.init)
    let path = folder.file(parts[0])
    let made = ffmpeg(
      "-f lavfi -i testsrc2=s=96x64:r=25:d=0.8 -f lavfi -i sine=d=0.8:r=22050 -pix_fmt yuv420p \(parts[1]) -strict -2 \(path)"
    )
    return made ? path : nil
  }

  private func read(_ path: String) {
    guard let source = try? MediaSource(path) else { return }
    let scaler = Scaler(width: 32, height: 32)
    var events = 0
    while events < 400, let event = try? source.next() {
      events += 1
      if case .frame(let frame) = event { _ = try? scaler.scale(frame) }
      if case .end = event { return }
    }
  }
}
