// Lengths of time on the command line.
public import ArgumentParser
public import Settings

extension TimeSpan: ExpressibleByArgument {
  /// `200ms`, `1.5s`, `90`, `2m`, `1h`, `1:30`, `0:01:30.5`
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String { description }
}
