// What happened to a picture.

/// The effects that a picture drew.
struct AppliedEffects: OptionSet, Sendable {
  let rawValue: Int

  static let rareCrop = AppliedEffects(rawValue: 1)
  static let colors = AppliedEffects(rawValue: 2)
  static let blur = AppliedEffects(rawValue: 4)
  static let motionBlur = AppliedEffects(rawValue: 8)
  static let jpeg = AppliedEffects(rawValue: 16)
  static let fog = AppliedEffects(rawValue: 32)
  static let rain = AppliedEffects(rawValue: 64)
  static let night = AppliedEffects(rawValue: 128)
  static let glare = AppliedEffects(rawValue: 256)
  static let wet = AppliedEffects(rawValue: 512)
  static let dirt = AppliedEffects(rawValue: 1024)
  static let mirrored = AppliedEffects(rawValue: 2048)

  /// Names in the order that effects are applied, separated by commas.
  var names: String {
    let known: [(AppliedEffects, String)] = [
      (.mirrored, "mirrored"), (.rareCrop, "rare class"), (.wet, "wet"), (.night, "night"), (.rain, "rain"),
      (.fog, "fog"), (.glare, "glare"), (.dirt, "dirt"), (.blur, "blur"), (.motionBlur, "motion"), (.colors, "colours"),
      (.jpeg, "jpeg"),
    ]
    return known.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}
