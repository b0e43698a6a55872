// verge extract: frames out of a video, to label and train on.
import ArgumentParser
import Foundation
import Synchronization
import Video

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Takes frames out of a video, with draft masks for labelling.",
    discussion: """
      Frames become upright PNGs named by frame number. With --masks there are two folders, images and masks, which is what
      `verge train --data masks:FOLDER` reads once the masks are corrected.

      Examples:
        verge extract drive.mp4 -o frames --every 30
        verge extract drive.mp4 -o frames --fps 0.5 --start 1:00 --duration 10m
        verge extract drive.mp4 -o frames --at 12.5,80,1:35
        verge extract drive.mp4 -o set --every 60 --masks --model road
      """)

  @Argument(help: "A video file, URL, or - for standard input.")
  var input: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write into.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("Take every n-th frame.", valueName: "n"))
  var every: Int?

  @Option(help: ArgumentHelp("Take so many frames a second.", valueName: "number"))
  var fps: Double?

  @Option(
    help: ArgumentHelp("Take the frames at these times.", valueName: "time,…"),
    transform: { text in
      try text.split(separator: ",").map { part in
        guard let span = Span(argument: String(part)) else { throw ValidationError("'\(part)' is not a time") }
        return span
      }
    })
  var at: [Span] = []

  @Option(help: ArgumentHelp("Begin here.", valueName: "time"))
  var start: Span?

  @Option(help: ArgumentHelp("Look at this much.", valueName: "time"))
  var duration: Span?

  @Option(help: ArgumentHelp("Stop after so many pictures.", valueName: "n"))
  var limit: Int?

  @Flag(help: "Write a mask of what the model sees beside each picture.")
  var masks = false

  @OptionGroup var compute: ComputeArguments

  @Flag(help: "Replace files that exist.")
  var overwrite = false

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    let given = [every != nil, fps != nil, !at.isEmpty].count { $0 }
    guard given <= 1 else { throw ValidationError("--every, --fps and --at exclude each other") }
    if let every, every < 1 { throw ValidationError("--every is at least 1, not \(every)") }
    if let fps, !(fps > 0 && fps.isFinite) { throw ValidationError("--fps is above 0, not \(fps)") }
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1, not \(limit)") }
  }

  func run() throws {
    let (images, drafts) = try makeFolders()
    let draft = try drafts.map { try DraftMasks(compute, folder: $0) }
    let source = try MediaSource(input, sourceOptions)
    let extractor = FrameExtractor(
      source: source, choice: choice, folder: images, overwrite: overwrite, companion: draft?.write)
    let interrupts = Interrupts { source.cancel() }
    let seen = Mutex(0)
    let total = source.video.frameCount
    let began = ContinuousClock.now
    let progress = ProgressDisplay(unit: "frames", quiet: quiet) {
      let done = seen.withLock { $0 }
      return ProgressSample(
        done: done, total: total, rate: Double(done) / (ContinuousClock.now - began).milliseconds * 1e3)
    }
    let result = Result { try extractor.run(limit: limit) { count in seen.withLock { $0 = count } } }
    progress.finish()
    try interrupts.check()
    try conclude(extractor, isTruncated: result.get())
  }

  private func conclude(_ extractor: FrameExtractor, isTruncated: Bool) throws {
    if extractor.undecodable > 0 { Console.standard.warn("\(extractor.undecodable) frames could not be decoded") }
    if !quiet { Console.standard.note("\(extractor.written) pictures in \(output)") }
    if isTruncated {
      throw CommandError.unusable(what: input, why: "the file breaks off; the frames up to there were taken")
    }
  }

  private var choice: FrameChoice {
    if let fps { return .rate(fps) }
    return at.isEmpty ? .every(every ?? 1) : .times(at.map(\.seconds).sorted())
  }

  private var sourceOptions: SourceOptions {
    var options = SourceOptions()
    options.start = start?.seconds
    options.duration = duration?.seconds
    options.threads = compute.threadCount
    if !quiet { options.diagnostics = { Console.standard.warn($0) } }
    return options
  }

  /// The folders for pictures and, if asked for, masks.
  private func makeFolders() throws -> (images: URL, masks: URL?) {
    let root = URL(filePath: output)
    let folders = masks ? [root.appending(path: "images"), root.appending(path: "masks")] : [root]
    for folder in folders {
      do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
        throw CommandError.unusable(what: folder.relativePath, why: "cannot be made: \(error.localizedDescription)")
      }
    }
    return (folders[0], masks ? folders[1] : nil)
  }
}
