// Sizes of pictures, read and written.
import Settings
import Testing

@Suite struct PictureExtentTests {
  @Test(arguments: [("288x224", 288, 224), ("1X1", 1, 1), ("16384x16384", 16_384, 16_384)])
  func sizesAreRead(text: String, width: Int, height: Int) throws {
    let extent = try #require(PictureExtent(text))
    #expect(extent == PictureExtent(width: width, height: height) && extent.description == text.lowercased())
  }

  @Test(arguments: ["", "x", "288", "288x", "0x4", "-1x4", "16385x1", "288x224x3", "288 x 224", "axb"])
  func whatIsNoSizeIsRefused(text: String) { #expect(PictureExtent(text) == nil) }
}
