// The registry of checks: every kernel of a tier against tier `c`.
import CKernels
public import Tensors

/// One kernel's check.
public struct KernelCheck: Sendable {
  /// The name of the kernel in the table.
  public let name: String
  let body: @Sendable (inout CheckRun) -> Void

  /// Runs the check of `kernels` against tier `c`.
  ///
  /// - Parameters:
  ///   - seed: of the data; the same seed gives the same cases.
  ///   - shapes: real layers, of which the widths and channels are checked.
  public func run(_ kernels: Kernels, seed: UInt64, shapes: [LayerShape]) throws(TensorError) -> CheckRun {
    var run = CheckRun(
      table: kernels.table.pointee, reference: try Kernels(tier: .c).table.pointee, shapes: shapes, seed: seed)
    body(&run)
    return run
  }

  /// All checks.
  public static let all: [KernelCheck] = [
    KernelCheck(name: "conv3x3") { ConvolutionCase.check(.conv3x3, in: &$0) },
    KernelCheck(name: "conv3x3_stride2") { ConvolutionCase.check(.conv3x3Stride2, in: &$0) },
    KernelCheck(name: "winograd3x3") { ConvolutionCase.check(.winograd3x3, in: &$0) },
    KernelCheck(name: "upconv2x2") { ConvolutionCase.check(.upconv2x2, in: &$0) },
    KernelCheck(name: "upconv4x4") { ConvolutionCase.check(.upconv4x4, in: &$0) },
    KernelCheck(name: "head_argmax") { HeadCase.check(in: &$0) },
    KernelCheck(name: "blend_row_u8") { FrameCases.checkBlend8(in: &$0) },
    KernelCheck(name: "blend_row_u16") { FrameCases.checkBlend16(in: &$0) },
    KernelCheck(name: "count_labels") { FrameCases.checkCount(in: &$0) },
    KernelCheck(name: "scale_yuv_rgb0") { ScaleCase.check(in: &$0) },
  ]
}

/// A check under way, and in the end its outcome.
public struct CheckRun: @unchecked Sendable {  // two constant tables and values
  let table: ck_table
  let reference: ck_table
  let shapes: [LayerShape]
  var random: SplitMix64
  /// Cases done.
  public private(set) var cases = 0
  /// What went wrong, the first few.
  public private(set) var failures: [String] = []

  init(table: ck_table, reference: ck_table, shapes: [LayerShape], seed: UInt64) {
    self.table = table
    self.reference = reference
    self.shapes = shapes
    random = SplitMix64(seed: seed)
  }

  /// Notes the outcome of one case; nil is a pass.
  mutating func note(_ failure: String?) {
    cases += 1
    if let failure, failures.count < 10 { failures.append(failure) }
  }
}

/// The content of a layer's source and weights.
enum InputClass: CaseIterable {
  case uniform
  /// Weights as training leaves them: many small ones, few large ones.
  case bell
  /// Small weights of one sign at 255: where sums of many products just fit 16 bits or just do not.
  case sameSign
  /// 255 × −128: where saturating pair sums break.
  case extremeLow
  /// 255 × 127.
  case extremeHigh
  /// One pixel's one channel is 255, the rest the zero point.
  case impulse
  case zeroPoint
  /// Small integers with a multiplier of 0.5: every other result is a tie.
  case ties
}

/// Widths around the tiles of all tiers: 1, 2, lanes − 1, lanes, lanes + 1, 2·lanes + 3 for 4 to 16 lanes.
let checkedWidths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 25, 27, 35]
let checkedChannels = [1, 3, 4, 15, 16, 17, 24, 40, 64, 80]
