// The options that decide how training goes.
import ArgumentParser
import Foundation
import Settings
import Training
import UNet

/// The recipe of `verge train` on the command line: a file or preset, and keys set over it.
struct RecipeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A recipe: a .yaml file or a preset's name.", valueName: "recipe"))
  var recipe: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Sets any key of the recipe: loss.label_smoothing=0.1.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(
    help: "The label set: camvid, carla, or init for the --init model's; that of the first data set when left out.")
  var classes: String?

  @Option(help: "Channels of each level, multiples of 8: 24,48,80,144,256.") var widths: String?
  @Option(help: "1: full resolution; 2: the first convolution halves it.") var stem: String?
  @Option(help: "Size of the crops, WIDTHxHEIGHT, multiples of the network's stride.") var size: String?
  @Option(help: "Length in epochs.") var epochs: Int?
  @Option(help: "Length in steps.") var steps: Int?
  @Option(help: "Length in minutes.") var minutes: Double?
  @Option(help: "Pictures a step.") var batch: String?
  @Option(help: "The highest learning rate.") var lr: String?
  @Option(help: "Steps until the learning rate is at its highest.") var warmup: String?
  @Option(help: "adamw or sgd.") var optimizer: String?
  @Option(help: "Weight decay.") var decay: String?
  @Option(help: "Share of the averaged weights that a step keeps.") var ema: String?
  @Option(help: "Label smoothing, 0 to 1.") var smoothing: String?
  @Option(help: "Weights rare classes up: median share / share to this power; 0 for none.") var balance: String?
  @Option(
    help: "How pictures vary: none, standard, strong (few or synthetic ones), driving (all weathers).",
    transform: Self.preset)
  var augment: AugmentationPreset?
  @Flag(help: "The same as --augment strong.") var strong = false
  @Option(help: "Range of random scales: 0.5,2.") var scale: NumberList<Double>?
  @Option(help: "Products of training: auto, float or bf16.") var precision: String?
  @Option(help: "Epochs between measurements.") var evaluateEvery: String?
  @Option(help: "Measurements without a better one that end the run; 0: never.") var patience: String?
  @Option(
    help: ArgumentHelp(
      "Memory for pictures that were read, such as 2GiB; auto: a quarter of what is free, at most 4 GiB.",
      valueName: "size"))
  var cache: String?
  @Option(help: "Seed of everything random.") var seed: String?
  @Option(help: "The model's name.") var name: String?

  func validate() throws {
    if [epochs != nil, steps != nil, minutes != nil].count(where: { $0 }) > 1 {
      throw ValidationError("give one of --epochs, --steps and --minutes")
    }
    if let scale, scale.numbers.count != 2 || scale.numbers[0] <= 0 || scale.numbers[0] > scale.numbers[1] {
      throw ValidationError("--scale is two numbers above 0, such as 0.5,2")
    }
    for assignment in assignments where !assignment.contains("=") {
      throw ValidationError("--set is KEY=VALUE, such as loss.label_smoothing=0.1, not '\(assignment)'")
    }
  }

  /// Short forms of keys: option, key, value.
  private var shortForms: [(option: String, key: String, value: String?)] {
    [
      ("--name", "name", name), ("--classes", "network.classes", classes), ("--widths", "network.widths", widths),
      ("--stem", "network.stem", stem), ("--size", "size", size), ("--batch", "batch", batch),
      ("--epochs", "length", epochs.map { "\($0) epochs" }), ("--steps", "length", steps.map { "\($0) steps" }),
      ("--minutes", "length", minutes.map { "\($0) minutes" }), ("--lr", "optimizer.rate", lr),
      ("--warmup", "optimizer.warmup", warmup), ("--optimizer", "optimizer.rule", optimizer),
      ("--decay", "optimizer.weight_decay", decay), ("--ema", "optimizer.average", ema),
      ("--smoothing", "loss.label_smoothing", smoothing),
      ("--balance", "loss.balance.rule", balance.map { Double($0) == 0 ? "none" : "median_frequency" }),
      ("--balance", "loss.balance.power", balance),
      ("--precision", "precision", precision), ("--evaluate-every", "evaluation.every", evaluateEvery),
      ("--patience", "evaluation.patience", patience), ("--seed", "seed", seed),
      ("--cache", "data.cache", cache),
    ]
  }

  /// Lays the options over what `reader` holds.
  ///
  /// - Throws: `SettingsError` naming the option.
  func apply(to reader: inout SettingsReader<Recipe>) throws {
    if let preset = augment ?? (strong ? .strong : nil) {
      for (key, value) in preset.augmentation.settings {
        try reader.set("augmentation." + key, to: value, from: "--augment \(preset.rawValue)")
      }
    }
    if let scale {
      try reader.set("augmentation.minimum_scale", to: "\(scale.numbers[0])", from: "--scale")
      try reader.set("augmentation.maximum_scale", to: "\(scale.numbers[1])", from: "--scale")
    }
    for (option, key, value) in shortForms {
      if let value { try reader.set(key, to: value, from: option) }
    }
    for assignment in assignments {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      try reader.set(String(parts[0]), to: String(parts[1]), from: "--set \(assignment)")
    }
  }

  private static func preset(_ text: String) throws -> AugmentationPreset {
    guard let preset = AugmentationPreset(rawValue: text) else {
      throw ValidationError("it is none, standard, strong or driving")
    }
    return preset
  }
}
