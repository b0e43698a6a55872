// Letters of any size: the dots of the bitmap font, joined by round strokes.
import Frames

extension FigureCanvas {
  struct LetterKey: Hashable {
    let character: UInt8
    let size: Double
  }

  /// Coverage 0…1 of a letter's pixels, `[height, width]`.
  struct Letter {
    let width, height: Int
    let coverage: [Double]
  }

  enum Alignment { case left, middle, right }

  /// Pixels from one letter to the next for dots of `size` pixels.
  static func advance(_ size: Double) -> Int { Int((Double(Font.advance) * size).rounded()) }

  /// Width in pixels of a line of text, without the gap after its last letter.
  static func width(_ text: String, size: Double) -> Int { max(0, text.count * advance(size) - Int(size.rounded())) }

  /// Height in pixels of capitals.
  static func capitals(_ size: Double) -> Int { Int((7 * size).rounded(.up)) }

  /// Writes a line of text; what is no ASCII becomes question marks, but for a few signs that have a near likeness.
  ///
  /// - Parameters:
  ///   - x: left end, middle or right end by `alignment`; of standing text the left side of the letters' tops.
  ///   - y: the top of capitals; of standing text its lower end.
  ///   - size: pixels to a dot, 1 or more; capitals are 7 dots high.
  ///   - stands: turned to be read upwards; `alignment` has no meaning then.
  func text(
    _ text: String, x: Int, y: Int, size: Double, _ color: RGB = .ink, alignment: Alignment = .left,
    stands: Bool = false
  ) {
    let width = Self.width(text, size: size)
    let left =
      switch alignment {
      case .left: x
      case .middle: x - width / 2
      case .right: x - width
      }
    for (place, character) in text.enumerated() {
      let letter = letter(Self.code(character), size)
      let along = place * Self.advance(size)
      for row in 0..<letter.height {
        for column in 0..<letter.width where letter.coverage[row * letter.width + column] > 0 {
          let at = stands ? (x: x + row, y: y - along - column) : (x: left + along + column, y: y + row)
          guard (0..<frame.width).contains(at.x), (0..<frame.height).contains(at.y) else { continue }
          blend(at.x, at.y, color, letter.coverage[row * letter.width + column])
        }
      }
    }
  }

  /// `text` cut in the middle to at most `width` pixels.
  static func fitted(_ text: String, width: Int, size: Double) -> String {
    guard self.width(text, size: size) > width else { return text }
    let count = max(1, (width + Int(size.rounded())) / advance(size) - 2)
    return text.prefix((count + 1) / 3) + ".." + text.suffix(count - (count + 1) / 3)
  }

  private static func code(_ character: Character) -> UInt8 {
    switch character {
    case "×": UInt8(ascii: "x")
    case "–", "−": UInt8(ascii: "-")
    case "…": UInt8(ascii: "~")
    default: character.asciiValue ?? UInt8(ascii: "?")
    }
  }

  private func letter(_ character: UInt8, _ size: Double) -> Letter {
    let key = LetterKey(character: character, size: size)
    if let known = letters[key] { return known }
    let made = Self.drawn(character, size)
    letters[key] = made
    return made
  }

  private static func drawn(_ character: UInt8, _ size: Double) -> Letter {
    let strokes = strokes(of: character, size)
    let (width, height) = (Int((5 * size).rounded(.up)) + 1, Int((8 * size).rounded(.up)) + 1)
    var coverage = [Double](repeating: 0, count: width * height)
    for row in 0..<height {
      for column in 0..<width {
        let distances = strokes.map { $0.distance(x: Double(column) + 0.5, y: Double(row) + 0.5) }
        guard let nearest = distances.min() else { continue }
        coverage[row * width + column] = min(1, max(0, 0.54 * size + 0.5 - nearest))
      }
    }
    return Letter(width: width, height: height, coverage: coverage)
  }

  /// From each dot to its neighbours right and below, and over a corner where no other dot makes the turn.
  private static func strokes(of character: UInt8, _ size: Double) -> [Stroke] {
    let isSet = { (x: Int, y: Int) in
      (0..<Font.advance - 1).contains(x) && (0..<Font.height).contains(y) && Font.dot(character, x: x, y: y)
    }
    let place = { (x: Int, y: Int) in (x: (Double(x) + 0.5) * size, y: (Double(y) + 0.5) * size) }
    var strokes: [Stroke] = []
    for y in 0..<Font.height {
      for x in 0..<Font.advance - 1 where isSet(x, y) {
        strokes.append(Stroke(place(x, y), place(x, y)))
        for (dx, dy) in [(1, 0), (0, 1), (1, 1), (-1, 1)] where isSet(x + dx, y + dy) {
          if dx != 0, dy != 0, isSet(x + dx, y) || isSet(x, y + dy) { continue }
          strokes.append(Stroke(place(x, y), place(x + dx, y + dy)))
        }
      }
    }
    return strokes
  }
}
