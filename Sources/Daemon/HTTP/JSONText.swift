// Values as the API's JSON.
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Writes JSON: keys sorted, dates as ISO 8601, on one line.
enum JSONText {
  /// - Returns: an empty object for a value that has no JSON; no such value is made.
  static func buffer(_ value: some Encodable) -> ByteBuffer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return ByteBuffer(bytes: try encoder.encode(value)) } catch { return ByteBuffer(string: "{}") }
  }

  static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
    response(buffer: buffer(value), status: status)
  }

  static func response(buffer: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
    Response(status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: buffer))
  }

  /// What is wrong with a text as JSON; nil when it is some.
  static func fault(in text: String) -> String? {
    do {
      _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
      return nil
    } catch {
      let cause = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
      return cause ?? "it does not follow JSON's grammar"
    }
  }
}

extension ByteBuffer {
  /// The whole of it as text.
  var readableText: String { String(buffer: self) }
}
