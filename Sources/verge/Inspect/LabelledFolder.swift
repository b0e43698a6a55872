// A folder of photographs beside a folder of masks, taken apart file by file.
import Foundation
import Frames
import Training
import UNet
import Video

/// One split of a data set as it lies on disk.
struct LabelledFolder {
  /// How a layout is recognised and read.
  private struct Layout: Sendable {
    let format, images, masks: String
    let classes: [PixelClass]
    let read: @Sendable (String) throws(VideoError) -> LabelMap
  }

  private static let layouts = [
    Layout(format: "carla", images: "CameraRGB", masks: "CameraSeg", classes: ClassList.carla) {
      path throws(VideoError) in try ImageFile.readRed(path)
    },
    Layout(format: "camvid", images: "images", masks: "masks", classes: ClassList.camvid) {
      path throws(VideoError) in try ImageFile.readIndices(path)
    },
  ]

  let path: String
  private let layout: Layout

  var format: String { layout.format }
  var classes: [PixelClass] { layout.classes }

  /// nil where the folder has none of the known layouts.
  init?(_ path: String) {
    let found = Self.layouts.first { layout in
      [layout.images, layout.masks].allSatisfy { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    }
    guard let found else { return nil }
    self.path = path
    layout = found
  }

  /// The folder itself, or those right below it that are labelled folders: its splits.
  static func splits(of path: String) -> [LabelledFolder] {
    if let whole = LabelledFolder(path) { return [whole] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []  // no folder has no splits
    return names.sorted().compactMap { LabelledFolder("\(path)/\($0)") }
  }

  /// What was counted and what was found wrong.
  struct Report {
    var pairs = 0
    /// How many pictures have which size.
    var sizes: [String: Int] = [:]
    /// Pixels and pictures by label.
    var pixels = [Int](repeating: 0, count: 256)
    var pictures = [Int](repeating: 0, count: 256)
    var problems: [String] = []
  }

  /// Reads every mask, and of every photograph the header.
  func report(progress: (Int) -> Void) -> Report {
    var report = Report()
    let (images, masks) = (files(layout.images), files(layout.masks))
    for (names, others, what) in [(images, masks, "mask"), (masks, images, "photograph")] {
      let alone = names.keys.filter { others[$0] == nil }.sorted()
      if !alone.isEmpty { report.problems.append("no \(what) for \(Self.list(alone))") }
    }
    for name in images.keys.sorted() {
      guard let image = images[name], let mask = masks[name] else { continue }
      read(image, mask, into: &report)
      progress(report.pairs)
    }
    let noisy = masks.values.filter { !$0.hasSuffix(".png") }.sorted()
    if !noisy.isEmpty { report.problems.append("masks as JPEG, whose labels are blurred: \(Self.list(noisy))") }
    addLabelProblems(&report)
    return report
  }

  private func read(_ image: String, _ mask: String, into report: inout Report) {
    do throws(VideoError) {
      let photograph = try Media.open(image).video
      let map = try layout.read(mask)
      report.pairs += 1
      report.sizes["\(photograph.width)×\(photograph.height)", default: 0] += 1
      if photograph.width > 0, (photograph.width, photograph.height) != (map.width, map.height) {
        report.problems.append(
          "\(mask) is \(map.width)×\(map.height), its photograph \(photograph.width)×\(photograph.height)")
      }
      var counts = [Int](repeating: 0, count: 256)
      for label in map.buffer { counts[Int(label)] += 1 }
      for label in 0..<256 where counts[label] > 0 {
        report.pixels[label] += counts[label]
        report.pictures[label] += 1
      }
    } catch {
      report.problems.append(error.description)
    }
  }

  private func addLabelProblems(_ report: inout Report) {
    // Where a set has one label more than classes, it is its "void", which training ignores.
    let beyond = (classes.count + 1..<Int(ignoreLabel)).filter { report.pixels[$0] > 0 }
    if !beyond.isEmpty {
      report.problems.append("labels that \(format) does not know: \(beyond.map(String.init).joined(separator: ", "))")
    }
    let absent = classes.indices.filter { report.pixels[$0] == 0 }.map { classes[$0].name }
    if !absent.isEmpty, report.pairs > 0 { report.problems.append("no pixel of \(absent.joined(separator: ", "))") }
    if report.sizes.count > 1 { report.problems.append("the pictures have \(report.sizes.count) different sizes") }
    if report.pairs == 0 { report.problems.append("not a single usable pair") }
  }

  /// Paths of the pictures in a folder, by name without suffix.
  private func files(_ folder: String) -> [String: String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []  // told as unpaired
    let pictures = names.filter { ["png", "jpg", "jpeg"].contains(URL(filePath: $0).pathExtension.lowercased()) }
    return Dictionary(
      pictures.map { (URL(filePath: $0).deletingPathExtension().lastPathComponent, "\(path)/\(folder)/\($0)") }
    ) { first, _ in first }
  }

  /// `a, b, c and 12 more`.
  private static func list(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
}
