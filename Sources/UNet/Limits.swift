// Bounds on what a model file may ask for, so that no product of its numbers overflows and no claim exhausts memory.

/// The largest networks that Verge accepts; the classic 64…1024 U-Net (31 million weights) is well inside.
enum Limits {
  /// Channels of one level. With two sources of this width an s32 accumulator still holds 9 · 2 · 2048 · 255 · 127.
  static let width = 2048
  /// Levels; eight already shrink a picture 128 times.
  static let levels = 8
  /// Classes; 255 is the ignore label.
  static let classes = 255
  /// Characters of a class or model name.
  static let name = 100
  /// Weights of a whole network.
  static let parameters = 1 << 28
  /// Pixels along one side of the network's input.
  static let side = 16_384
  /// Pixels of the network's input.
  static let pixels = 1 << 26
  /// Bytes of a model file: float and int8 weights of the largest network, and as much again.
  static let fileBytes = 1 << 31
  /// Bytes of a model file's header.
  static let headerBytes = 1 << 22
}
