import Foundation
import Testing

@testable import UNet

/// Spoils good model files at random for as long as `VERGE_FUZZ_SECONDS` says (half a second without it). The reader either
/// throws a `ModelError` or gives a model that can run; a crash or a hang is a find.
@Suite struct ModelFuzzTests {
  @Test func spoiltFilesNeverCrashTheReader() throws {
    let seconds = ProcessInfo.processInfo.environment["VERGE_FUZZ_SECONDS"].flatMap(Double.init) ?? 0.5
    let seed = ProcessInfo.processInfo.environment["VERGE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    var random = SplitMix(state: seed)
    let good = [
      try randomModel(stem: 2, widths: [3, 4]).file(), try NetworkCase.all[0].model().file(),
      try quantizedModel(stem: 2, widths: [2, 3], classCount: 2, size: InputSize(height: 8, width: 8)).file(),
    ]
    let start = Date()
    var (refused, read) = (0, 0)
    while -start.timeIntervalSinceNow < seconds {
      var file = good[Int.random(in: 0..<good.count, using: &random)]
      for _ in 0..<Int.random(in: 1...4, using: &random) { spoil(&file, &random) }
      do throws(ModelError) {
        try run(Int8Model(file: file, path: "fuzz"))
        try run(Int8Model(Model(file: file, path: "fuzz")))
        read += 1
      } catch { refused += 1 }
    }
    #expect(refused > 10 && read > 0, "\(refused) refused, \(read) read")
    if seconds > 1 { print("fuzzed the model reader: \(refused) files refused, \(read) read") }
  }

  private func run(_ model: Int8Model) throws(ModelError) {
    let size = model.architecture.inputSize(width: 16, height: 16, budget: 256)
    guard model.architecture.macs(size) < 1_000_000 else { return }
    _ = try Int8Network(model, inputSize: size).labels(randomPicture(size, seed: 1))
  }

  private func spoil(_ file: inout [UInt8], _ random: inout SplitMix) {
    guard file.count > 16 else { return }
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = 8..<min(max(9, length & 0xff_ffff), file.count)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: file[header.randomElement(using: &random) ?? 8] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: file[file.indices.randomElement(using: &random) ?? 0] = UInt8.random(in: 0...255, using: &random)
    case 2: file[Int.random(in: 0..<8, using: &random)] = UInt8.random(in: 0...255, using: &random)
    case 3: file.removeLast(Int.random(in: 1..<file.count, using: &random))
    case 4: replaceNumber(&file, in: header, &random)
    case 5: move(&file, in: header, &random)
    case 6:
      file[header.randomElement(using: &random) ?? 8] = Array("{}[]\",:0-e.\\".utf8).randomElement(using: &random) ?? 0
    default: for _ in 0..<8 { file[Int.random(in: header.upperBound..<file.count + 1, using: &random) - 1] ^= 0x80 }
    }
  }

  /// A number of the header becomes one at the edge of what fits.
  private func replaceNumber(_ file: inout [UInt8], in header: Range<Int>, _ random: inout SplitMix) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = header.filter({ digits.contains(file[$0]) }).randomElement(using: &random) else { return }
    let end = file[start..<header.upperBound].firstIndex { !digits.contains($0) } ?? header.upperBound
    let edges = [
      "0", "1", "-1", "255", "256", "2048", "65536", "9223372036854775807", "18446744073709551616", "1e400", "0.5",
    ]
    let text = Array((edges.randomElement(using: &random) ?? "0").utf8)
    file.replaceSubrange(start..<end, with: text)
    setLength(&file, header.count + text.count - (end - start))
  }

  /// A piece of the header appears a second time.
  private func move(_ file: inout [UInt8], in header: Range<Int>, _ random: inout SplitMix) {
    let start = header.randomElement(using: &random) ?? 8
    let piece = Array(file[start..<min(start + Int.random(in: 1...200, using: &random), header.upperBound)])
    file.insert(contentsOf: piece, at: header.randomElement(using: &random) ?? 8)
    setLength(&file, header.count + piece.count)
  }

  private func setLength(_ file: inout [UInt8], _ length: Int) {
    for i in 0..<8 { file[i] = UInt8(length >> (8 * i) & 255) }
  }
}
