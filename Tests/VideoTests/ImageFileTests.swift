import Foundation
import Frames
import Testing
import Video

@Suite struct ImageFileTests {
  let folder = TestFolder()

  @Test func indicesComeBackFromAPalettePictureUntouched() throws {
    let labels = LabelMap(width: 37, height: 11)
    for i in 0..<labels.count { labels.labels[i] = UInt8(i % 256) }
    let palette = Palette((0..<12).map { RGB(UInt8($0 * 20), 3, UInt8(255 - $0)) })
    let path = folder.file("mask.png")
    try ImageFile.writePNG(labels, palette: palette, to: path)
    let back = try ImageFile.readIndices(path)
    #expect(back.width == 37 && back.height == 11)
    #expect(Array(back.buffer) == Array(labels.buffer))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes[24] == 8 && bytes[25] == 3, "8 bits, colour type 3: indexed")
  }

  /// 4×2 pixels of labels 0 to 6 and 255, made by hand: grey with transparency, grey of 16 bits, and both.
  @Test(arguments: [
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAQAAADVobXoAAAAGklEQVR42mNgaGBsYGpgbmBgaWBtYGv43wAAJLAFFe3oDKAAAAAASUVORK5CYII=",
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACEAAAAAAKU/78AAAAGUlEQVR42gXBBQEAAAgAIMz/jxUgpKKNdQ8BnAEVsuTxWgAAAABJRU5ErkJggg==",
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACEAQAAACFMWmrAAAAIUlEQVR42mNgYHiVwMAIxExAzAzEDCxAghWI2YD4/6sEAKtsC2VKnU/UAAAA"
      + "AElFTkSuQmCC",
  ])
  func labelsInDeepOrTransparentGreyAreRead(base64: String) throws {
    let path = folder.file("mask.png")
    try #require(Data(base64Encoded: base64)).write(to: URL(fileURLWithPath: path))
    let map = try ImageFile.readIndices(path, strictly: true)
    #expect(withExtendedLifetime(map) { Array(map.buffer) } == [0, 1, 2, 3, 4, 5, 6, 255])
  }

  @Test func thePaletteGivesTheColours() throws {
    let labels = LabelMap(width: 4, height: 2)
    labels[x: 3, y: 1] = 2
    let path = folder.file("mask.png")
    try ImageFile.writePNG(labels, palette: Palette([RGB(1, 2, 3), RGB(0, 0, 0), RGB(200, 100, 50)]), to: path)
    let picture = try ImageFile.readRGB(path)
    #expect(Array(UnsafeBufferPointer(start: picture.planes[0].row(0), count: 3)) == [1, 2, 3])
    #expect(Array(UnsafeBufferPointer(start: picture.planes[0].row(1) + 9, count: 3)) == [200, 100, 50])
  }

  @Test func oneWriterWritesMasksOfSeveralSizes() throws {
    let writer = ImageWriter()
    for size in [(5, 4), (640, 360), (1, 1), (5, 4)] {
      let labels = LabelMap(width: size.0, height: size.1)
      for i in 0..<labels.count { labels.labels[i] = UInt8(i % 7) }
      let path = folder.file("mask.png")
      try writer.writePNG(labels, palette: Palette([]), to: path)
      let back = try ImageFile.readIndices(path)
      #expect(Array(back.buffer) == Array(labels.buffer), "\(size)")
    }
  }

  @Test func anRGBPictureComesBackExactly() throws {
    let frame = colorful(width: 33, height: 9)
    let path = folder.file("picture.png")
    try ImageFile.writePNG(frame, to: path)
    let back = try ImageFile.readRGB(path)
    #expect(rows(back) == rows(frame))
    let red = try ImageFile.readRed(path)
    #expect(red[x: 7, y: 3] == frame.planes[0].row(3)[7 * 3])
  }

  @Test func aJPEGComesBackNearly() throws {
    let frame = Frame(width: 64, height: 48, format: .rgb24)
    for y in 0..<48 { for x in 0..<64 { frame.planes[0].row(y)[x * 3] = UInt8(x * 3) } }
    let path = folder.file("picture.jpg")
    try ImageFile.writeJPEG(frame, to: path, quality: 2)
    let back = try ImageFile.readRGB(path)
    #expect(zip(rows(back), rows(frame)).allSatisfy { abs(Int($0) - Int($1)) < 24 })
  }

  @Test func greyMasksKeepTheirNumbers() throws {
    let frame = Frame(width: 9, height: 5, format: .gray8)
    for y in 0..<5 { for x in 0..<9 { frame.planes[0].row(y)[x] = UInt8(y * 50 + x) } }
    let path = folder.file("grey.png")
    try ImageFile.writePNG(frame, to: path)
    #expect(try ImageFile.readIndices(path)[x: 8, y: 4] == 208)
    let colors = try ImageFile.readRGB(path)  // a plane's memory lives as long as its frame
    #expect(colors.planes[0].row(4)[8 * 3] == 208)
  }

  @Test func coloursAreRefusedAsIndices() throws {
    let path = folder.file("picture.png")
    try ImageFile.writePNG(colorful(width: 4, height: 4), to: path)
    #expect(throws: VideoError.self) { try ImageFile.readIndices(path) }
  }

  @Test(arguments: ["missing.png", "empty.png", "text.png", "cut.png", "."])
  func whatIsNoPictureIsOneError(name: String) throws {
    try Data().write(to: URL(fileURLWithPath: folder.file("empty.png")))
    try Data("not a picture at all".utf8).write(to: URL(fileURLWithPath: folder.file("text.png")))
    try ImageFile.writePNG(colorful(width: 40, height: 40), to: folder.file("whole.png"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.png")))
    try whole.prefix(30).write(to: URL(fileURLWithPath: folder.file("cut.png")))
    #expect(throws: VideoError.self) { try ImageFile.read(folder.file(name)) }
  }

  @Test func aFullDiskIsSaid() {
    let labels = LabelMap(width: 4, height: 4)
    #expect(throws: VideoError.diskFull("/dev/full")) {
      try ImageFile.writePNG(labels, palette: Palette([]), to: "/dev/full")
    }
  }

  @Test func aFolderThatIsNotThereIsSaid() {
    let path = folder.file("none/mask.png")
    #expect(throws: VideoError.cannotWrite(path, cause: "No such file or directory")) {
      try ImageFile.writePNG(LabelMap(width: 1, height: 1), palette: Palette([]), to: path)
    }
  }

  private func colorful(width: Int, height: Int) -> Frame {
    let frame = Frame(width: width, height: height, format: .rgb24)
    for y in 0..<height {
      for x in 0..<width * 3 { frame.planes[0].row(y)[x] = UInt8((x * 37 + y * 91) % 256) }
    }
    return frame
  }

  private func rows(_ frame: Frame) -> [UInt8] {
    (0..<frame.height).flatMap { Array(UnsafeBufferPointer(start: frame.planes[0].row($0), count: frame.width * 3)) }
  }
}
