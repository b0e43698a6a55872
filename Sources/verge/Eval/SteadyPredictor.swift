// What the daemon's overlay.steady would show, to be measured.
import Frames
import Pipeline
import Training

/// Steadies the labels of another predictor; pictures come in the order of their time.
final class SteadyPredictor: Predictor {
  private let base: any Predictor
  private let filter = SteadyLabels()

  init(_ base: any Predictor) { self.base = base }

  func predict(_ picture: EvaluationPicture) throws(TrainingError) -> LabelMap {
    let steadied = filter.steady(try base.predict(picture))
    // The filter goes on with its own; whoever measures keeps maps of earlier frames.
    let copy = LabelMap(width: steadied.width, height: steadied.height)
    copy.labels.update(from: steadied.labels, count: steadied.count)
    return copy
  }
}
