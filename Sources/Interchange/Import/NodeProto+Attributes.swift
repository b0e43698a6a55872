// What a node says of itself.

extension NodeProto {
  // Integers are brought within ±2⁴⁰, far beyond any size, so that sums of them do not overflow.

  func integer(_ name: String) -> Int? { attribute(name).map { bounded($0.i) } }

  func float(_ name: String) -> Float? { attribute(name)?.f }

  func string(_ name: String) -> String? { attribute(name).map { String(decoding: $0.s, as: UTF8.self) } }

  func integers(_ name: String) -> [Int]? { attribute(name).map { $0.ints.map(bounded) } }

  func floats(_ name: String) -> [Float]? { attribute(name)?.floats }

  func tensor(_ name: String) -> TensorProto? { attribute(name)?.t }

  /// Input `index`; nil when it is left out.
  func inputName(_ index: Int) -> String? { index < input.count && !input[index].isEmpty ? input[index] : nil }

  private func bounded(_ value: Int64) -> Int { Int(min(max(value, -1 << 40), 1 << 40)) }

  private func attribute(_ name: String) -> AttributeProto? { attribute.first { $0.name == name } }
}
