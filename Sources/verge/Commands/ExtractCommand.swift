// verge extract: frames out of a video, to label and train on.
import ArgumentParser
import Foundation
import Settings
import Synchronization
import Training
import Video

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Takes frames out of a video, with draft masks for labelling.",
    discussion: """
      Frames become upright PNGs named by frame number. --uncertain N runs the model over the whole video and takes the N
      frames it is least sure of (high mean entropy, and labels that differ from those before and after), none next to
      another; uncertain.csv says why. --every and --fps then say which frames may be taken.

      Drafts show what the model sees, to be corrected: --masks writes palette PNGs of class indices, --drafts polygons for
      CVAT (annotations.xml: make a task of images/, upload as `CVAT 1.1`) or LabelMe (a JSON file beside each picture: open
      the folder images). Polygons come in painting order: what lies on top comes later. `verge masks` turns corrected
      polygons into masks; then the folder is what `verge train --data masks:FOLDER` reads.

      Examples:
        verge extract drive.mp4 -o frames --every 30
        verge extract drive.mp4 -o frames --fps 0.5 --start 1:00 --duration 10m
        verge extract drive.mp4 -o frames --at 12.5,80,1:35
        verge extract drive.mp4 -o set --every 60 --masks --model road
        verge extract drive.mp4 -o set --uncertain 20 --drafts labelme
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
        guard let span = TimeSpan(argument: String(part)) else { throw ValidationError("'\(part)' is not a time") }
        return span
      }
    })
  var at: [TimeSpan] = []

  @Option(help: ArgumentHelp("Begin here.", valueName: "time"))
  var start: TimeSpan?

  @Option(help: ArgumentHelp("Look at this much.", valueName: "time"))
  var duration: TimeSpan?

  @Option(help: ArgumentHelp("Stop after so many pictures.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Take the frames that the model is least sure of.", valueName: "n"))
  var uncertain: Int?

  @Flag(help: "Write a mask of what the model sees beside each picture.")
  var masks = false

  @Option(help: "Write polygons around what the model sees, for cvat or labelme.")
  var drafts: DraftFormat?

  @Option(
    help: ArgumentHelp(
      "Polygons: give regions of fewer pixels to their neighbours; 0 keeps all.",
      discussion: "Default: 5 pixels of the network's own label map.", valueName: "n"))
  var smallest: Int?

  @Option(
    help: ArgumentHelp(
      "Polygons: how far an outline may lie off the pixels.",
      discussion: "Default: half a pixel of the network's own label map.", valueName: "pixels"))
  var tolerance: Double?

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
    if let uncertain, uncertain < 1 { throw ValidationError("--uncertain is at least 1, not \(uncertain)") }
    if uncertain != nil, !at.isEmpty || limit != nil {
      throw ValidationError("--uncertain chooses the frames; --at and --limit do not go with it")
    }
    if let smallest, smallest < 0 { throw ValidationError("--smallest is 0 or more, not \(smallest)") }
    if let tolerance, !(0...20).contains(tolerance) {
      throw ValidationError("--tolerance is from 0 to 20, not \(tolerance)")
    }
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1, not \(limit)") }
  }

  func run() throws {
    let needsNetwork = masks || drafts != nil || uncertain != nil
    let network = needsNetwork ? try FrameNetwork(compute) : nil
    let found = try uncertain.flatMap { count in try network.map { try findUncertain(count, $0) } }
    let plan = try makeFolders()
    let writer = masks || drafts != nil ? network.map { Drafts($0, plan) } : nil
    let source = try MediaSource(input, sourceOptions)
    let extractor = FrameExtractor(
      source: source, choice: found.map { .frames($0.map(\.index)) } ?? choice, folder: plan.images,
      overwrite: overwrite, companion: writer?.write)
    let isTruncated = try watch(source) { progress in try extractor.run(limit: limit, progress: progress) }
    try writer?.finish()
    if let found { try write(UncertainFrames.csv(found), to: plan.root.appending(path: "uncertain.csv")) }
    try conclude(extractor, isTruncated: isTruncated)
  }

  /// The first walk through the video.
  private func findUncertain(_ count: Int, _ network: FrameNetwork) throws -> [FrameUncertainty] {
    guard input != "-", !input.contains("://") else {
      throw CommandError.unusable(what: input, why: "--uncertain reads the video twice; give it as a file")
    }
    let source = try MediaSource(input, sourceOptions)
    let search = UncertainFrames(network: network, choice: choice, count: count)
    let found = try watch(source) { progress in try search.find(in: source, progress: progress) }
    if found.count < count, !quiet {
      Console.standard.warn("\(input) has \(found.count) frames that are no neighbours of one another, not \(count)")
    }
    return found
  }

  /// Walks through the source under a progress display.
  private func watch<T>(_ source: MediaSource, _ walk: ((Int) -> Void) throws -> T) throws -> T {
    let interrupts = Interrupts { source.cancel() }
    let seen = Mutex(0)
    let total = source.video.frameCount
    let began = ContinuousClock.now
    let progress = ProgressDisplay(unit: "frames", quiet: quiet) {
      let done = seen.withLock { $0 }
      return ProgressSample(
        done: done, total: total, rate: Double(done) / (ContinuousClock.now - began).milliseconds * 1e3)
    }
    let result = Result { try walk { count in seen.withLock { $0 = count } } }
    progress.finish()
    try interrupts.check()
    return try result.get()
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

  /// Makes the folders: one for all, or one for pictures and one for masks below it where there are drafts.
  private func makeFolders() throws -> Drafts.Plan {
    let root = URL(filePath: output)
    let hasDrafts = masks || drafts != nil
    let images = hasDrafts ? root.appending(path: "images") : root
    let maskFolder = masks ? root.appending(path: "masks") : nil
    for folder in [images, maskFolder].compactMap(\.self) {
      do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
        throw CommandError.unusable(what: folder.relativePath, why: "cannot be made: \(error.localizedDescription)")
      }
    }
    return Drafts.Plan(
      root: root, images: images, masks: maskFolder, format: drafts, smallest: smallest, tolerance: tolerance)
  }

  private func write(_ text: String, to file: URL) throws(CommandError) {
    do { try Data(text.utf8).write(to: file, options: .atomic) } catch {
      throw .unusable(what: file.relativePath, why: "cannot be written: \(error.localizedDescription)")
    }
  }
}
