// Things that stand or move on a street.

/// A thing with its place in the view.
struct Item {
  enum Kind {
    case building, treeLine, hedge, wall, fence, railing, guardRail, tree, bush, lamp, pole, sign, trafficLight
    case bin, shelter, vehicle, pedestrian, cyclist
  }

  var kind: Kind
  /// Depth of its near and its far end, in metres.
  var near, far: Float
  /// Its left and right side, in metres right of the middle of the road.
  var left, right: Float
  /// Metres; 0 where the look decides.
  var height: Float
  /// Decides what it looks like.
  var look: UInt64
  /// Things with a greater key are painted earlier.
  var key: Float
  /// Where its front points: along the road, and to the right.
  var heading = SIMD2<Float>(1, 0)

  /// A thing with depth and width.
  init(_ kind: Kind, z: ClosedRange<Float>, t: ClosedRange<Float>, height: Float, look: UInt64, behind: Float = 0) {
    self.kind = kind
    (near, far) = (z.lowerBound, z.upperBound)
    (left, right) = (t.lowerBound, t.upperBound)
    (self.height, self.look) = (height, look)
    key = z.upperBound + behind
  }

  /// A thing at a point.
  init(_ kind: Kind, z: Float, t: Float, height: Float = 0, look: UInt64, behind: Float = 0) {
    self.init(kind, z: z...z, t: t...t, height: height, look: look, behind: behind)
  }

  /// The middle of its width.
  var middle: Float { (left + right) / 2 }
}
