// verge masks: corrected polygons become masks to train on.
import ArgumentParser
import Foundation
import Frames
import Training
import UNet
import Video

struct MasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "masks",
    abstract: "Turns polygons of CVAT or LabelMe into masks to train on.",
    discussion: """
      SOURCE is an annotations.xml of `CVAT for images 1.1`, a LabelMe file, or a folder of LabelMe files. Each picture
      becomes a palette PNG of class indices with the picture's name. Shapes are painted in their order (CVAT: z-order),
      the last one on top; pixels without a shape are ignored in training, as are shapes labelled ignore.

      Examples:
        verge masks set/annotations.xml -o set/masks
        verge masks set/images -o set/masks
        verge masks labels.json -o masks --classes camvid --rest road
      """)

  @Argument(help: "annotations.xml of CVAT, a LabelMe file, or a folder of them.")
  var source: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write into.", valueName: "folder"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The classes in order of their indices: camvid, carla, names with commas, or a file of lines.",
      discussion: "Default: classes.txt beside the source or in the folder above it.", valueName: "list"))
  var classes: String?

  @Option(help: ArgumentHelp("The class of pixels without a shape.", valueName: "class"))
  var rest: String?

  @Flag(help: "Replace masks that exist.")
  var overwrite = false

  @Flag(help: "Say nothing but warnings and errors.")
  var quiet = false

  func run() throws {
    let annotated = try AnnotationFiles.read(source)
    let classes = try ClassNames.read(try classes ?? AnnotationFiles.classList(of: source))
    let names = classes.map(\.name)
    if annotated.skipped > 0 {
      Console.standard.warn("\(annotated.skipped) shapes of \(source) are no areas and were left out")
    }
    let restLabel = try rest.map { try label($0, names) } ?? ignoreLabel
    let folder = URL(filePath: output)
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw CommandError.unusable(what: output, why: "cannot be made: \(error.localizedDescription)")
    }
    let writer = ImageWriter()
    let palette = Palette(classes: classes)
    for picture in annotated.pictures {
      let stem = (picture.picture as NSString).deletingPathExtension
      let file = folder.appending(path: stem + ".png")
      if !overwrite, FileManager.default.fileExists(atPath: file.path) {
        throw CommandError.exists(path: file.relativePath)
      }
      try writer.writePNG(picture.labelMap(classNames: names, rest: restLabel), palette: palette, to: file.path)
    }
    if !quiet { Console.standard.note("\(annotated.pictures.count) masks in \(output)") }
  }

  private func label(_ name: String, _ names: [String]) throws(CommandError) -> UInt8 {
    guard let index = names.firstIndex(of: name) else {
      throw .unusable(what: "--rest \(name)", why: "is none of the classes \(names.joined(separator: ", "))")
    }
    return UInt8(index)
  }
}
