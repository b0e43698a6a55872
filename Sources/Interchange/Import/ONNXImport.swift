// An ONNX file as a model of Verge's.
import Foundation
public import UNet

/// Makes models of U-Nets that PyTorch, Keras or Verge itself exported to ONNX.
public enum ONNXImport {
  /// What the file does not say.
  public struct Options: Sendable {
    /// The model's name; that of the file when nil.
    public var name: String?
    /// Names and colours of the classes; those of the file, or made up, when nil.
    public var classes: [PixelClass]?
    /// The value that the network reads for white: 1 or 255; nil to take it from the graph.
    public var inputRange: Float?
    /// Version of the program, for the receipt.
    public var toolVersion: String

    public init(
      name: String? = nil, classes: [PixelClass]? = nil, inputRange: Float? = nil, toolVersion: String
    ) {
      (self.name, self.classes, self.inputRange, self.toolVersion) = (name, classes, inputRange, toolVersion)
    }
  }

  /// Reads a float network; what was taken for granted is told in the receipt's notes.
  ///
  /// - Throws: `InterchangeError.unreadable`, `.notONNX`; `.unmappable` naming the node that no network of Verge's has.
  public static func model(contentsOf path: String, _ options: Options) throws(InterchangeError) -> Model {
    let file = try ModelProto(contentsOf: path)
    do throws(Unmappable) {
      return try model(of: file, path: path, options)
    } catch {
      throw .unmappable(path: path, node: error.node, reason: error.reason)
    }
  }

  static func model(of file: ModelProto, path: String, _ options: Options) throws(Unmappable) -> Model {
    let reader = try GraphReader(file.graph)
    let network = try NetworkMatcher(reader.operations, output: reader.output(file.graph))
    let inputRange = options.inputRange ?? network.inputRange
    let architecture = try network.architecture(
      classes: options.classes ?? file.classes(count: network.classCount) ?? standardClasses(network.classCount))
    let weights = try network.weights(architecture, inputRange: inputRange)
    var receipt = Receipt(toolVersion: options.toolVersion)
    receipt.notes = [
      "imported from \(fileName(path)), \(file.producer)", "it read pictures as 0…\(inputRange == 255 ? 255 : 1)",
    ]
    if network.isBinary { receipt.notes.append("one logit became two classes: the first one's is 0") }
    do throws(ModelError) {
      return try Model(
        name: options.name ?? file.metadata("name") ?? fileName(path, withSuffix: false), architecture: architecture,
        weights: weights, trainingInput: reader.trainingInput(architecture), receipt: receipt)
    } catch {
      throw Unmappable("", "\(error)")
    }
  }

  private static func fileName(_ path: String, withSuffix: Bool = true) -> String {
    let url = URL(filePath: path)
    return String((withSuffix ? url : url.deletingPathExtension()).lastPathComponent.prefix(50))
  }

  /// Names and colours of classes that nobody named.
  ///
  /// - Source: the colours are those of the PASCAL VOC devkit, `VOClabelcolormap`.
  public static func standardClasses(_ count: Int) -> [PixelClass] {
    (0..<count).map { label in
      func part(_ channel: Int) -> UInt8 {
        (0..<3).reduce(0) { $0 | UInt8(label >> (3 * $1 + channel) & 1) << UInt8(7 - $1) }
      }
      return PixelClass(name: "class\(label)", color: ClassColor(part(0), part(1), part(2)))
    }
  }
}

extension ModelProto {
  /// Who wrote the file, in a few words.
  fileprivate var producer: String {
    // tf2onnx adds a commit, or None, to its version.
    let version = producerVersion.split(separator: " ").first ?? ""
    return producerName.isEmpty ? "unknown producer" : "\(producerName.prefix(30)) \(version.prefix(30))"
  }

  fileprivate func metadata(_ key: String) -> String? { metadataProps.first { $0.key == key }?.value }

  /// The classes of a file that Verge exported; nil when there are none, or another number of them.
  fileprivate func classes(count: Int) -> [PixelClass]? {
    guard let text = metadata("classes") else { return nil }
    let classes = try? JSONDecoder().decode([PixelClass].self, from: Data(text.utf8))  // another program's `classes`
    return classes?.count == count ? classes : nil
  }
}

extension GraphReader {
  /// The size the graph was exported at, or one of about 480×352 pixels where it takes any.
  fileprivate func trainingInput(_ architecture: Architecture) -> InputSize {
    guard hasFixedSize, let picture = operations.first?.size else {
      return architecture.inputSize(width: 480, height: 352, budget: 480 * 352)
    }
    return InputSize(height: picture.height, width: picture.width)
  }
}
