// Whether what a stream's settings name is there.
import CFFmpeg
import Daemon
import Foundation
import Settings
import UNet

/// Looks at a stream's source, models, encoder and folders, opening none of the outputs.
struct StreamInspection {
  /// One sentence each.
  private(set) var problems: [String] = []

  init(_ settings: StreamSettings) {
    checkSource(settings)
    checkModel(settings.model, painting: settings.classes)
    if !settings.shadow.model.isEmpty { checkModel(settings.shadow.model, painting: []) }
    if settings.encodesOverlay, avcodec_find_encoder_by_name(settings.encoder.codec) == nil {
      let names = MediaLibraries.encoders
      let nearest = NearestName.text(unknown: settings.encoder.codec, known: names)
      problems.append("FFmpeg has no encoder '\(settings.encoder.codec)' here, but \(nearest)")
    }
    for path in settings.outputPaths { checkFolder(of: path) }
  }

  /// Files and devices; what is behind a URL is only known once it is opened.
  private mutating func checkSource(_ settings: StreamSettings) {
    let source = settings.source
    guard !source.contains("://"), !source.hasPrefix("scenes:"), source != "-", !source.contains("*") else { return }
    guard access(source, R_OK) != 0 else { return }
    problems.append("the source \(source) cannot be read: \(String(cString: strerror(errno)))")
  }

  private mutating func checkModel(_ name: String, painting classes: [String]) {
    do throws(ModelError) {
      let known = try ModelLibrary.loadInt8(name).architecture.classes.map(\.name)
      for painted in classes where !known.contains(painted) {
        problems.append(
          "model \(name) has no class '\(painted)', but \(NearestName.text(unknown: painted, known: known))")
      }
    } catch {
      problems.append(error.description)
    }
  }

  /// The folder is made when it is needed, in the nearest one that is there.
  private mutating func checkFolder(of output: String) {
    var folder = (output as NSString).deletingLastPathComponent
    while !folder.isEmpty, folder != "/", !FileManager.default.fileExists(atPath: folder) {
      folder = (folder as NSString).deletingLastPathComponent
    }
    let place = folder.isEmpty ? "." : folder
    guard FileManager.default.fileExists(atPath: place + "/.") else {
      problems.append("nothing can be written to \(output): \(place) is no folder")
      return
    }
    guard access(place, W_OK | X_OK) != 0 else { return }
    problems.append("nothing can be written to \(output): \(place): \(String(cString: strerror(errno)))")
  }
}
