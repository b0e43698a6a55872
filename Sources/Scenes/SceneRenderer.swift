// The way from a scene and a frame number to a picture with its labels.
public import Frames

/// Draws frames of scenes at one size; one thread at a time.
///
/// ```swift
/// let renderer = SceneRenderer(width: 640, height: 360)
/// let (frame, labels) = renderer.render(Scene(seed: 7), frame: 0)
/// ```
/// The same seed, size and frame number give the same bytes on every machine.
public final class SceneRenderer {
  public let width, height: Int
  public let format: PixelFormat
  private let pool: FramePool
  private let painter: Painter
  private let film: Film
  /// Where the painter writes between calls.
  private let scratch: LabelMap

  /// - Parameter format: of the frames, `rgb0` or `rgb24`.
  public init(width: Int, height: Int, format: PixelFormat = .rgb0) {
    precondition(width > 0 && height > 0, "a picture cannot be \(width)×\(height)")
    precondition(format == .rgb0 || format == .rgb24, "scenes are drawn as rgb0 or rgb24, not \(format)")
    self.width = width
    self.height = height
    self.format = format
    pool = FramePool(width: width, height: height, format: format)
    scratch = LabelMap(width: width, height: height)
    let canvas = Canvas(width: width, height: height, labels: scratch.labels)
    painter = Painter(canvas: canvas, view: View(width: width, height: height), scene: Scene(seed: 0))
    film = Film(canvas: canvas)
  }

  /// Draws a frame of a scene.
  ///
  /// - Parameters:
  ///   - index: frames since the start of the scene, ≥ 0; any number costs the same.
  ///   - fps: frames a second; sets how far things move between frames.
  /// - Returns: the frame, whose memory goes back to the renderer's pool when it is released, with pts = index in ticks of
  ///   1/fps; and its labels, u8 `[height, width]` of `SceneClass` raw values.
  /// - Complexity: O(width × height); allocates the label map and, until frames come back, the frame.
  public func render(_ scene: Scene, frame index: Int, fps: Rational = Rational(30, 1)) -> (
    frame: Frame, labels: LabelMap
  ) {
    let frame = pool.makeFrame()
    let labels = LabelMap(width: width, height: height)
    render(scene, frame: index, fps: fps, into: frame, labels: labels)
    return (frame, labels)
  }

  /// Draws a frame of a scene into memory that is there already.
  ///
  /// - Parameters:
  ///   - frame: of the renderer's size and format; every pixel and property is overwritten.
  ///   - labels: of the renderer's size; every label is overwritten.
  public func render(_ scene: Scene, frame index: Int, fps: Rational, into frame: Frame, labels: LabelMap) {
    precondition(index >= 0, "frame \(index) is before the start")
    precondition(fps.isPositive, "\(fps) is not a frame rate")
    precondition(frame.width == width && frame.height == height && frame.format == format, "the frame does not fit")
    precondition(labels.width == width && labels.height == height, "the label map does not fit")
    painter.canvas.labels = labels.labels
    painter.paint(scene, time: Double(index) / fps.value)
    film.develop(into: frame, scene: scene, index: index)
    painter.canvas.labels = scratch.labels
    frame.index = index
    frame.pts = Int64(index)
    frame.duration = 1
    frame.timeBase = fps.inverse
    frame.color = ColorDescription(matrix: 0, range: .full, primaries: 1, transfer: 1)
    frame.sampleAspectRatio = Rational(1, 1)
    frame.rotation = .upright
    frame.arrival = .now
  }
}
