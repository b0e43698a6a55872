// What an inspection has found, for people and for programs.
import UNet

/// Facts about a file in reading order, and what is wrong with it.
struct Findings: Sendable {
  struct Fact: Sendable {
    let name: String
    let value: String
  }

  /// `video`, `model` or `data set`.
  let kind: String
  let path: String
  private(set) var facts: [Fact] = []
  /// Free lines below the facts: tables.
  var details: [String] = []
  /// Of a model, where it was asked for.
  var plan: PlanInspection?
  /// Of a quantised model: what was tried, lost and won.
  var quantization: Receipt.QuantizationReport?
  /// One sentence each: what is wrong, and what follows from it.
  var problems: [String] = []

  init(kind: String, path: String) {
    self.kind = kind
    self.path = path
  }

  /// Adds a fact, where it is known.
  mutating func add(_ name: String, _ value: String?) {
    if let value { facts.append(Fact(name: name, value: value)) }
  }

  /// The lines to print.
  var lines: [String] {
    let width = (facts.map(\.name.count).max() ?? 0) + 2
    var lines = ["\(path): \(kind)"]
    lines += facts.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count))\($0.value)" }
    if !details.isEmpty { lines += [""] + details }
    if problems.isEmpty { return lines + ["", "nothing wrong found"] }
    return lines + ["", "\(problems.count == 1 ? "problem" : "problems"):"] + problems.map { "  - \($0)" }
  }
}

extension Findings: Encodable {
  private enum CodingKeys: String, CodingKey { case kind, path, facts, plan, quantization, problems }

  /// Facts become one object by name.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(path, forKey: .path)
    try container.encode(Dictionary(facts.map { ($0.name, $0.value) }) { $1 }, forKey: .facts)
    try container.encodeIfPresent(plan, forKey: .plan)
    try container.encodeIfPresent(quantization, forKey: .quantization)
    try container.encode(problems, forKey: .problems)
  }
}
