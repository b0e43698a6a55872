// A refusal as it goes over HTTP: a problem document of RFC 9457.
import Foundation
import HTTPTypes
import Hummingbird

/// Why a request is not answered as asked.
struct Problem: Error, Sendable, Hashable {
  /// What kinds there are; the raw value ends the document's `type`.
  enum Kind: String, Sendable, CaseIterable {
    case malformed, unauthorized, forbidden, conflict, exists, busy
    case noRoute = "no-route"
    case noStream = "no-stream"
    case noFrame = "no-frame"
    case notReady = "not-ready"
    case method
    case tooLarge = "too-large"
    case uriTooLong = "uri-too-long"
    case invalidSettings = "invalid-settings"
    case cannotListen = "cannot-listen"
  }

  var kind: Kind
  /// What the user needs to act on.
  var detail: String
  /// A name that resembles the one that was not found.
  var nearest: String?
  var headers = HTTPFields()

  init(_ kind: Kind, _ detail: String) { (self.kind, self.detail) = (kind, detail) }

  init(_ error: DaemonError) {
    self.init(Self.kind(of: error), "\(error)")
    if case .noStream(_, let nearest) = error { self.nearest = nearest }
  }

  private static func kind(of error: DaemonError) -> Kind {
    switch error {
    case .noStream: .noStream
    case .exists: .exists
    case .invalid: .invalidSettings
    case .conflict: .conflict
    case .cannotListen: .cannotListen
    }
  }
}

extension Problem.Kind {
  var status: HTTPResponse.Status {
    switch self {
    case .malformed: .badRequest
    case .unauthorized: .unauthorized
    case .forbidden: .forbidden
    case .noRoute, .noStream, .noFrame: .notFound
    case .method: .methodNotAllowed
    case .conflict, .exists: .conflict
    case .tooLarge: .contentTooLarge
    case .uriTooLong: .uriTooLong
    case .invalidSettings: .unprocessableContent
    case .busy, .notReady, .cannotListen: .serviceUnavailable
    }
  }

  var title: String {
    switch self {
    case .malformed: "The request is malformed"
    case .unauthorized: "A token is needed"
    case .forbidden: "The request is not allowed from there"
    case .noRoute: "There is nothing at this path"
    case .noStream: "There is no such stream"
    case .noFrame: "There is no picture yet"
    case .method: "The method is not allowed here"
    case .conflict: "The stream's state does not allow it"
    case .exists: "The stream exists already"
    case .tooLarge: "The body is too large"
    case .uriTooLong: "The path is too long"
    case .invalidSettings: "The settings cannot be"
    case .busy: "Too many clients watch already"
    case .notReady: "The daemon is not ready"
    case .cannotListen: "The address cannot be listened on"
    }
  }
}

/// The members of a problem document.
struct ProblemDocument: Codable, Sendable, Hashable {
  var type, title: String
  var status: Int
  var detail, instance: String
  var nearest: String?
}

extension Problem {
  func document(instance: String) -> ProblemDocument {
    ProblemDocument(
      type: "urn:verge:problem:\(kind.rawValue)", title: kind.title, status: kind.status.code, detail: detail,
      instance: instance, nearest: nearest)
  }

  func response(instance: String) -> Response {
    var response = JSONText.response(document(instance: instance), status: kind.status)
    response.headers[.contentType] = "application/problem+json"
    for field in headers { response.headers[field.name] = field.value }
    return response
  }
}
