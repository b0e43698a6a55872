// Which handler answers which path and method.
import Foundation
import HTTPTypes
import Hummingbird

/// A path and method with what answers them.
struct Route: Sendable {
  typealias Handler = @Sendable (Call) async throws(Problem) -> Response

  let method: HTTPRequest.Method
  /// With parameters between braces, as OpenAPI writes them: `/v1/streams/{name}`.
  let path: String
  /// Whether it is answered without a token: signing in must be.
  let isOpen: Bool
  let handle: Handler

  init(_ method: HTTPRequest.Method, _ path: String, isOpen: Bool = false, handle: @escaping Handler) {
    (self.method, self.path, self.isOpen, self.handle) = (method, path, isOpen, handle)
  }
}

/// Finds routes.
///
/// Hummingbird's router does not say which methods a path has, which 405 needs, and keeps parameters as they were sent.
struct RouteTable: Sendable {
  /// What a path and method lead to.
  enum Match: Sendable {
    case route(Route, parameters: [String: String])
    /// The path is known, the method is not: these are.
    case otherMethods([HTTPRequest.Method])
    case nothing

    /// The route, where path and method are one's.
    var route: Route? {
      guard case .route(let route, _) = self else { return nil }
      return route
    }
  }

  let routes: [Route]
  private let segments: [[Substring]]

  init(_ routes: [Route]) {
    self.routes = routes
    segments = routes.map { Self.split($0.path) }
  }

  /// - Complexity: O(routes); there are some twenty.
  func find(_ method: HTTPRequest.Method, _ path: String) -> Match {
    let asked = Self.split(path)
    var others: [HTTPRequest.Method] = []
    for (route, segments) in zip(routes, segments) {
      guard let parameters = Self.parameters(of: asked, in: segments) else { continue }
      if route.method == method || (route.method == .get && method == .head) {
        return .route(route, parameters: parameters)
      }
      others.append(route.method)
      if route.method == .get { others.append(.head) }
    }
    return others.isEmpty ? .nothing : .otherMethods(others)
  }

  private static func split(_ path: String) -> [Substring] {
    path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  /// - Returns: nil when the path is another one.
  private static func parameters(of asked: [Substring], in segments: [Substring]) -> [String: String]? {
    guard asked.count == segments.count else { return nil }
    var parameters: [String: String] = [:]
    for (value, segment) in zip(asked, segments) {
      if segment.hasPrefix("{") {
        guard !value.isEmpty, let text = value.removingPercentEncoding else { return nil }
        parameters[String(segment.dropFirst().dropLast())] = text
      } else if value != segment {
        return nil
      }
    }
    return parameters
  }
}
