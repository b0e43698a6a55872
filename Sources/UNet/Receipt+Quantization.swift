// What quantisation tried, chose and cost: kept with the weights it made.

extension Receipt {
  /// How a model's integers were made, and what they cost and give.
  public struct QuantizationReport: Sendable, Hashable, Codable {
    /// One way that was tried and measured.
    public struct Trial: Sendable, Hashable, Codable {
      public var name: String
      public var meanIoU: Double
      /// Share of pixels that have the float network's label.
      public var agreement: Double

      public init(name: String, meanIoU: Double, agreement: Double) {
        (self.name, self.meanIoU, self.agreement) = (name, meanIoU, agreement)
      }
    }

    /// What is lost when only this layer, its weights and its output, has 8 bits.
    public struct LayerLoss: Sendable, Hashable, Codable {
      public var name: String
      /// Power of the float network's logits to that of their error, in decibels.
      public var signalToNoise: Double
      /// Share of pixels whose label changes.
      public var changedLabels: Double

      public init(name: String, signalToNoise: Double, changedLabels: Double) {
        (self.name, self.signalToNoise, self.changedLabels) = (name, signalToNoise, changedLabels)
      }
    }

    /// Times of one picture, float and int8, on the same machine.
    public struct Speed: Sendable, Hashable, Codable {
      public var cpu: String
      /// The kernels' tier.
      public var tier: String
      public var threads: Int
      public var width, height: Int
      public var floatMilliseconds, int8Milliseconds: Double

      public init(
        cpu: String, tier: String, threads: Int, width: Int, height: Int, floatMilliseconds: Double,
        int8Milliseconds: Double
      ) {
        (self.cpu, self.tier, self.threads) = (cpu, tier, threads)
        (self.width, self.height) = (width, height)
        (self.floatMilliseconds, self.int8Milliseconds) = (floatMilliseconds, int8Milliseconds)
      }

      public var ratio: Double { floatMilliseconds / int8Milliseconds }
    }

    /// Name of the trial whose integers the model has.
    public var chosen: String
    /// In the order they were made.
    public var trials: [Trial]
    /// The layer that costs most first.
    public var layers: [LayerLoss]
    public var speed: Speed?

    public init(chosen: String, trials: [Trial], layers: [LayerLoss] = [], speed: Speed? = nil) {
      (self.chosen, self.trials, self.layers, self.speed) = (chosen, trials, layers, speed)
    }
  }
}
