// What a model file says about itself: strings under `__metadata__`, each the JSON of one thing.
import Foundation
import Tensors

/// The metadata of a model file.
struct ModelMetadata {
  /// Of the key `format`.
  static let format = "verge-unet"
  /// Of the key `version`: the oldest that has what is in the file.
  static let versions = ["1", "2"]

  var name: String
  var architecture: Architecture
  var trainingInput: InputSize
  var activations: [String: Quantization]?
  /// The layers that run in the transform domain; since version 2.
  var winograd: [String: WinogradScales] = [:]
  var receipt: Receipt

  /// `architecture` in the file, next to `classes`.
  private struct Shape: Codable {
    let stem: Int
    let widths: [Int]
    /// Left out where it is `Upsampling.standard`.
    let up: Upsampling?
  }

  /// How a sample becomes the network's input: x = (q − mean) · scale.
  private struct Normalization: Codable, Equatable {
    var scale = "1/255"
    var mean = 0
    var colors = "RGB, full range"
  }
}

extension ModelMetadata {
  /// - Throws: `ModelError.unsupported` naming the key, or what `Architecture.init` throws.
  init(_ strings: [String: String], path: String) throws(ModelError) {
    guard strings["format"] == Self.format else {
      throw .unsupported(path: path, reason: "its metadata has no format \(Self.format)")
    }
    let version = strings["version"] ?? ""
    guard Self.versions.contains(version) else {
      let known = Self.versions.joined(separator: " and ")
      throw .unsupported(path: path, reason: "version \(shown(version)) of the format; this Verge reads \(known)")
    }
    let source = Source(strings: strings, path: path)
    name = strings["name"] ?? ""
    let shape = try source.decode(Shape.self, "architecture")
    architecture = try Architecture(
      stem: shape.stem, widths: shape.widths, up: shape.up ?? .standard,
      classes: try source.decode([PixelClass].self, "classes"))
    trainingInput = try source.decode(InputSize.self, "training_input")
    guard try source.decode(Normalization.self, "normalization") == Normalization() else {
      throw .unsupported(path: path, reason: "its normalization is not that of this version")
    }
    activations = strings["activations"] == nil ? nil : try source.decode([String: Quantization].self, "activations")
    winograd = strings["winograd"] == nil ? [:] : try source.decode([String: WinogradScales].self, "winograd")
    guard winograd.isEmpty || version != "1" && activations != nil else {
      throw .unsupported(path: path, reason: "Winograd scales in a file of version 1 or without int8 weights")
    }
    receipt = try source.decode(Receipt.self, "receipt")
  }

  /// One string per key, as safetensors wants it.
  func strings() throws -> [String: String] {
    var strings = ["format": Self.format, "version": winograd.isEmpty ? "1" : "2", "name": name]
    let up = architecture.up == .standard ? nil : architecture.up
    strings["architecture"] = try json(Shape(stem: architecture.stem, widths: architecture.widths, up: up))
    strings["classes"] = try json(architecture.classes)
    strings["training_input"] = try json(trainingInput)
    strings["normalization"] = try json(Normalization())
    if let activations { strings["activations"] = try json(activations) }
    if !winograd.isEmpty { strings["winograd"] = try json(winograd) }
    strings["receipt"] = try json(receipt)
    return strings
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The strings of a file, decoded one by one.
  private struct Source {
    let strings: [String: String]
    let path: String

    func decode<T: Decodable>(_ type: T.Type, _ key: String) throws(ModelError) -> T {
      guard let text = strings[key] else { throw .unsupported(path: path, reason: "its metadata has no \(key)") }
      do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
        throw .unsupported(path: path, reason: "its metadata \(key) cannot be read (\(brief(error)))")
      }
    }
  }
}
