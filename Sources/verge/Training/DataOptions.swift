// Data sets on the command line.
import ArgumentParser
import Training

extension DataSpecification {
  /// For `--data` and its kin: a specification or a message that says what is wrong with it.
  static func parse(_ text: String) throws -> DataSpecification {
    do {
      return try DataSpecification(text)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  static let help = ArgumentHelp(
    "A data set, FORMAT:PATH[:SPLIT]; formats: camvid, carla, cityscapes, masks, pairs, scenes.", valueName: "spec")
}

/// Numbers with commas between them, such as `24,48,80`.
struct NumberList<Number: LosslessStringConvertible & Sendable>: ExpressibleByArgument, Sendable {
  let numbers: [Number]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Number(String($0)) }
    let known = parts.compactMap { $0 }
    guard !known.isEmpty, known.count == parts.count else { return nil }
    numbers = known
  }
}

extension Console {
  /// Says what the user should know of data sets before they are used.
  func tell(of sources: [any LabelledSource], onlyWarnings: Bool = false) {
    if !onlyWarnings { for note in sources.flatMap(\.notes) { self.note(note) } }
    for warning in sources.flatMap(\.warnings) { warn(warning) }
  }
}
