// What the network will see, for eyes.
public import Frames
public import UNet

extension Augmentation {
  /// Draws the first pictures of a run as a sheet: each beside itself with its labels laid over, captioned with what was
  /// done to it.
  ///
  /// - Parameters:
  ///   - sources: training sets, and `shares` their weights in the mix; empty: by number of pictures.
  ///   - crop: size of the network's pictures.
  ///   - enlargement: of pictures before they are cut.
  ///   - seed: of the run.
  /// - Returns: an `rgb24` frame.
  /// - Throws: what reading the pictures throws.
  public func preview(
    of sources: [any LabelledSource], shares: [Double] = [], classes: [PixelClass], crop: InputSize,
    enlargement: Double, seed: UInt64, count: Int = 24
  ) throws(TrainingError) -> Frame {
    let names = classes.map(\.name)
    let mix = try DataMix(sources, shares: shares, classNames: names, seed: seed)
    let augmenter = Augmenter(
      recipe: self, width: crop.width, height: crop.height, enlargement: enlargement, classNames: names,
      sets: mix.labelSets)
    var sheet = ContactSheet(columns: 3, cellWidth: 480, cellHeight: 480 * crop.height / (2 * crop.width))
    sheet.title = "\(count) pictures of \(crop) as the network sees them"
    sheet.legend = classes
    for (position, choice) in mix.choices(at: 0..<count).enumerated() {
      let picture = try mix.picture(part: choice.part, index: choice.index)
      var random = Augmenter.random(seed: seed, position: position)
      let (drawn, done) = augmenter.drawn(picture, using: &random)
      let names = done.names
      sheet.add(drawn.besideLabels(Palette(classes: classes)), caption: names.isEmpty ? "as it is" : names)
    }
    return sheet.draw()
  }
}

extension Augmenter {
  /// A variation of a picture, rounded to 8 bits.
  func drawn(
    _ picture: LabelledPicture, using random: inout SeededRandom
  ) -> (picture: LabelledPicture, done: AppliedEffects) {
    let pixels = width * height
    let rgb = FloatBuffer(count: 3 * pixels)
    var labels = [UInt8](repeating: ignoreLabel, count: pixels)
    let done = labels.withUnsafeMutableBufferPointer {
      draw(picture, to: rgb.data, labels: $0.baseAddress!, using: &random)
    }
    let samples = rgb.buffer.map { UInt8(min(255, max(0, ($0 * 255).rounded()))) }
    return (LabelledPicture(width: width, height: height, rgb: samples, labels: labels), done)
  }
}

extension LabelledPicture {
  /// The picture, and right of it the picture with its labels laid over.
  fileprivate func besideLabels(_ palette: Palette) -> Frame {
    let (left, sheet) = (frame, Frame(width: 2 * width, height: height, format: .rgb24))
    let right = labelMap.blended(over: left, palette)
    for y in 0..<height {
      let target = sheet.planes[0].row(y)
      target.update(from: left.planes[0].row(y), count: 3 * width)
      (target + 3 * width).update(from: right.planes[0].row(y), count: 3 * width)
    }
    return sheet
  }
}
