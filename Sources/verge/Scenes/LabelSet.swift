// The label sets that masks of scenes can be written in.
import ArgumentParser
import Frames
import Scenes
import Training
import UNet

/// A label set by its name on the command line.
enum LabelSet: String, ExpressibleByArgument, CaseIterable {
  case camvid, carla
  /// Scenes' own classes.
  case fine

  var map: SceneClassMap {
    switch self {
    case .camvid: .camvid
    case .carla: .carla
    case .fine: .fine
    }
  }

  /// The colours that the models show these classes in.
  var palette: Palette {
    switch self {
    case .camvid: Palette(ClassList.camvid.map { RGB($0.color.red, $0.color.green, $0.color.blue) })
    case .carla: Palette(ClassList.carla.map { RGB($0.color.red, $0.color.green, $0.color.blue) })
    case .fine: SceneClass.palette
    }
  }
}
