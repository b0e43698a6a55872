// The loss of a batch at the labels' resolution.
import Frames

/// A weighted sum of cross-entropy, Dice and Lovász terms, with its gradient.
///
/// Logits have one cell per `stem`² pixels of the picture, and labels stay at the picture's size: each cell is compared
/// with all labels it stands for, which is the loss of the prediction as it is shown (each cell's class on all its
/// pixels), so thin things are not thinned out by shrinking the labels.
final class SegmentationLoss {
  let recipe: LossRecipe
  private let codes: LabelCodes

  /// - Parameters:
  ///   - classWeights: by class, of its pixels in the cross-entropy.
  ///   - sets: what label codes beyond the classes mean.
  init(_ recipe: LossRecipe, classWeights: [Float], sets: LabelSets) {
    self.recipe = recipe
    codes = LabelCodes(classWeights: classWeights, sets: sets)
  }

  /// The loss; writes its gradient by the logits.
  ///
  /// Cross-entropy is the weighted mean over the pixels that count. Sums are kept by share or picture and added in order:
  /// the result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - logits: f32 compact `[n, h, w, K]`.
  ///   - labels: u8 `[n, h·cell, w·cell]` of codes as in `LabelSets`.
  ///   - cell: picture pixels along one side of a cell.
  ///   - gradient: as `logits`; zero where nothing is labelled.
  func evaluate(
    logits: BatchTensor, labels: UnsafePointer<UInt8>, cell: Int, gradient: BatchTensor, workers: Workers
  ) -> Double {
    let batch = LossBatch(logits: logits, labels: labels, cell: cell)
    let survey = self.survey(batch, workers)
    let shares = shareCount(pixels: logits.shape.pixels)
    var sums = [Double](repeating: 0, count: shares)
    sums.withUnsafeMutableBufferPointer { sums in
      workers.run(shares: shares, floats: LossBatch.floats(classes: codes.classes)) { share, scratch in
        let rows = Workers.range(of: share, shares: shares, count: batch.rows)
        sums[share] = differentiate(batch, rows: rows, survey, to: gradient, scratch: scratch)
      }
    }
    return sums.reduce(0, +) + survey.dice.finish(weight: recipe.dice).loss
  }

  /// Writes the gradient of some rows; returns their part of the loss, but for Dice's.
  private func differentiate(
    _ batch: LossBatch, rows: Range<Int>, _ survey: Survey, to gradient: BatchTensor,
    scratch: UnsafeMutablePointer<Float>
  ) -> Double {
    var term = PixelTerm(codes: codes, smoothing: Float(recipe.labelSmoothing), focal: Float(recipe.focal))
    var weight = survey.weight
    if recipe.minesHardPixels {
      (term.cut, weight) = survey.hard.cut(share: recipe.hardest, below: recipe.hardBelow)
    }
    let scale = weight > 0 ? recipe.crossEntropy / weight : 0
    let slopes = survey.dice.finish(weight: recipe.dice).slopes
    return batch.forEachTile(rows, scratch: scratch) { tile, corner, spare, row, x in
      var loss = scale * term.evaluate(tile, corner, gradient: spare.gradient)
      for c in 0..<tile.classes { spare.gradient[c] *= Float(scale) }
      if recipe.hasRegions {
        let counts = LabelCounts(classes: tile.classes, scratch: spare.counts)
        counts.load(corner, count: tile.count)
        for c in 0..<tile.classes {
          spare.slopes[c] = counts.byClass[c] * slopes[c].perLabel + counts.total * slopes[c].perPixel
        }
        if recipe.lovasz > 0 {
          loss += survey.lovasz[row / batch.logits.shape.h].evaluate(tile, counts, slopes: spare.slopes)
        }
        addThroughSoftmax(tile, slopes: spare.slopes, to: spare.gradient)
      }
      store(spare.gradient, count: tile.count, to: gradient.row(row) + x * tile.classes)
      return loss
    }
  }

  /// What has to be known of the whole batch before a gradient can be written.
  private struct Survey {
    /// Of all labelled pixels.
    var weight = 0.0
    var hard = HardPixels()
    var dice: DiceTerm
    /// By picture.
    var lovasz: [LovaszTerm] = []
  }

  private func survey(_ batch: LossBatch, _ workers: Workers) -> Survey {
    let pictures = batch.logits.shape.n
    var parts = [Survey?](repeating: nil, count: pictures)
    parts.withUnsafeMutableBufferPointer { parts in
      workers.run(shares: pictures, floats: LossBatch.floats(classes: codes.classes)) { picture, scratch in
        parts[picture] = survey(batch, picture: picture, scratch: scratch)
      }
    }
    return parts.compactMap { $0 }.reduce(into: Survey(dice: DiceTerm(classes: codes.classes))) { sum, part in
      sum.weight += part.weight
      if recipe.minesHardPixels { sum.hard.add(part.hard) }
      sum.dice.add(part.dice)
      sum.lovasz += part.lovasz
    }
  }

  private func survey(_ batch: LossBatch, picture: Int, scratch: UnsafeMutablePointer<Float>) -> Survey {
    var survey = Survey(weight: batch.weight(of: picture, codes), dice: DiceTerm(classes: codes.classes))
    guard recipe.minesHardPixels || recipe.hasRegions else { return survey }
    var lovasz = LovaszTerm(classes: recipe.lovasz > 0 ? codes.classes : 0)
    let rows = (picture * batch.logits.shape.h)..<((picture + 1) * batch.logits.shape.h)
    _ = batch.forEachTile(rows, scratch: scratch) { tile, corner, spare, _, _ in
      if recipe.minesHardPixels { survey.hard.add(tile, corner, codes: codes) }
      guard recipe.hasRegions else { return 0 }
      let counts = LabelCounts(classes: tile.classes, scratch: spare.counts)
      counts.load(corner, count: tile.count)
      if recipe.dice > 0 { survey.dice.add(tile, counts) }
      if recipe.lovasz > 0 { lovasz.add(tile, counts) }
      return 0
    }
    lovasz.finish(weight: recipe.lovasz / Double(batch.logits.shape.n))
    survey.lovasz = [lovasz]
    return survey
  }

  /// From derivatives by probabilities to those by logits: p · (slope − Σ p · slope).
  @inline(__always)
  private func addThroughSoftmax(
    _ tile: SoftmaxTile, slopes: UnsafePointer<Cells>, to gradient: UnsafeMutablePointer<Cells>
  ) {
    var mean = Cells.zero
    for c in 0..<tile.classes { mean += tile.probabilities[c] * slopes[c] }
    for c in 0..<tile.classes { gradient[c] += tile.probabilities[c] * (slopes[c] - mean) }
  }

  /// Writes cells `[count, classes]`.
  @inline(__always)
  private func store(_ gradient: UnsafePointer<Cells>, count: Int, to target: UnsafeMutablePointer<Float>) {
    let source = UnsafeRawPointer(gradient).assumingMemoryBound(to: Float.self)
    for lane in 0..<count {
      for c in 0..<codes.classes { target[lane * codes.classes + c] = source[c * SoftmaxTile.width + lane] }
    }
  }
}
