// The package's layers, and the judge of an import line.

/// Which targets a target may import, from DESIGN §2; everything not named here is outside the package.
struct Layers {
  let allowed: [String: Set<String>]

  static let verge = Layers(allowed: [
    "CFFmpeg": [], "CBLAS": [], "CMemory": [], "CKernels": [],
    "Frames": [],
    "Settings": [],
    "Tensors": ["CKernels"],
    "Video": ["CFFmpeg", "Frames"],
    "UNet": ["Tensors"],
    "Scenes": ["Frames"],
    "Pipeline": ["Frames", "Tensors", "UNet", "Video"],
    "Training": ["CBLAS", "Frames", "Settings", "Tensors", "UNet", "Video", "Scenes"],
    "Interchange": ["Tensors", "UNet"],
    "Daemon": ["CMemory", "Frames", "Settings", "Tensors", "UNet", "Video", "Scenes", "Pipeline"],
    "verge": [
      "CFFmpeg", "Frames", "Settings", "Tensors", "Video", "UNet", "Scenes", "Pipeline", "Training", "Interchange",
      "Daemon",
    ],
  ])

  /// Says what is wrong with `module` being imported by `target`, or nil.
  func violation(of module: String, in target: String) -> String? {
    guard let allowed = allowed[target] else { return "target \(target) has no layer; add it to Layers.swift" }
    guard self.allowed[module] != nil, module != target, !allowed.contains(module) else { return nil }
    return "\(target) may not import \(module)"
  }
}
