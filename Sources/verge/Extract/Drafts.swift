// Drafts for somebody to correct.
import ArgumentParser
import Foundation
import Frames
import Pipeline
import Training
import UNet
import Video

/// The label tools that polygons are written for.
enum DraftFormat: String, ExpressibleByArgument, CaseIterable {
  case cvat, labelme
}

/// Writes what a model sees in frames, as masks of the frame's displayed size and as polygons, and the list of classes.
final class Drafts {
  /// What is written, and where.
  struct Plan {
    /// Holds `classes.txt` and the polygons of CVAT.
    let root: URL
    /// The pictures, with the polygons of LabelMe beside them.
    let images: URL
    /// nil for no masks.
    let masks: URL?
    let format: DraftFormat?
    /// Of the outlines; nil for what fits the size of the network's label map.
    let smallest: Int?
    let tolerance: Double?
  }

  private let network: FrameNetwork
  private let plan: Plan
  private let palette: Palette
  private let names: [String]
  private let writer = ImageWriter()
  private let expander = MaskExpander()
  private var pictures: [LabelledShapes] = []

  init(_ network: FrameNetwork, _ plan: Plan) {
    (self.network, self.plan) = (network, plan)
    palette = Palette(network.model.architecture.classes.map { RGB($0.color) })
    names = network.model.architecture.classes.map(\.name)
  }

  /// The drafts of one frame, whose picture has the file name `name`.
  func write(_ frame: Frame, name: String) throws {
    let mask = LabelMap(width: frame.displaySize.width, height: frame.displaySize.height)
    let labels = try network.labels(of: frame)
    expander.expand(labels, into: mask)
    if let masks = plan.masks { try writer.writePNG(mask, palette: palette, to: masks.appending(path: name).path) }
    guard let format = plan.format else { return }
    let shapes = LabelledShapes(mask, classNames: names, picture: name, options: outlines(from: labels, to: mask))
    switch format {
    case .cvat: pictures.append(shapes)
    case .labelme:
      let stem = (name as NSString).deletingPathExtension
      try Self.write(LabelMeFile(shapes).data, to: plan.images.appending(path: stem + ".json"))
    }
  }

  /// Steps of the enlarged label map are none that somebody wants to correct: half of one is a fine tolerance.
  private func outlines(from labels: LabelMap, to mask: LabelMap) -> OutlineOptions {
    let step = Double(mask.width) / Double(labels.width)
    var options = OutlineOptions()
    options.tolerance = plan.tolerance ?? max(options.tolerance, step / 2)
    options.smallest = plan.smallest ?? Int(5 * step * step)
    return options
  }

  /// What is written once, after all frames.
  func finish() throws {
    let classes = network.model.architecture.classes
    let list = classes.map { "\($0.name) \($0.color)\n" }.joined()
    try Self.write(Data(list.utf8), to: plan.root.appending(path: "classes.txt"))
    guard plan.format == .cvat else { return }
    let text = CVATFile(pictures).text(task: plan.root.lastPathComponent, classes: classes)
    try Self.write(Data(text.utf8), to: plan.root.appending(path: "annotations.xml"))
  }

  private static func write(_ data: Data, to file: URL) throws {
    do { try data.write(to: file, options: .atomic) } catch {
      throw CommandError.unusable(what: file.relativePath, why: "cannot be written: \(error.localizedDescription)")
    }
  }
}
