// Records of frames, a line of JSON each.
import Foundation
public import Frames
public import Tensors

/// Makes one JSON object per frame: number, time, share of each class, latency, and, when asked for, mean confidence and
/// run lengths. Used by one thread at a time.
public final class RecordLine {
  private let names: [String]
  private let hasRunLengths: Bool
  private let kernels: Kernels
  private var counts = [UInt32](repeating: 0, count: 256)
  private var runs = RunLengths()
  private var line = ""

  public init(classes: [String], hasRunLengths: Bool = false, kernels: Kernels = .best) {
    names = classes.map(quoted)
    (self.hasRunLengths, self.kernels) = (hasRunLengths, kernels)
  }

  /// The line with its end.
  ///
  /// - Parameter mask: class indices of the frame, any size.
  public func text(of mask: LabelMap, _ frame: Frame) -> String {
    for index in counts.indices { counts[index] = 0 }
    kernels.countLabels(mask.labels, count: mask.count, into: &counts)
    let milliseconds = (ContinuousClock.now - frame.arrival).inSeconds * 1000
    line.removeAll(keepingCapacity: true)
    line += "{\"frame\":\(frame.index),\"pts\":\(frame.pts.map(String.init) ?? "null")"
    line += ",\"time\":\(frame.seconds.map { decimal($0, 1_000_000) } ?? "null")"
    line += ",\"classes\":{\(shares(of: mask.count))},\"latency_ms\":\(decimal(milliseconds, 1000))"
    if let confidence = mask.confidence {
      let sum = (0..<mask.count).reduce(0) { $0 + Int(confidence[$1]) }
      line += ",\"confidence\":\(decimal(Double(sum) / Double(255 * mask.count), 1_000_000))"
    }
    if hasRunLengths { line += ",\"rle\":{\(runLengths(of: mask))}" }
    line += "}\n"
    return line
  }

  private func shares(of total: Int) -> String {
    names.indices.map { "\(names[$0]):\(decimal(Double(counts[$0]) / Double(total), 1_000_000))" }
      .joined(separator: ",")
  }

  /// Only classes that are there.
  private func runLengths(of mask: LabelMap) -> String {
    runs.take(mask)
    return names.indices.filter { counts[$0] > 0 }.map { label in
      let lengths = runs.lengths[label].map(String.init).joined(separator: ",")
      return "\(names[label]):{\"size\":[\(mask.height),\(mask.width)],\"counts\":[\(lengths)]}"
    }.joined(separator: ",")
  }
}

/// Writes the record of each frame into a file.
final class RecordFile: MaskSink {
  private let file: LineFile
  private let record: RecordLine

  /// - Throws: `PipelineError.cannotWrite`, `.exists`.
  init(
    _ path: String, classes: [String], hasRunLengths: Bool, overwrites: Bool, kernels: Kernels
  ) throws(PipelineError) {
    file = try LineFile(path, overwrites: overwrites)
    record = RecordLine(classes: classes, hasRunLengths: hasRunLengths, kernels: kernels)
  }

  func write(_ mask: PooledLabels, of frame: Frame) throws { try file.write(record.text(of: mask.map, frame)) }
}

/// A number with as many decimals as `scale` has zeros at most.
func decimal(_ value: Double, _ scale: Double) -> String { "\((value * scale).rounded() / scale)" }

/// A JSON string.
private func quoted(_ text: String) -> String {
  guard let data = try? JSONEncoder().encode(text) else { return "\"\"" }  // a string always has a JSON form
  return String(decoding: data, as: UTF8.self)
}
