// 2×2 maximum, the way down.

/// Halves height and width by the maximum of each 2×2 block; the gradient goes to the first largest of the four.
final class MaxPool: TrainingLayer {
  let name: String
  let source: Activation
  let output: Activation
  let multiplyAccumulates = 0

  init(name: String, source: Activation, wantsGradient: Bool) {
    self.name = name
    self.source = source
    let shape = BatchShape(n: source.shape.n, h: source.shape.h / 2, w: source.shape.w / 2, c: source.shape.c)
    output = Activation(shape, wantsGradient: wantsGradient)
  }

  func forward(_ pass: Pass) {
    forEachRow(pass) { n, y in
      let (top, bottom) = (lanes(source.value.row(n, 2 * y)), lanes(source.value.row(n, 2 * y + 1)))
      let target = lanes(output.value.row(n, y))
      let groups = output.shape.c / 8
      for x in 0..<output.shape.w {
        for group in 0..<groups {
          let (left, right) = (2 * x * groups + group, (2 * x + 1) * groups + group)
          target[x * groups + group] = maximum(maximum(top[left], top[right]), maximum(bottom[left], bottom[right]))
        }
      }
    }
  }

  func backward(_ pass: Pass) {
    guard let gradient = output.gradient, let target = source.gradient else { return }
    precondition(source.hasGradient, "the skip's gradient comes first, the pool's is added")
    forEachRow(pass) { n, y in
      let values = [lanes(source.value.row(n, 2 * y)), lanes(source.value.row(n, 2 * y + 1))]
      let sums = [lanes(target.row(n, 2 * y)), lanes(target.row(n, 2 * y + 1))]
      let (largest, part) = (lanes(output.value.row(n, y)), lanes(gradient.row(n, y)))
      let groups = output.shape.c / 8
      for i in 0..<(output.shape.w * groups) {
        let (x, group) = (i / groups, i % groups)
        var left = part[i]
        for place in 0..<4 {
          let at = (2 * x + place % 2) * groups + group
          let isLargest = values[place / 2][at] .== largest[i]
          sums[place / 2][at] += left.replacing(with: 0, where: .!isLargest)
          left = left.replacing(with: 0, where: isLargest)
        }
      }
    }
    output.hasGradient = false
  }

  private func forEachRow(_ pass: Pass, _ body: (_ n: Int, _ y: Int) -> Void) {
    let rows = output.shape.n * output.shape.h
    let shares = min(rows, 16)
    pass.workers.run(shares: shares) { share, _ in
      for row in Workers.range(of: share, shares: shares, count: rows) {
        body(row / output.shape.h, row % output.shape.h)
      }
    }
  }
}

@inline(__always)
private func maximum(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .> a) }
