// Masks as pictures.
import Foundation
import Frames
import Pipeline
import Video

/// Writes each mask as a PNG of class indices with the model's colours into a folder, named by when its frame came in.
struct MaskPictures: OutputMasks {
  private let folder: String
  private let options: VideoOutputOptions
  private let meter: OutputMeter
  private let writer = ImageWriter()
  private var names = TimedPictureNames()
  private var isOpen = false
  private var retry = Retry()
  private var nextSweep = ContinuousClock.now

  /// - Parameter folder: with `/` at its end.
  init(_ folder: String, _ options: VideoOutputOptions, _ meter: OutputMeter) {
    (self.folder, self.options, self.meter) = (folder, options, meter)
  }

  mutating func write(_ mask: PooledLabels, of item: OutputLabels) {
    guard retry.isDue else { return meter.dropped() }
    let date = Date(timeIntervalSinceNow: -(ContinuousClock.now - item.arrival).inSeconds)
    let path = folder + names.next(at: date)
    do {
      if !isOpen { try open(path) }
      let bytes = try writer.writePNG(mask.map, palette: Palette(of: item.classes), to: path)
      meter.wrote(bytes: bytes, isFrame: true, arrival: item.arrival)
      retry.succeeded()
    } catch {
      isOpen = false
      retry.failed()
      meter.dropped()
      meter.failed("\(error)")
      options.tell("\(error)")
    }
    deleteOld()
  }

  mutating func end() {}

  private mutating func open(_ path: String) throws(VideoError) {
    try OutputContainer.makeFolder(of: path)
    meter.opened()
    isOpen = true
  }

  /// Deletes pictures that are older than the settings keep them, a tenth of that time late at most.
  private mutating func deleteOld() {
    let keep = options.recording.keep.seconds
    guard keep > 0, ContinuousClock.now >= nextSweep else { return }
    nextSweep = .now + .seconds(max(1, min(60, keep / 10)))
    options.delete(
      TimedPictureNames.names(in: folder, before: Date(timeIntervalSinceNow: -keep)).map { folder + $0 })
  }
}
