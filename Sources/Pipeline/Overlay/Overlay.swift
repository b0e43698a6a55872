// The picture with its classes painted over it.
public import Frames
public import Tensors

/// Blends the colours of a label map's classes into frames, in the frames' own colour space and orientation.
///
/// A decoded frame is never written: the result is a frame from a pool, of the same format. Used by one stage at a time.
public final class Overlay {
  /// May change from one frame to the next.
  public var style: OverlayStyle { didSet { if style != oldValue { painters = nil } } }
  private let kernels: Kernels
  private var pool: FramePool?
  private var painters: Painters?
  private var line = AlignedMemory(byteCount: 0)

  public init(_ style: OverlayStyle, kernels: Kernels = .best) {
    self.style = style
    self.kernels = kernels
  }

  /// The frame with the classes painted over it, with its time, colour and rotation.
  ///
  /// - Parameters:
  ///   - frame: planar YUV or GBR, 8 or 10 bits a sample.
  ///   - labels: upright, any size.
  ///   - figures: what the HUD shows, when there is one.
  /// - Complexity: O(pixels of the frame); allocates no picture while format and size stay.
  public func paint(_ frame: Frame, labels: LabelMap, figures: HUDFigures? = nil) -> Frame {
    precondition(frame.format.planeCount == 3, "an overlay needs planar pictures, not \(frame.format)")
    let placement = Placement(frame, isSideBySide: style.isSideBySide)
    let result = makeFrame(placement, format: frame.format)
    result.copyProperties(from: frame)
    if placement.hasGap {
      Canvas(frame: result).fill(.init(x: 0, y: 0, width: .max / 2, height: .max / 2), RGB(0, 0, 0))
    }
    if let original = placement.original { copy(frame, to: result, at: original) }
    blend(frame, labels, into: result, at: placement.painted)
    if style.hasLegend { Legend(style).draw(on: Canvas(frame: result)) }
    if style.hasHUD, let figures { HUD(figures).draw(on: Canvas(frame: result)) }
    return result
  }

  private func makeFrame(_ placement: Placement, format: PixelFormat) -> Frame {
    if let pool, pool.layout.format == format, pool.layout.width == placement.width,
      pool.layout.height == placement.height
    {
      return pool.makeFrame()
    }
    let made = FramePool(width: placement.width, height: placement.height, format: format)
    pool = made
    return made.makeFrame()
  }

  private func copy(_ frame: Frame, to result: Frame, at place: (x: Int, y: Int)) {
    for number in 0..<frame.planes.count {
      let target = Self.part(of: result, plane: number, at: place, like: frame)
      frame.planes[number].copy(to: target, bytesPerSample: frame.format.bytesPerSample)
    }
  }

  private func blend(_ frame: Frame, _ labels: LabelMap, into result: Frame, at place: (x: Int, y: Int)) {
    let painters = painters(for: frame, labels)
    let line = line.base.assumingMemoryBound(to: UInt8.self)
    for (number, painter) in painters.planes.enumerated() {
      painter.paint(
        frame.planes[number], labels: labels.labels, line: line,
        into: Self.part(of: result, plane: number, at: place, like: frame))
    }
  }

  /// Where a picture like `frame` lies in a plane of `result`, put at a place that is whole in every plane.
  private static func part(of result: Frame, plane: Int, at place: (x: Int, y: Int), like frame: Frame) -> Plane {
    let isChroma = plane > 0 && frame.format.isYUV
    let (shiftX, shiftY) = isChroma ? (frame.format.chromaShiftX, frame.format.chromaShiftY) : (0, 0)
    let size = frame.planes[plane]
    return result.planes[plane].part(
      x: place.x >> shiftX, y: place.y >> shiftY, width: size.width, height: size.height,
      bytesPerSample: frame.format.bytesPerSample)
  }

  private func painters(for frame: Frame, _ labels: LabelMap) -> Painters {
    let key = Painters.Key(frame, labels)
    if let painters, painters.key == key { return painters }
    let made = Painters(key, style: style, kernels: kernels)
    painters = made
    if line.byteCount < frame.width { line = AlignedMemory(byteCount: frame.width) }
    return made
  }
}

/// The painters of a frame's planes, and what they depend on.
private struct Painters {
  struct Key: Hashable {
    var format: PixelFormat
    var color: ColorDescription
    var mapping: LabelMapping.Key

    init(_ frame: Frame, _ labels: LabelMap) {
      (format, color) = (frame.format, frame.color)
      mapping = LabelMapping.Key(
        width: frame.width, height: frame.height, rotation: frame.rotation, mapWidth: labels.width,
        mapHeight: labels.height, shiftX: 0, shiftY: 0)
    }
  }

  let key: Key
  let planes: [PlanePainter]

  init(_ key: Key, style: OverlayStyle, kernels: Kernels) {
    self.key = key
    var tables = [BlendTable](repeating: BlendTable(), count: 3)
    for label in style.paintedClasses {
      let samples = style.palette[label].samples(format: key.format, color: key.color)
      let alpha = Int((min(1, style.alphas[label]) * 256).rounded())
      for plane in 0..<3 { tables[plane].set(label: label, value: Int(samples[plane]), alpha: alpha) }
    }
    let luma = LabelLines(key.mapping, style.edges)
    var shifted = key.mapping
    (shifted.shiftX, shifted.shiftY) = (key.format.chromaShiftX, key.format.chromaShiftY)
    let chroma = shifted == key.mapping ? luma : LabelLines(shifted, style.edges)
    planes = (0..<3).map { plane in
      PlanePainter(
        lines: plane == 0 ? luma : chroma, table: tables[plane], kernels: kernels,
        isWide: key.format.bytesPerSample == 2)
    }
  }
}
