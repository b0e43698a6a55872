// A stream's masks to recordings or a folder.
import Pipeline

/// Writes the labels of frames, as the network gave them and at the size of the picture, on a thread of its own.
///
/// They wait in a queue; where the disk cannot keep up with a live source, the oldest go, counted.
final class MaskOutput: StreamOutput {
  private let worker: OutputWorker<OutputLabels>

  /// - Parameters:
  ///   - path: a folder if it ends in `/`, else a video.
  ///   - name: for the status.
  init(_ path: String, name: String, _ options: VideoOutputOptions) {
    let worker = OutputWorker<OutputLabels>("verge.masks", name: name, isLive: options.isLive, capacity: 64)
    self.worker = worker
    worker.start { [self] in
      if path.hasSuffix("/") {
        write(to: MaskPictures(path, options, worker.meter))
      } else {
        write(to: MaskRecording(path, options, worker))
      }
    }
  }

  var status: OutputStatus { worker.meter.status }
  var wantsVideo: Bool { false }

  func offer(_ labels: OutputLabels, record: @autoclosure () -> String) { worker.push(labels) }

  func close() { worker.close() }
  func wait(until deadline: ContinuousClock.Instant) -> Bool { worker.wait(until: deadline) }

  private func write(to sink: some OutputMasks) {
    let maker = MaskMaker()
    var sink = sink
    while let item = worker.next() {
      sink.write(maker.mask(of: item.labels.map, size: (item.size.width, item.size.height)), of: item)
    }
    sink.end()
  }
}

/// What an output's masks are written to; used by its thread.
protocol OutputMasks {
  /// Writes a mask, or counts it as dropped; says so if something is wrong.
  mutating func write(_ mask: PooledLabels, of item: OutputLabels)
  /// After the last mask.
  mutating func end()
}
