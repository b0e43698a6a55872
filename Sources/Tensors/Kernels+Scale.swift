// Frames to the network's size.
import CKernels

extension Kernels {
  /// Shrinks planar 8-bit YUV 4:2:0 to full-range RGB: area averages, chroma at its own resolution and centred.
  ///
  /// - Parameters:
  ///   - planes: Y `[height, width]`, U and V of half that, u8.
  ///   - strides: bytes from row to row of each.
  ///   - output: u8 `[toHeight, toWidth, 4]`: R, G, B, 0, rows `outputStride` bytes apart.
  ///   - plan: made for the frame's size and colour.
  /// - Complexity: O(samples of the frame); allocates nothing.
  public func shrink(
    planes: (UnsafePointer<UInt8>, UnsafePointer<UInt8>, UnsafePointer<UInt8>), strides: (Int, Int, Int),
    to output: UnsafeMutablePointer<UInt8>, outputStride: Int, plan: ShrinkPlan
  ) {
    precondition(outputStride >= 4 * plan.key.toWidth, "rows of \(outputStride) bytes overlap")
    var args = plan.arguments
    args.src = (planes.0, planes.1, planes.2)
    args.src_stride = strides
    (args.dst, args.dst_stride) = (output, outputStride)
    withExtendedLifetime(plan) { table.pointee.scale_yuv_rgb0(&args) }
  }
}
