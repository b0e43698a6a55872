// swift-tools-version: 6.2
import PackageDescription

// Layers, from DESIGN: a target depends on targets of lower layers only; Tests/LayeringTests reads the imports and checks it.
let package = Package(
  name: "verge",
  products: [.executable(name: "verge", targets: ["verge"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Layer 0
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat libavcodec libswscale libavutil",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavdevice-dev", "libswscale-dev", "libavutil-dev"])]),
    .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "CKernels",
      cSettings: [.unsafeFlags(["-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra"])]),
    .target(name: "CMemory", cSettings: [.unsafeFlags(["-std=c11", "-Wall", "-Wextra"])]),
    // Layer 1
    .target(name: "Frames"),
    .target(name: "Settings", dependencies: [.product(name: "Yams", package: "Yams")]),
    .target(name: "Tensors", dependencies: ["CKernels"]),
    // Layer 2
    .target(name: "Video", dependencies: ["CFFmpeg", "Frames"]),
    .target(name: "UNet", dependencies: ["Tensors"], resources: [.copy("Models")]),
    .target(name: "Scenes", dependencies: ["Frames"]),
    // Layer 3
    .target(
      name: "Pipeline",
      dependencies: [
        "Frames", "Tensors", "UNet", "Video", .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),
    .target(
      name: "Training",
      dependencies: [
        "CBLAS", "Frames", "Settings", "Tensors", "UNet", "Video", "Scenes",
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [.copy("Data/ClassMaps"), .copy("Run/Recipe/Presets")]),
    .target(
      name: "Interchange",
      dependencies: ["Tensors", "UNet", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["ONNX/onnx.proto"]),
    // Layer 4
    .target(
      name: "Daemon",
      dependencies: [
        "CMemory", "Frames", "Settings", "Tensors", "UNet", "Video", "Scenes", "Pipeline",
        .product(name: "Yams", package: "Yams"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.copy("Page")]),
    // Layer 5
    .executableTarget(
      name: "verge",
      dependencies: [
        "CFFmpeg", "Frames", "Settings", "Tensors", "Video", "UNet", "Scenes", "Pipeline", "Training", "Interchange",
        "Daemon",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    // Tests
    .target(name: "KernelChecks", dependencies: ["CKernels", "Tensors"], path: "Tests/KernelChecks"),
    .executableTarget(
      name: "checkkernels",
      dependencies: ["KernelChecks", "Tensors", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tests/checkkernels"),
    .testTarget(name: "FramesTests", dependencies: ["Frames"]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings"]),
    .testTarget(name: "TensorsTests", dependencies: ["CKernels", "KernelChecks", "Tensors"]),
    .testTarget(name: "VideoTests", dependencies: ["Frames", "Video"]),
    .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    .testTarget(name: "UNetTests", dependencies: ["AllocationCount", "Tensors", "UNet"]),
    .testTarget(name: "ScenesTests", dependencies: ["Frames", "Scenes", "Video"]),
    .testTarget(name: "PipelineTests", dependencies: ["Frames", "Tensors", "UNet", "Video", "Scenes", "Pipeline"]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Frames", "Settings", "Tensors", "Video", "UNet", "Training"],
      exclude: ["Oracles"]),
    .testTarget(
      name: "InterchangeTests",
      dependencies: [
        "Frames", "Interchange", "Settings", "Tensors", "Training", "UNet",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Models"]),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "Frames", "Pipeline", "Scenes", "Settings", "Tensors", "UNet", "Video",
        .product(name: "Yams", package: "Yams"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "LayeringTests"),
    .testTarget(name: "CommandTests", dependencies: ["verge"]),
  ])

for target in package.targets where target.type != .system {
  if target.name == "CKernels" { continue }
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
  // Beside NIO's C modules, libc's structs count as Dispatch's in some orders of compilation, and no import helps.
  if ["Daemon", "verge"].contains(target.name) { continue }
  target.swiftSettings?.append(.enableUpcomingFeature("MemberImportVisibility"))
}
