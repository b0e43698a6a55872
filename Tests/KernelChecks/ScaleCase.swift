// The check of the scaling to the network's size.
import CKernels
import Tensors

enum ScaleCase {
  /// Sizes of frames and results: around the lanes of all tiers, one tap to sixteen, chroma that grows and that shrinks.
  private static let sizes: [(from: (Int, Int), to: (Int, Int))] = [
    ((2, 2), (1, 1)), ((2, 2), (2, 1)), ((6, 4), (5, 3)), ((16, 8), (7, 8)), ((18, 10), (8, 6)), ((34, 8), (15, 5)),
    ((32, 32), (16, 16)), ((40, 10), (17, 7)), ((70, 12), (31, 3)), ((80, 20), (33, 9)), ((98, 22), (32, 7)),
    ((100, 30), (48, 11)), ((100, 30), (25, 8)), ((130, 32), (19, 5)), ((256, 16), (32, 2)), ((258, 20), (258, 19)),
    ((1280, 8), (576, 4)),
  ]

  static func check(in run: inout CheckRun) {
    for (index, size) in sizes.enumerated() {
      for (red, blue, isFull) in [(0.299, 0.114, false), (0.2126, 0.0722, true), (0.2627, 0.0593, false)] {
        let key = ShrinkPlan.Key(
          width: size.from.0, height: size.from.1, toWidth: size.to.0, toHeight: size.to.1, red: red, blue: blue,
          isFull: isFull)
        run.note(difference(key, isExtreme: index % 2 == 1, &run))
      }
    }
  }

  private static func difference(_ key: ShrinkPlan.Key, isExtreme: Bool, _ run: inout CheckRun) -> String? {
    // Rows lie apart in the planes and in the result; the last ones end at an unreadable page.
    let (chromaWidth, chromaHeight) = (key.width / 2, key.height / 2)
    let strides = [key.width + 3, chromaWidth + 5, chromaWidth]
    let sizes = [(key.width, key.height), (chromaWidth, chromaHeight), (chromaWidth, chromaHeight)]
    let planes = zip(strides, sizes).map { GuardedBuffer(byteCount: $0 * ($1.1 - 1) + $1.0) }
    for plane in planes {
      run.random.fill(plane.bytes)
      if isExtreme { for i in plane.bytes.indices { plane.bytes[i] = plane.bytes[i] < 128 ? 0 : 255 } }
    }
    let stride = 4 * key.toWidth + 12
    let outputs = [run.reference, run.table].map { kernels in
      let output = GuardedBuffer(byteCount: stride * (key.toHeight - 1) + 4 * key.toWidth)
      let bytes = planes.map { UnsafePointer($0.base.assumingMemoryBound(to: UInt8.self)) }
      let plan = ShrinkPlan(key)
      var args = plan.arguments
      args.src = (bytes[0], bytes[1], bytes[2])
      args.src_stride = (strides[0], strides[1], strides[2])
      (args.dst, args.dst_stride) = (output.base.assumingMemoryBound(to: UInt8.self), stride)
      withExtendedLifetime(plan) { kernels.scale_yuv_rgb0(&args) }
      return output
    }
    return outputs[1].firstDifference(from: outputs[0]).map {
      "\(key.width)×\(key.height) to \(key.toWidth)×\(key.toHeight): row \($0 / stride), byte \($0 % stride) differs"
    }
  }
}
