// What keeps checks from running.

public enum CheckError: Error, CustomStringConvertible {
  /// A line of the shapes file is not a shape.
  case shapes(String, line: String)

  public var description: String {
    switch self {
    case .shapes(let path, let line):
      "\(path): '\(line)' is not a layer shape, such as 'conv3x3 128x256 32+32->32 pooled'"
    }
  }
}
