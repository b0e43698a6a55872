// Why a graph cannot become one of Verge's networks.

/// The node that stands in the way, and what about it.
struct Unmappable: Error, Hashable {
  /// Name and operator, as they are told; empty for what is wrong with the graph as a whole.
  let node: String
  let reason: String

  init(_ node: String, _ reason: String) {
    (self.node, self.reason) = (node, reason)
  }
}

extension NodeProto {
  /// "node 'conv2d_7' (Conv)", short and on one line; a node without a name goes by its output.
  var label: String { "node \(quoted(name.isEmpty ? output.first ?? "" : name)) (\(printable(opType)))" }
}

/// Text from a hostile file in quotes, short and on one line.
func quoted(_ text: String) -> String { "'\(printable(text))'" }

private func printable(_ text: String) -> String {
  let scalars = text.unicodeScalars
  let shown = scalars.prefix(80).map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) }
  return String(shown) + (scalars.count > 80 ? "…" : "")
}
