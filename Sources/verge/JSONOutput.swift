// The one object that --json prints.
import Foundation

/// Prints `value` as one line of JSON on standard output: keys in snake case, in order of the alphabet, slashes plain.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  try Console.standard.data(String(decoding: encoder.encode(value), as: UTF8.self))
}
