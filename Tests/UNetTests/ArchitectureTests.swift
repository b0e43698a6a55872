import Testing

@testable import UNet

@Suite struct ArchitectureTests {
  @Test func layersFollowTheUNetInOrder() throws {
    let net = try Architecture(stem: 2, widths: [24, 48, 96], classes: classes(11))
    #expect(
      net.layers.map(\.name) == [
        "stem", "down0.conv0", "down0.conv1", "down1.conv0", "down1.conv1", "down2.conv0", "down2.conv1",
        "up1.transpose", "up1.conv0", "up1.conv1", "up0.transpose", "up0.conv0", "up0.conv1", "head",
      ])
    #expect(net.stride == 8)
    #expect(net.layer(named: "down1.conv0")?.sources == [.init(name: "down0.conv1", pooled: true, channels: 24)])
    let joined = try #require(net.layer(named: "up1.conv0"))
    #expect(joined.sources.map(\.name) == ["down1.conv1", "up1.transpose"])
    #expect(joined.weightShape == [48, 3, 3, 96] && joined.shrink == 4)
    #expect(net.layer(named: "up0.transpose")?.weightShape == [24, 2, 2, 48])
    #expect(net.layer(named: "head")?.shrink == 2)
    #expect(net.layers.filter(\.isPooled).map(\.name) == ["down0.conv1", "down1.conv1"])
  }

  @Test func oneLevelWithoutStemHasNoExpandingPath() throws {
    let net = try Architecture(stem: 1, widths: [4], classes: classes(2))
    #expect(net.layers.map(\.name) == ["down0.conv0", "down0.conv1", "head"])
    #expect(net.layers[0].sources == [.init(name: "input", pooled: false, channels: 3)])
    #expect(net.stride == 1 && net.layers.allSatisfy { !$0.isPooled })
  }

  @Test func multiplyAccumulatesAreThoseCountedByHand() throws {
    let net = try Architecture(stem: 2, widths: [2, 4], classes: classes(3))
    // 8×4 input: level 0 has 4·2 pixels, level 1 has 2·1.
    let stem = 8 * 9 * 3 * 2
    let contracting = 8 * 9 * 2 * 2 * 2 + 2 * 9 * (2 * 4 + 4 * 4)
    let expanding = 8 * 4 * 2 + 8 * 9 * (4 * 2 + 2 * 2)
    #expect(net.macs(InputSize(height: 4, width: 8)) == stem + contracting + expanding + 8 * 2 * 3)
  }

  @Test func aWindowOfFourReadsFourPixels() throws {
    let up = Upsampling(window: 4, isRectified: true)
    let net = try Architecture(stem: 1, widths: [2, 6], up: up, classes: classes(3))
    let layer = try #require(net.layer(named: "up0.transpose"))
    #expect(layer.weightShape == [2, 4, 4, 6] && layer.isRectified && !layer.hasNorm)
    #expect(layer.macs(InputSize(height: 4, width: 8)) == 32 * 4 * 6 * 2)
    #expect(try net != Architecture(stem: 1, widths: [2, 6], classes: classes(3)))
    #expect(throws: ModelError.architecture(reason: "an upsampling window of 3; it is 2 or 4")) {
      try Architecture(stem: 1, widths: [2, 6], up: Upsampling(window: 3, isRectified: true), classes: classes(3))
    }
  }

  @Test(arguments: [
    (3, [8], 2), (2, [], 2), (2, [0], 2), (2, [8, -1], 2), (1, [4096], 2), (1, [Int](repeating: 8, count: 9), 2),
    (2, [8], 0), (2, [8], 256), (2, [2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048], 2),
  ])
  func impossibleNetworksAreRefused(stem: Int, widths: [Int], classCount: Int) {
    #expect(throws: ModelError.self) {
      try Architecture(
        stem: stem, widths: widths,
        classes: (0..<classCount).map { PixelClass(name: "\($0)", color: ClassColor(0, 0, 0)) })
    }
  }

  @Test func classesOfOneNameAreRefused() {
    let twice = PixelClass(name: "road", color: ClassColor(1, 2, 3))
    #expect(throws: ModelError.architecture(reason: "two classes have the same name")) {
      try Architecture(stem: 1, widths: [4], classes: [twice, twice])
    }
  }

  @Test func inputSizeKeepsTheAspectRatioAtTheBudget() throws {
    let net = try Architecture(stem: 2, widths: [8, 8, 8, 8], classes: classes(2))
    #expect(net.inputSize(width: 1280, height: 720, budget: 512 * 288) == InputSize(height: 288, width: 512))
    #expect(net.inputSize(width: 480, height: 360, budget: 480 * 360) == InputSize(height: 368, width: 480))
    #expect(net.inputSize(width: 720, height: 1280, budget: 512 * 288) == InputSize(height: 512, width: 288))
  }

  @Test(arguments: [(1, 1), (16384, 16384), (16384, 1), (1, 16384), (3, 100_000), (Int.max, 1)])
  func inputSizeIsSaneForAnySource(width: Int, height: Int) throws {
    for (stem, levels) in [(1, 1), (2, 4), (2, 8)] {
      let net = try Architecture(stem: stem, widths: [Int](repeating: 4, count: levels), classes: classes(2))
      for budget in [1, 1000, 480 * 360, 1 << 40] {
        let size = net.inputSize(width: width, height: height, budget: budget)
        try net.check(size)
        #expect(size.pixels <= 2 * min(max(budget, 4 * net.stride * net.stride), 1 << 26))
      }
    }
  }

  @Test func inputSizesOffTheStrideAreRefused() throws {
    let net = try Architecture(stem: 2, widths: [4, 4], classes: classes(2))
    for (height, width) in [(0, 4), (6, 8), (8, 7), (-4, 4), (1 << 15, 4), (1 << 62, 1 << 62)] {
      #expect(throws: ModelError.inputSize(height: height, width: width, stride: 4)) {
        try net.check(InputSize(height: height, width: width))
      }
    }
  }

  @Test(arguments: ["#12abEF", "#000000"]) func colorsAreReadAndWritten(text: String) throws {
    #expect(ClassColor(text)?.description == text.lowercased())
  }

  @Test(arguments: ["", "#", "123456", "#12345", "#1234567", "#+12345", "#12345g", "#１２３"])
  func otherTextIsNoColor(text: String) {
    #expect(ClassColor(text) == nil)
  }
}
