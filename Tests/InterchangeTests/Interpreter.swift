// A second opinion on exported graphs: ONNX's operators as its specification states them, in plain loops.
import Foundation

@testable import Interchange

/// A value of a graph. Numbers are doubles, whatever they are stored as: sums of a network's integers stay exact.
struct Value {
  var shape: [Int]
  var numbers: [Double]
}

/// Runs a graph node by node.
///
/// - Source: github.com/onnx/onnx/blob/main/docs/Operators.md, opset 17.
struct Interpreter {
  struct Failure: Error { let reason: String }

  let graph: GraphProto
  private(set) var values: [String: Value] = [:]

  init(_ graph: GraphProto, input: Value) throws {
    self.graph = graph
    for tensor in graph.initializer { values[tensor.name] = try Value(tensor) }
    values[graph.input[0].name] = input
    for node in graph.node {
      let inputs = try node.input.map { name in
        guard let value = values[name] else { throw Failure(reason: "\(node.name) reads \(name), which is not there") }
        return value
      }
      values[node.output[0]] = try run(node, inputs)
    }
  }

  /// The graph's output.
  var output: Value { values[graph.output[0].name] ?? Value(shape: [], numbers: []) }

  private func run(_ node: NodeProto, _ inputs: [Value]) throws -> Value {
    switch node.opType {
    case "Conv": convolution(inputs, stride: node.integers("strides")[0], padding: node.integers("pads")[0])
    case "ConvTranspose": transposed(inputs, stride: node.integers("strides")[0], padding: node.integers("pads")[0])
    case "Relu": Value(shape: inputs[0].shape, numbers: inputs[0].numbers.map { max(0, $0) })
    case "MaxPool": pooled(inputs[0])
    case "Concat":
      Value(
        shape: [1, inputs[0].shape[1] + inputs[1].shape[1]] + inputs[0].shape[2...],
        numbers: inputs[0].numbers + inputs[1].numbers)
    case "QuantizeLinear": quantized(inputs)
    case "DequantizeLinear": dequantized(inputs, axis: node.integers("axis").first ?? 1)
    default: throw Failure(reason: "\(node.name) is a \(node.opType)")
    }
  }

  private func convolution(_ inputs: [Value], stride: Int, padding: Int) -> Value {
    let (x, w, b) = (inputs[0], inputs[1], inputs[2].numbers)
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    let (outputs, window) = (w.shape[0], w.shape[2])
    let rows = (height + 2 * padding - window) / stride + 1
    let columns = (width + 2 * padding - window) / stride + 1
    var result = Value(shape: [1, outputs, rows, columns], numbers: [])
    for o in 0..<outputs {
      for y in 0..<rows {
        for column in 0..<columns {
          var sum = b[o]
          for ky in 0..<window {
            for kx in 0..<window {
              let (sy, sx) = (y * stride + ky - padding, column * stride + kx - padding)
              guard sy >= 0, sy < height, sx >= 0, sx < width else { continue }
              for c in 0..<channels {
                sum +=
                  x.numbers[(c * height + sy) * width + sx]
                  * w.numbers[((o * channels + c) * window + ky) * window + kx]
              }
            }
          }
          result.numbers.append(sum)
        }
      }
    }
    return result
  }

  /// Scatters each input pixel, the other way round than the network's own loops.
  private func transposed(_ inputs: [Value], stride: Int, padding: Int) -> Value {
    let (x, w, b) = (inputs[0], inputs[1], inputs[2].numbers)
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    let (outputs, window) = (w.shape[1], w.shape[2])
    let rows = (height - 1) * stride + window - 2 * padding
    let columns = (width - 1) * stride + window - 2 * padding
    var result = Value(shape: [1, outputs, rows, columns], numbers: [])
    for o in 0..<outputs { result.numbers += [Double](repeating: b[o], count: rows * columns) }
    for c in 0..<channels {
      for y in 0..<height {
        for column in 0..<width {
          let number = x.numbers[(c * height + y) * width + column]
          for o in 0..<outputs {
            for ky in 0..<window {
              for kx in 0..<window {
                let (ty, tx) = (y * stride + ky - padding, column * stride + kx - padding)
                guard ty >= 0, ty < rows, tx >= 0, tx < columns else { continue }
                result.numbers[(o * rows + ty) * columns + tx] +=
                  number * w.numbers[((c * outputs + o) * window + ky) * window + kx]
              }
            }
          }
        }
      }
    }
    return result
  }

  private func pooled(_ x: Value) -> Value {
    let (channels, rows, columns) = (x.shape[1], x.shape[2] / 2, x.shape[3] / 2)
    var result = Value(shape: [1, channels, rows, columns], numbers: [])
    for c in 0..<channels {
      for y in 0..<rows {
        for column in 0..<columns {
          let first = (c * x.shape[2] + 2 * y) * x.shape[3] + 2 * column
          let candidates = [first, first + 1, first + x.shape[3], first + x.shape[3] + 1].map { x.numbers[$0] }
          result.numbers.append(candidates.max() ?? 0)
        }
      }
    }
    return result
  }

  private func quantized(_ inputs: [Value]) -> Value {
    let (scale, zero) = (inputs[1].numbers[0], inputs[2].numbers[0])
    return Value(
      shape: inputs[0].shape,
      numbers: inputs[0].numbers.map { min(max(($0 / scale).rounded(.toNearestOrEven) + zero, 0), 255) })
  }

  private func dequantized(_ inputs: [Value], axis: Int) -> Value {
    let (codes, scales) = (inputs[0], inputs[1].numbers)
    let zero = inputs.count > 2 ? inputs[2].numbers[0] : 0
    let inner = scales.count == 1 ? codes.numbers.count : codes.shape[(axis + 1)...].reduce(1, *)
    return Value(
      shape: codes.shape,
      numbers: codes.numbers.enumerated().map { ($1 - zero) * scales[$0 / inner % scales.count] })
  }
}

extension NodeProto {
  /// The values of an attribute of one or many integers; none when it is not there.
  func integers(_ name: String) -> [Int] {
    attribute.filter { $0.name == name }.flatMap { $0.type == .int ? [Int($0.i)] : $0.ints.map(Int.init) }
  }
}

extension Value {
  /// A constant of the graph, from its raw bytes.
  init(_ tensor: TensorProto) throws {
    shape = tensor.dims.map(Int.init)
    let bytes = [UInt8](tensor.rawData)
    numbers = bytes.withUnsafeBytes { raw in
      switch TensorProto.DataType(rawValue: Int(tensor.dataType)) {
      case .float: raw.bindMemory(to: Float.self).map(Double.init)
      case .uint8: raw.map { Double($0) }
      case .int8: raw.map { Double(Int8(bitPattern: $0)) }
      case .int32: raw.bindMemory(to: Int32.self).map(Double.init)
      default: []
      }
    }
    guard numbers.count == shape.reduce(1, *) else { throw Interpreter.Failure(reason: "\(tensor.name) is no array") }
  }
}
