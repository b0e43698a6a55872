// Sizes of pictures on the command line.
public import ArgumentParser
public import Settings

extension PictureExtent: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String { description }
}
