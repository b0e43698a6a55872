// A way around swscale.
public import Frames

/// Scales the frames that it knows a faster way for.
public protocol ScalerShortcut: AnyObject {
  /// Writes the frame, not turned, into `small`, of format `rgb0`: full-range R, G, B, 0.
  ///
  /// - Returns: false, with nothing written, for a frame that is better left to swscale.
  func scale(_ frame: Frame, into small: Frame) -> Bool
}
