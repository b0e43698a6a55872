// The order and the names of a U-Net's layers; the names are those of the model file.

extension Architecture {
  /// The activation that holds the picture.
  public static let inputName = "input"
  /// The last layer, which gives the logits.
  public static let headName = "head"
  /// Channels of the picture: R, G, B.
  public static let inputChannels = 3

  static func makeLayers(stem: Int, widths: [Int], up: Upsampling, classCount: Int) -> [Layer] {
    var layers: [Layer] = []
    var source = Layer.Source(name: inputName, pooled: false, channels: inputChannels)
    if stem == 2 {
      layers.append(conv("stem", [source], widths[0], shrink: 2, stride: 2))
      source = layers[0].asSource()
    }
    for level in widths.indices {
      let isLast = level == widths.count - 1
      layers += contracting(level, source, widths[level], shrink: stem << level, isPooled: !isLast)
      source = layers[layers.count - 1].asSource(pooled: !isLast)
    }
    for level in widths.indices.dropLast().reversed() {
      layers += expanding(level, source, widths[level], up, shrink: stem << level)
      source = layers[layers.count - 1].asSource()
    }
    layers.append(
      Layer(
        name: headName, kind: .head1x1, sources: [source], outputChannels: classCount, shrink: stem, isPooled: false))
    return layers
  }

  private static func contracting(
    _ level: Int, _ source: Layer.Source, _ width: Int, shrink: Int, isPooled: Bool
  ) -> [Layer] {
    let first = conv("down\(level).conv0", [source], width, shrink: shrink)
    return [first, conv("down\(level).conv1", [first.asSource()], width, shrink: shrink, isPooled: isPooled)]
  }

  private static func expanding(
    _ level: Int, _ source: Layer.Source, _ width: Int, _ upsampling: Upsampling, shrink: Int
  ) -> [Layer] {
    let up = Layer(
      name: "up\(level).transpose", kind: .transpose(upsampling), sources: [source], outputChannels: width,
      shrink: shrink,
      isPooled: false)
    let skip = Layer.Source(name: "down\(level).conv1", pooled: false, channels: width)
    let first = conv("up\(level).conv0", [skip, up.asSource()], width, shrink: shrink)
    return [up, first, conv("up\(level).conv1", [first.asSource()], width, shrink: shrink)]
  }

  private static func conv(
    _ name: String, _ sources: [Layer.Source], _ width: Int, shrink: Int, stride: Int = 1, isPooled: Bool = false
  ) -> Layer {
    Layer(
      name: name, kind: .conv3x3(stride: stride), sources: sources, outputChannels: width, shrink: shrink,
      isPooled: isPooled)
  }
}

extension Layer {
  fileprivate func asSource(pooled: Bool = false) -> Source {
    Source(name: name, pooled: pooled, channels: outputChannels)
  }
}
