// One frame of the sample clip at a network's size.
import Frames
import UNet
import Video

/// A picture in the form that networks read, dense.
struct SamplePicture {
  let size: InputSize
  /// u8 `[H, W, 4]`, rgb0.
  let rgb0: [UInt8]

  /// The first frame of the sample clip, scaled to `size`.
  ///
  /// - Throws: `CommandError.unusable` where there is no sample, and `VideoError`.
  init(size: InputSize) throws {
    let path = try Sample.find()
    let source = try MediaSource(path)
    while true {
      switch try source.next() {
      case .frame(let frame):
        let picture = try Scaler(width: size.width, height: size.height).scale(frame)
        self.size = size
        let plane = picture.planes[0]
        rgb0 = withExtendedLifetime(picture) {
          (0..<size.height).flatMap { UnsafeBufferPointer(start: plane.row($0), count: 4 * size.width) }
        }
        return
      case .packet, .undecodable: continue
      case .end: throw CommandError.unusable(what: path, why: "has no frame that can be decoded")
      }
    }
  }

  /// u8 `[H, W, 3]`.
  var rgb: [UInt8] { (0..<3 * size.pixels).map { rgb0[$0 / 3 * 4 + $0 % 3] } }
}
