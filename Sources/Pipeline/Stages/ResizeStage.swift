// Frames to the network's size.
import Frames
import Tensors
import Video

/// Scales frames to the upright pictures that the segmenter wants.
final class ResizeStage: Stage {
  private let segmenter: any Segmenter
  private let shortcut: AreaScaler
  private let freshness: Freshness
  private let standing: Monitor<StandingQueue>
  private var scaler: Scaler?
  private var shape: Shape?

  /// What the picture's size depends on.
  private struct Shape: Equatable {
    var width, height: Int
    var rotation: Rotation
    var aspect: Rational
    /// The segmenter's.
    var revision: Int
  }

  /// - Parameter standing: of the queue that frames come from.
  init(_ segmenter: any Segmenter, kernels: Kernels, freshness: Freshness, standing: Monitor<StandingQueue>) {
    (self.segmenter, self.freshness, self.standing) = (segmenter, freshness, standing)
    shortcut = AreaScaler(kernels: kernels)
  }

  func process(_ frame: Frame, into outlet: Outlet<PreparedFrame>) throws {
    guard freshness.admits(frame, standing) else { return }
    try outlet.emit(PreparedFrame(frame: frame, picture: scaler(for: frame).scale(frame)))
  }

  private func scaler(for frame: Frame) -> Scaler {
    let shape = Shape(
      width: frame.width, height: frame.height, rotation: frame.rotation, aspect: frame.sampleAspectRatio,
      revision: segmenter.revision)
    if let scaler, shape == self.shape { return scaler }
    let upright = squareSize(
      width: frame.width, height: frame.height, rotation: frame.rotation, aspect: frame.sampleAspectRatio)
    let size = segmenter.pictureSize(width: upright.width, height: upright.height)
    let made = Scaler(width: size.width, height: size.height, shortcut: shortcut)
    (scaler, self.shape) = (made, shape)
    return made
  }
}

/// Size of an upright picture in square pixels: what the network's idea of proportions refers to.
func squareSize(width: Int, height: Int, rotation: Rotation, aspect: Rational) -> (width: Int, height: Int) {
  let isSquare = !aspect.isPositive || aspect.num == aspect.den
  let wide = isSquare ? width : max(1, Int((Double(width) * aspect.value).rounded()))
  return rotation.displaySize(width: wide, height: height)
}
