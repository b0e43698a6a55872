// Label maps into masks.
public import Frames

/// Enlarges label maps to masks, which it uses again once nobody holds them.
///
/// Used by one stage at a time.
public final class MaskMaker {
  private let expander = MaskExpander()
  private var supply = LabelSupply()

  public init() {}

  /// The mask of a frame.
  ///
  /// - Parameters:
  ///   - labels: upright, any size, with or without confidence.
  ///   - size: of the frame as it is displayed.
  /// - Complexity: O(pixels of the mask); allocates nothing while the size stays.
  public func mask(of labels: LabelMap, size: (width: Int, height: Int)) -> PooledLabels {
    let mask = supply.make(width: size.width, height: size.height, hasConfidence: labels.confidence != nil)
    expander.expand(labels, into: mask.map)
    return mask
  }
}

extension PooledLabels {
  /// The class indices as the samples of a grey picture, in the same memory; its time is the caller's.
  public var picture: Frame {
    let plane = Plane(data: map.labels, stride: map.width, width: map.width, height: map.height)
    let picture = Frame(format: .gray8, width: map.width, height: map.height, planes: [plane], owner: self)
    // Indices are no light: full range, and nothing more is said.
    picture.color = ColorDescription(range: .full)
    return picture
  }
}

extension Frame {
  /// Width to height of one pixel of the upright picture.
  package var uprightAspect: Rational { rotation.swapsSides ? sampleAspectRatio.inverse : sampleAspectRatio }
}
