// Where a training run writes.
import Foundation

/// The files beside a model.
struct TrainingFiles {
  let output: String
  /// The recipe as it was in effect.
  let recipe: String
  /// The state to continue from.
  let checkpoint: String
  /// The folder of figures.
  let log: String

  /// - Parameter log: the folder that was asked for; nil for the one beside the model.
  init(_ output: String, log: String?) {
    self.output = output
    let suffix = ".safetensors"
    let stem = output.hasSuffix(suffix) ? String(output.dropLast(suffix.count)) : output
    recipe = stem + ".recipe.yaml"
    checkpoint = output + ".checkpoint"
    self.log = log ?? stem + ".log"
  }

  /// Makes sure, before hours of work, that they can be written and that no other run's are lost.
  ///
  /// - Throws: `CommandError.unusable` for a folder that cannot be written to, and for what is there already.
  func check(resume: Bool, overwrite: Bool) throws(CommandError) {
    guard !Self.isFolder(output), !output.hasSuffix("/") else {
      throw .unusable(what: output, why: "is a folder; name the model's file")
    }
    let folder = URL(filePath: output).deletingLastPathComponent().path
    guard access(folder, W_OK) == 0 else {
      throw .unusable(what: folder, why: "nothing can be written there: \(String(cString: strerror(errno)))")
    }
    guard !resume, !overwrite else { return }
    if FileManager.default.fileExists(atPath: checkpoint) {
      throw .unusable(what: output, why: "a run is there already: --resume continues it, --overwrite starts anew")
    }
    if FileManager.default.fileExists(atPath: output) { throw .exists(path: output) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
