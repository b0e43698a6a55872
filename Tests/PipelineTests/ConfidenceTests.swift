import Foundation
import Frames
import Testing
import Video

@testable import Pipeline

@Suite struct ConfidenceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private struct Record: Decodable {
    var confidence: Double?
  }

  private func records() throws -> [Record] {
    try String(contentsOfFile: folder("frames.jsonl"), encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Record.self, from: Data($0.utf8))
    }
  }

  @Test func confidenceGoesIntoGreyPicturesAndRecords() throws {
    var options = Pattern.options()
    (options.masks.confidence, options.masks.records) = (folder("sure"), folder("frames.jsonl"))
    options.masks.folder = folder("masks")
    try Session(frames: PatternSource(count: 3), ColorSegmenter(), output: .none, options).run()
    let records = try records()
    #expect(try folder.names(in: "sure") == ["000000.png", "000001.png", "000002.png"])
    for (name, record) in zip(try folder.names(in: "sure"), records) {
      let file = try Data(contentsOf: URL(filePath: folder("sure/" + name)))
      #expect(file[24] == 8 && file[25] == 0, "8 bits, grey")
      let picture = try ImageFile.readIndices(folder("sure/" + name))
      let mask = try ImageFile.readIndices(folder("masks/" + name))
      #expect((picture.width, picture.height) == (160, 96))
      var sum = 0
      for y in 0..<96 {
        for x in 0..<160 {
          #expect(picture[x: x, y: y] == 51 * (mask[x: x, y: y] + 1))
          sum += Int(picture[x: x, y: y])
        }
      }
      #expect(abs((record.confidence ?? 0) - Double(sum) / (255 * 160 * 96)) < 1e-6)
    }
  }

  @Test func recordsAreSilentAboutWhatWasNotAskedFor() throws {
    var options = Pattern.options()
    options.masks.records = folder("frames.jsonl")
    try Session(frames: PatternSource(count: 2), ColorSegmenter(), output: .none, options).run()
    #expect(try records().count == 2 && records().allSatisfy { $0.confidence == nil })
  }
}
