// Where models are found: by path, or by the name of one that came with Verge.
public import Foundation
import Glibc

/// Finds and reads models.
public enum ModelLibrary {
  /// The model used when none is named.
  public static let defaultName = "road"

  /// The names of the shipped models, sorted.
  public static var shipped: [String] {
    let files = folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0.path)) ?? [] }
    return Set(files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }).sorted()
  }

  /// The file of a shipped model; nil when there is none of that name.
  public static func url(named name: String) -> URL? {
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else { return nil }
    return folders.map { $0.appendingPathComponent(name + suffix) }.first {
      FileManager.default.fileExists(atPath: $0.path)
    }
  }

  /// The path that `model` means: a file of that path, or else a shipped model of that name.
  ///
  /// - Throws: `ModelError.unknownModel`.
  public static func path(of model: String) throws(ModelError) -> String {
    if FileManager.default.fileExists(atPath: model), model.contains("/") || model.hasSuffix(suffix) { return model }
    if let url = url(named: model) { return url.path }
    guard !model.contains("/"), !model.hasSuffix(suffix) else { throw .unreadable(path: model, errno: ENOENT) }
    if FileManager.default.fileExists(atPath: model) { return model }
    throw .unknownModel(name: model, shipped: shipped)
  }

  /// Reads the model that `model` means.
  ///
  /// - Throws: `ModelError.unknownModel`, and what `Model.init(contentsOf:)` throws.
  public static func load(_ model: String) throws(ModelError) -> Model {
    try Model(contentsOf: path(of: model))
  }

  /// Reads what inference needs of the model that `model` means.
  ///
  /// - Throws: `ModelError.unknownModel`, and what `Int8Model.init(contentsOf:)` throws.
  public static func loadInt8(_ model: String) throws(ModelError) -> Int8Model {
    try Int8Model(contentsOf: path(of: model))
  }

  private static let suffix = ".safetensors"

  /// Folders looked into, the first hit counts: the resources beside the executable, as the build leaves them, then
  /// `../share/verge/models` of an installation.
  ///
  /// `Bundle.module` would do for the first, but ends the program when the folder is not there.
  private static var folders: [URL] {
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let folder = executable.deletingLastPathComponent()
    return [
      folder.appendingPathComponent("verge_UNet.resources/Models"),
      folder.deletingLastPathComponent().appendingPathComponent("share/verge/models"),
    ]
  }
}
