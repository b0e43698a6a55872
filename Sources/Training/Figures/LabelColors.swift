// Labels as colours, alone and over a picture.
public import Frames
public import UNet

extension Palette {
  /// The colours of a list of classes.
  public init(classes: [PixelClass]) {
    self.init(classes.map { RGB($0.color) })
  }
}

extension RGB {
  public init(_ color: ClassColor) { self.init(color.red, color.green, color.blue) }
}

extension LabelMap {
  /// The labels in their colours, an `rgb24` frame; ignored pixels and labels beyond the palette are black.
  public func colored(_ palette: Palette) -> Frame {
    let frame = Frame(width: width, height: height, format: .rgb24)
    let table = (0..<256).map { palette[$0] }
    for y in 0..<height {
      let row = frame.planes[0].row(y)
      for x in 0..<width {
        let color = table[Int(labels[y * width + x])]
        (row[3 * x], row[3 * x + 1], row[3 * x + 2]) = (color.red, color.green, color.blue)
      }
    }
    return frame
  }

  /// The labels laid over their picture; ignored pixels show the picture darkened.
  ///
  /// - Parameters:
  ///   - picture: `rgb24` of the same size.
  ///   - alpha: share of the colours, 0 to 1.
  public func blended(over picture: Frame, _ palette: Palette, alpha: Double = 0.5) -> Frame {
    precondition(picture.format == .rgb24, "labels are laid over rgb24, not \(picture.format)")
    precondition((picture.width, picture.height) == (width, height), "labels over a picture of another size")
    let frame = colored(palette)
    let share = Int((min(1, max(0, alpha)) * 256).rounded())
    for y in 0..<height {
      let (row, below) = (frame.planes[0].row(y), picture.planes[0].row(y))
      for i in 0..<3 * width { row[i] = UInt8((Int(row[i]) * share + Int(below[i]) * (256 - share) + 128) >> 8) }
    }
    return frame
  }
}

extension LabelledPicture {
  /// The picture as an `rgb24` frame.
  public var frame: Frame {
    let frame = Frame(width: width, height: height, format: .rgb24)
    rgb.withUnsafeBufferPointer { samples in
      guard let base = samples.baseAddress else { return }
      for y in 0..<height { frame.planes[0].row(y).update(from: base + 3 * width * y, count: 3 * width) }
    }
    return frame
  }

  /// The labels as a map.
  public var labelMap: LabelMap {
    let map = LabelMap(width: width, height: height)
    _ = map.buffer.update(fromContentsOf: labels)
    return map
  }
}
