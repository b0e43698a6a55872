// All numbers of a network in one run of memory.
import Foundation

/// What a parameter is, which decides how it is trained.
enum ParameterKind: Sendable {
  /// A convolution's weights: trained, decayed.
  case weight
  /// Bias, norm scale or shift: trained, not decayed.
  case offset
  /// Running mean or variance of a norm: follows the data, not the gradient.
  case statistic
}

/// One named tensor inside the run.
struct Parameter: Sendable {
  let name: String
  /// Sizes in the order of the model file (OHWI).
  let shape: [Int]
  let kind: ParameterKind
  let offset: Int
  var count: Int { shape.reduce(1, *) }
  var range: Range<Int> { offset..<(offset + count) }
}

/// The layout of a network's parameters; values, gradients, moments and averages all follow it.
struct ParameterLayout: Sendable {
  private(set) var parameters: [Parameter] = []
  /// Floats of all parameters; each starts on a multiple of 16.
  private(set) var count = 0
  private var index: [String: Int] = [:]

  /// Adds a parameter and returns its place.
  @discardableResult
  mutating func add(_ name: String, shape: [Int], kind: ParameterKind) -> Parameter {
    let parameter = Parameter(name: name, shape: shape, kind: kind, offset: count)
    index[name] = parameters.count
    parameters.append(parameter)
    count += (parameter.count + 15) / 16 * 16
    return parameter
  }

  subscript(name: String) -> Parameter? { index[name].map { parameters[$0] } }

  /// The parameter that the float at `position` belongs to.
  func parameter(at position: Int) -> Parameter? { parameters.first { $0.range.contains(position) } }
}
