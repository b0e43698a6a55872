@testable import Pipeline

/// A list that threads append to.
final class Collected<Element: Sendable>: Sendable {
  private let elements = Monitor<[Element]>([])

  func append(_ element: Element) { elements.withLock { $0.append(element) } }
  func append(contentsOf more: [Element]) { elements.withLock { $0 += more } }
  var all: [Element] { elements.withLock { $0 } }
}
