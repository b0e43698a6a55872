// The loop that draws scenes: which frame is next, when it is due, and when to stop.
import Foundation
import Frames
import Scenes
import Settings
import Synchronization
import Video

/// One run of `verge scenes`.
struct SceneRun {
  let size: PictureExtent
  let fps: Rational
  let seed: UInt64
  let start, every: Int
  let vary: Bool
  /// nil for no end.
  let count: Int?
  let isPaced: Bool

  /// Draws until all frames are out, a signal comes, or the reader of an endless stream goes away.
  ///
  /// - Throws: `Interruption` after a signal, with the outputs finished; what the outputs throw.
  func work(into outputs: [any SceneOutput], quiet: Bool) throws {
    let (done, stops) = (Counter(), Counter())
    let interrupts = Interrupts { stops.add() }
    let began = ContinuousClock.now
    let progress = ProgressDisplay(unit: "frames", quiet: quiet) {
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      return ProgressSample(done: done.value, total: count, rate: Double(done.value) / max(seconds, 1e-3))
    }
    defer { progress.finish() }
    do {
      try draw(into: outputs, done, stops)
      for output in outputs { try output.finish() }
    } catch {
      for output in outputs { output.abort() }
      // Nobody watches any more: the ordinary end of a stream without end.
      if count == nil, case VideoError.brokenPipe = error { return }
      throw error
    }
    try interrupts.check()
  }

  private func draw(into outputs: [any SceneOutput], _ done: Counter, _ stops: Counter) throws {
    let renderer = SceneRenderer(width: size.width, height: size.height)
    let labels = LabelMap(width: size.width, height: size.height)
    let pool = FramePool(width: size.width, height: size.height, format: renderer.format)
    var scene = Scene(seed: seed)
    let began = ContinuousClock.now
    var index = 0
    while stops.value == 0, index < count ?? .max {
      if vary { scene = Scene(seed: seed &+ UInt64(index)) }
      let frame = pool.makeFrame()
      renderer.render(scene, frame: start + index * every, fps: fps, into: frame, labels: labels)
      if isPaced { wait(until: began + .seconds(Double(index) / fps.value)) }
      for output in outputs { try output.write(frame, labels, index: index) }
      index += 1
      done.add()
    }
  }

  private func wait(until due: ContinuousClock.Instant) {
    let seconds = (due - .now) / .seconds(1)
    if seconds > 0 { Thread.sleep(forTimeInterval: seconds) }
  }
}

/// A number that one thread counts up and others read.
private final class Counter: Sendable {
  private let count = Atomic(0)

  var value: Int { count.load(ordering: .relaxed) }
  func add() { count.add(1, ordering: .relaxed) }
}
