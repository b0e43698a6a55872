// One container after the other for one output.
import Dispatch
import Foundation
import Settings
import Video

/// Opens, fills, ends and opens anew what an output writes; used by the output's thread.
struct OutputContainer {
  private let kind: OutputKind
  private let options: VideoOutputOptions
  private let meter: OutputMeter
  /// Told which muxer is open, so that others can end its waits.
  private let announce: (Muxer?) -> Void
  /// Where recordings are finished, one at a time.
  private let finishing = DispatchQueue(label: "verge.recordings")
  /// The recordings that are not finished yet; the output waits for them.
  private let unfinished: DispatchGroup
  private var muxer: Muxer?
  private var programme: Programme?
  /// What the open container's video is: another encoder's packets need another header.
  private var video: StreamParameters?
  /// When the open container began, in seconds of the outputs' time.
  private var began = 0.0
  /// Nothing but a key frame can be made sense of.
  private var needsKey = true
  private var retry = Retry()

  init(
    _ kind: OutputKind, _ options: VideoOutputOptions, _ worker: OutputWorker<some Sendable>
  ) {
    (self.kind, self.options, meter, unfinished) = (kind, options, worker.meter, worker.unfinished)
    announce = { worker.opened($0) }
  }

  /// Packets went missing before the next one.
  mutating func lost() { needsKey = true }

  /// Writes a packet, or counts it as dropped while there is nothing to write to.
  mutating func write(_ item: OutputPacket) {
    if item.isVideo {
      if item.programme !== programme || item.packet.stream !== video { end() }
      (programme, video) = (item.programme, item.packet.stream)
    } else if item.programme !== programme || (item.packet.seconds ?? 0) < began {
      return  // sound that belongs to what was before
    }
    let isKey = item.isVideo && item.packet.isKey
    if isKey, isFull(item.packet) { end() }
    if muxer == nil, isKey, retry.isDue { begin(item) }
    if isKey { needsKey = false }
    guard let muxer, !(item.isVideo && needsKey) else {
      if item.isVideo { meter.dropped() }
      return
    }
    do {
      let bytes = item.packet.bytes.count
      try muxer.write(item.packet)
      meter.wrote(bytes: bytes, isFrame: item.isVideo, arrival: item.arrival)
      if ContinuousClock.now > retry.dueAt + Self.trial { retry.succeeded() }
    } catch {
      if item.isVideo { meter.dropped() }
      fail(error)
    }
  }

  /// Ends the open container in order. An MP4 is made an ordinary file aside, since that takes as long as copying it.
  mutating func end() {
    guard let muxer = muxer.take() else { return }
    announce(nil)
    needsKey = true
    let (tell, meter) = (options.tell, meter)
    guard case .recording = kind else {
      do { try muxer.finish() } catch { tell("\(error)") }
      return
    }
    finishing.async(group: unfinished) {
      do { try muxer.finish() } catch {
        meter.note("\(error)")
        tell("\(error)")
      }
    }
  }

  /// How long it must go well after a failure until the next one counts as the first: a full disk and a peer that reads
  /// nothing take the first packets as well.
  private static let trial = Duration.seconds(10)

  private func isFull(_ packet: Packet) -> Bool {
    guard case .recording = kind, muxer != nil, options.recording.every.seconds > 0 else { return false }
    return (packet.seconds ?? 0) - began >= options.recording.every.seconds
  }

  private mutating func begin(_ first: OutputPacket) {
    began = first.packet.seconds ?? 0
    do {
      let (name, sink) = try destination(first.programme)
      let made = try Muxer(try OutputTarget(name, format: sink.format), copying: first.programme.others, sink)
      announce(made)
      meter.opened()
      (muxer, needsKey) = (made, false)
      deleteOld()
    } catch {
      fail(error)
    }
  }

  private mutating func fail(_ error: any Error) {
    if let lost = muxer?.abort() { meter.lost(lost) }
    muxer = nil
    announce(nil)
    needsKey = true
    retry.failed()
    meter.failed("\(error)")
    options.tell("\(error)")
  }

  /// Where the next container goes, and how it is written.
  private func destination(_ programme: Programme) throws -> (name: String, SinkOptions) {
    var sink = SinkOptions()
    sink.isLive = true
    sink.timeout = options.timeout
    sink.frameRate = programme.frameRate
    sink.timeOrigin = began
    sink.diagnostics = options.tell
    switch kind {
    case .network(let url):
      if url.hasPrefix("rtsp") { sink.muxerOptions["rtsp_transport"] = options.transport }
      return (url, sink)
    case .recording(let path):
      let name = RecordingNames(path).path(at: Date())
      try Self.makeFolder(of: name)
      return (name, sink)
    case .hls(let path):
      try Self.makeFolder(of: path)
      sink.muxerOptions = [
        "hls_time": "\(options.hls.segment.seconds)", "hls_list_size": "\(options.hls.count)",
        "hls_flags": "delete_segments+append_list+program_date_time+temp_file",
      ]
      return (path, sink)
    case .records, .masks: preconditionFailure("\(kind) is no video")
    }
  }

  /// Makes the folder that a file is to lie in.
  static func makeFolder(of path: String) throws(VideoError) {
    let folder = (path as NSString).deletingLastPathComponent
    guard !folder.isEmpty else { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(path, cause: "its folder cannot be made")
    }
  }

  /// Deletes recordings that are older than the settings keep them, and halves of copies that nobody goes on with.
  private func deleteOld() {
    guard case .recording(let path) = kind else { return }
    let names = RecordingNames(path)
    options.delete(names.drafts(before: Date(timeIntervalSinceNow: -60)))
    guard options.recording.keep.seconds > 0 else { return }
    options.delete(names.files(before: Date(timeIntervalSinceNow: -options.recording.keep.seconds)))
  }
}
