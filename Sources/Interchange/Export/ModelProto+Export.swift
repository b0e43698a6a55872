// What an exported file says besides its graph: inputs, outputs, and what a reader should know.
import Foundation
import UNet

extension ModelProto {
  static func exported(
    _ model: Model, _ builder: GraphBuilder, _ precision: ONNXExport.Precision, _ size: ONNXExport.Size,
    toolVersion: String
  ) -> ModelProto {
    var proto = ModelProto()
    proto.irVersion = Int64(ONNXExport.irVersion)
    (proto.producerName, proto.producerVersion) = ("verge", toolVersion)
    proto.docString = "\(model.name): a U-Net that gives every pixel of a street scene a class; see the metadata."
    var opset = OperatorSetIdProto()
    (opset.domain, opset.version) = ("", Int64(ONNXExport.opset))
    proto.opsetImport = [opset]
    proto.metadataProps = metadata(model, precision, toolVersion: toolVersion).map { key, value in
      var entry = StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      return entry
    }
    proto.graph.name = model.name
    (proto.graph.node, proto.graph.initializer) = (builder.nodes, builder.constants)
    proto.graph.input = [.image(model.architecture, size)]
    proto.graph.output = [.logits(model.architecture, size)]
    return proto
  }

  /// Key and value, in the order of the file.
  private static func metadata(
    _ model: Model, _ precision: ONNXExport.Precision, toolVersion: String
  ) -> [(String, String)] {
    let architecture = model.architecture
    let classes = architecture.classes
    let licenses = model.receipt.dataSets.compactMap { set in set.license.map { "\(set.spec): \($0)" } }
    return [
      ("name", model.name),
      ("verge_version", toolVersion),
      ("precision", precision.rawValue),
      ("classes", json(classes)),
      ("names", json(classes.map(\.name))),
      ("palette", json(classes.map(\.color))),
      ("normalization", "sample / 255; RGB, full range, NCHW"),
      ("stride", "\(architecture.stride)"),
      ("label_shrink", "\(architecture.stem)"),
      ("training_input", "\(model.trainingInput.width)x\(model.trainingInput.height)"),
      ("data_licenses", Set(licenses).sorted().joined(separator: "; ")),
    ]
  }

  private static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Names and colours are strings, which JSON always holds.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension ValueInfoProto {
  fileprivate static func image(_ architecture: Architecture, _ size: ONNXExport.Size) -> Self {
    var info = tensor(ONNXExport.inputName, channels: Architecture.inputChannels, size, ["height", "width"], shrink: 1)
    info.docString = "R, G, B in 0...1; height and width are multiples of \(architecture.stride)."
    return info
  }

  fileprivate static func logits(_ architecture: Architecture, _ size: ONNXExport.Size) -> Self {
    let sides = architecture.stem == 1 ? ["height", "width"] : ["label_height", "label_width"]
    var info = tensor(
      ONNXExport.outputName, channels: architecture.classes.count, size, sides, shrink: architecture.stem)
    info.docString = "The label of a pixel is the index of its largest logit; names and colours are in the metadata."
    return info
  }

  /// float32 `[1, channels, H / shrink, W / shrink]`.
  private static func tensor(
    _ name: String, channels: Int, _ size: ONNXExport.Size, _ sides: [String], shrink: Int
  ) -> Self {
    var tensor = TypeProto.Tensor()
    tensor.elemType = Int32(TensorProto.DataType.float.rawValue)
    tensor.shape.dim = [1, channels].map { .fixed($0) }
    switch size {
    case .fixed(let size): tensor.shape.dim += [.fixed(size.height / shrink), .fixed(size.width / shrink)]
    case .dynamic: tensor.shape.dim += sides.map { .named($0) }
    }
    var info = ValueInfoProto()
    info.name = name
    info.type.tensorType = tensor
    return info
  }
}

extension TensorShapeProto.Dimension {
  fileprivate static func fixed(_ value: Int) -> Self {
    var dimension = Self()
    dimension.dimValue = Int64(value)
    return dimension
  }

  fileprivate static func named(_ name: String) -> Self {
    var dimension = Self()
    dimension.dimParam = name
    return dimension
  }
}
