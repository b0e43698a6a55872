// The usual frames to the network's size, with kernels made for that.
import Frames
import Tensors
import Video

/// Shrinks 8-bit 4:2:0 of even sizes; leaves the rest to swscale. Used by one stage at a time.
///
/// The plan for the last size and colour is kept, so a steady stream allocates nothing.
final class AreaScaler: ScalerShortcut {
  private let kernels: Kernels
  private var plan: ShrinkPlan?

  init(kernels: Kernels) { self.kernels = kernels }

  func scale(_ frame: Frame, into small: Frame) -> Bool {
    guard frame.format == .yuv420p, small.format == .rgb0 else { return false }
    let weights = frame.color.lumaWeights
    let key = ShrinkPlan.Key(
      width: frame.width, height: frame.height, toWidth: small.width, toHeight: small.height, red: weights.red,
      blue: weights.blue, isFull: frame.color.range == .full)
    guard key.isPossible else { return false }
    let (planes, output) = (frame.planes, small.planes[0])
    kernels.shrink(
      planes: (.init(planes[0].row(0)), .init(planes[1].row(0)), .init(planes[2].row(0))),
      strides: (planes[0].stride, planes[1].stride, planes[2].stride), to: output.row(0), outputStride: output.stride,
      plan: plan(key))
    return true
  }

  private func plan(_ key: ShrinkPlan.Key) -> ShrinkPlan {
    if let plan, plan.key == key { return plan }
    let made = ShrinkPlan(key)
    plan = made
    return made
  }
}
