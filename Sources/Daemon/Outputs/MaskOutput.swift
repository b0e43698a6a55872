// A stream's masks to recordings or a folder.
import Pipeline
import Synchronization
import Video

/// Writes the labels of frames, as the network gave them and at the size of the picture, on a thread of its own.
///
/// They wait in a queue; where the disk cannot keep up with a live source, the oldest go, counted.
final class MaskOutput: StreamOutput {
  private let meter: OutputMeter
  private let queue: BoundedQueue<OutputLabels>
  private let thread = WaitableThread("verge.masks")
  /// The container that is open, so that a write can be ended from elsewhere.
  private let open = Mutex<Muxer?>(nil)

  /// - Parameters:
  ///   - path: a folder if it ends in `/`, else a video.
  ///   - name: for the status.
  init(_ path: String, name: String, _ options: VideoOutputOptions) {
    let meter = OutputMeter(name)
    self.meter = meter
    queue = BoundedQueue(capacity: 64, overflow: options.isLive ? .dropOldest { _ in meter.dropped() } : .block)
    thread.start { [self] in
      if path.hasSuffix("/") {
        write(to: MaskPictures(path, options, meter))
      } else {
        write(to: MaskRecording(path, options, meter) { [self] muxer in open.withLock { $0 = muxer } })
      }
      meter.ended()
    }
  }

  var status: OutputStatus { meter.status }
  var wantsVideo: Bool { false }

  func offer(_ labels: OutputLabels, record: @autoclosure () -> String) { queue.push(labels) }

  func close() { queue.close() }

  func wait(until deadline: ContinuousClock.Instant) -> Bool {
    if thread.wait(until: deadline) { return true }
    queue.cancel()
    open.withLock { $0 }?.cancel()
    return false
  }

  private func write(to sink: some OutputMasks) {
    let maker = MaskMaker()
    var sink = sink
    while let item = queue.pop() {
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
