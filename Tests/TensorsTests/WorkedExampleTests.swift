// Small cases worked out by hand, run on every tier.
import Tensors
import Testing

@Suite struct WorkedExampleTests {
  private static let unit = Quantization(scale: 1)

  private func tensor(_ shape: Shape, _ quantization: Quantization = unit, _ codes: [UInt8]? = nil) -> (
    QuantizedTensor, TensorMemory
  ) {
    let memory = TensorMemory(shape, quantization)
    let tensor = QuantizedTensor(shape, quantization, at: memory.base)
    if let codes { tensor.setCodes(codes) }
    return (tensor, memory)
  }

  /// Source 1 2 3 / 4 5 6, window 1…9, real arithmetic with zero padding.
  @Test(arguments: CPUTier.supported) func convolutionOfTwoRows(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let (source, sourceOwner) = tensor(Shape(height: 2, width: 3, channels: 1), Self.unit, [1, 2, 3, 4, 5, 6])
    let (output, outputOwner) = tensor(Shape(height: 2, width: 3, channels: 1))
    let layer = kernels.packConvolution3x3(weights: Array(1...9), bias: [10], multiplier: [0.5], inputChannels: [1])
    kernels.convolve3x3(source, with: layer, into: output, rows: 0..<2)
    // Top left: 1·5 + 2·6 + 4·8 + 5·9 = 94, with bias 104, halved 52. Bottom middle: (91 + 10) / 2 = 50.5, to even.
    #expect(output.codes() == [52, 82, 58, 34, 50, 34])
    withExtendedLifetime((sourceOwner, outputOwner)) {}
  }

  /// The same with a zero point of 3 on the source: bias takes −3 · sum of weights, the border holds 3.
  @Test(arguments: CPUTier.supported) func zeroPointIsFoldedIntoTheBias(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let shifted = Quantization(scale: 1, zeroPoint: 3)
    let (source, sourceOwner) = tensor(Shape(height: 2, width: 3, channels: 1), shifted, [4, 5, 6, 7, 8, 9])
    let (output, outputOwner) = tensor(Shape(height: 2, width: 3, channels: 1))
    let layer = kernels.packConvolution3x3(
      weights: Array(1...9), bias: [10 - 3 * 45], multiplier: [0.5], inputChannels: [1])
    kernels.convolve3x3(source, with: layer, into: output, rows: 0..<2)
    #expect(output.codes() == [52, 82, 58, 34, 50, 34])
    withExtendedLifetime((sourceOwner, outputOwner)) {}
  }

  /// The first example with the window times four, which makes G g G' whole: 4 12 4 12 / 24 45 15 36 / 8 15 5 12 / 28 48 16 36.
  /// Scales of one leave the values as they are; the sum of four codes is stored less 128, which the bias gives back.
  @Test(arguments: CPUTier.supported) func winogradGivesWhatTheWindowGives(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let (source, sourceOwner) = tensor(Shape(height: 2, width: 3, channels: 1), Self.unit, [1, 2, 3, 4, 5, 6])
    let (output, outputOwner) = tensor(Shape(height: 2, width: 3, channels: 1))
    let layer = kernels.packWinograd3x3(
      weights: [4, 12, 4, 12, 24, 45, 15, 36, 8, 15, 5, 12, 28, 48, 16, 36], bias: [40 + 128 * 45],
      multiplier: [0.125], inputChannels: [1], scales: [[Int16](repeating: .max, count: 16)])
    kernels.convolveWinograd3x3(source, with: layer, into: output)
    #expect(output.codes() == [52, 82, 58, 34, 50, 34])
    withExtendedLifetime((sourceOwner, outputOwner)) {}
  }

  /// Two identical windows of 255 and 0: the difference 255 halves to 127.5, rounds up to 128 and is clamped to 127.
  @Test(arguments: CPUTier.supported) func winogradClampsTransformedValues(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let (source, sourceOwner) = tensor(Shape(height: 1, width: 1, channels: 1), Self.unit, [255])
    let (output, outputOwner) = tensor(Shape(height: 1, width: 1, channels: 1))
    var weights = [Int8](repeating: 0, count: 16)
    weights[10] = 1  // the centre code alone: row 1 less row 2, column 1 less column 2
    let layer = kernels.packWinograd3x3(
      weights: weights, bias: [0], multiplier: [1], inputChannels: [1], scales: [[Int16](repeating: 16384, count: 16)])
    kernels.convolveWinograd3x3(source, with: layer, into: output)
    #expect(output.codes() == [127])
    withExtendedLifetime((sourceOwner, outputOwner)) {}
  }

  @Test(arguments: CPUTier.supported) func transposedConvolutionPaintsItsWindow(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let (source, sourceOwner) = tensor(Shape(height: 1, width: 2, channels: 1), Self.unit, [2, 3])
    let (output, outputOwner) = tensor(Shape(height: 2, width: 4, channels: 1), Quantization(scale: 1, zeroPoint: 9))
    let layer = kernels.packUpconvolution(
      weights: [1, -2, 3, 4], bias: [1], multiplier: [1], inputChannels: 1, window: 2)
    kernels.upconvolve(source, with: layer, into: output, rows: 0..<1)
    #expect(output.codes() == [12, 6, 13, 4, 16, 18, 19, 22])
    withExtendedLifetime((sourceOwner, outputOwner)) {}
  }

  @Test(arguments: CPUTier.supported) func aTransposedWindowOfFourOverlapsItsNeighbours(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let (source, sourceOwner) = tensor(Shape(height: 1, width: 2, channels: 1), Self.unit, [2, 3])
    let (output, outputOwner) = tensor(Shape(height: 2, width: 4, channels: 1))
    let layer = kernels.packUpconvolution(
      weights: Array(1...16), bias: [1], multiplier: [1], inputChannels: 1, window: 4)
    kernels.upconvolve(source, with: layer, into: output, rows: 0..<1)
    #expect(output.codes() == [13, 30, 35, 22, 21, 50, 55, 34])
    withExtendedLifetime((sourceOwner, outputOwner)) {}
  }

  /// Scores 0, ln 3 and 0, where bias and multiplier make ln 3 of 10986 units: the largest probability is 3 / 5.
  @Test(arguments: CPUTier.supported) func confidenceIsTheLargestProbability(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    // 20 pixels, so that vectors are filled; the last one has three equal scores.
    let (source, owner) = tensor(
      Shape(height: 1, width: 20, channels: 1), Self.unit, [UInt8](repeating: 1, count: 19) + [0])
    let layer = kernels.packHead(
      weights: [0, 100, 0], bias: [0, 0, 0], multiplier: [1, 0.010986123, 1], inputChannels: 1)
    var labels = [UInt8](repeating: 9, count: 20)
    var confidence = labels
    var logits = [Float](repeating: 0, count: 60)
    kernels.headArgmax(source, with: layer, labels: &labels, labelStride: 20, confidence: &confidence, rows: 0..<1)
    #expect(labels == [UInt8](repeating: 1, count: 19) + [0])
    #expect(confidence == [UInt8](repeating: 153, count: 19) + [85])
    confidence = [UInt8](repeating: 9, count: 20)
    kernels.headArgmax(
      source, with: layer, labels: &labels, labelStride: 20, confidence: &confidence, logits: &logits, rows: 0..<1)
    #expect(confidence == [UInt8](repeating: 153, count: 19) + [85])
    withExtendedLifetime(owner) {}
  }

  @Test(arguments: CPUTier.supported) func headTakesTheLowestIndexOnTies(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    let (source, owner) = tensor(Shape(height: 1, width: 3, channels: 2), Self.unit, [1, 0, 0, 1, 2, 2])
    let layer = kernels.packHead(
      weights: [0, 1, 1, 0, 2, 0], bias: [0, 0, 0], multiplier: [1, 1, 0.5], inputChannels: 2)
    var labels = [UInt8](repeating: 77, count: 3)
    var logits = [Float](repeating: 0, count: 9)
    kernels.headArgmax(source, with: layer, labels: &labels, labelStride: 3, logits: &logits, rows: 0..<1)
    #expect(logits == [0, 1, 1, 1, 0, 0, 2, 2, 2])
    #expect(labels == [1, 0, 0])
    withExtendedLifetime(owner) {}
  }

  @Test(arguments: CPUTier.supported) func blendMixesByLabelAndLeavesTheRest(tier: CPUTier) throws {
    let kernels = try Kernels(tier: tier)
    var table = BlendTable()
    table.set(label: 1, value: 200, alpha: 128)
    table.set(label: 2, value: 50, alpha: 256)
    var row: [UInt8] = [100, 100, 100, 255]
    kernels.blendRow(&row, labels: [0, 1, 2, 255], count: 4, table: table)
    #expect(row == [100, 150, 50, 255])
    var deep: [UInt16] = [1000, 1000, 1000, 1023]
    table.set(label: 1, value: 512, alpha: 64)
    kernels.blendRow(&deep, labels: [0, 1, 2, 255], count: 4, table: table)
    #expect(deep == [1000, 878, 50, 1023])
  }

  @Test(arguments: CPUTier.supported) func labelsAreCounted(tier: CPUTier) throws {
    var counts = [UInt32](repeating: 0, count: 256)
    counts[7] = 1
    try Kernels(tier: tier).countLabels([7, 7, 255, 0, 7], count: 5, into: &counts)
    #expect(counts[7] == 4 && counts[255] == 1 && counts[0] == 1)
    #expect(counts.reduce(0, +) == 6)
  }

  @Test func unknownAndUnsupportedTiersAreErrors() {
    #expect(throws: TensorError.unknownTier("sse9")) { try CPUTier(named: "sse9") }
    #expect(CPUTier.supported.contains(.c))
    for tier in CPUTier.allCases where !tier.isSupported {
      #expect(throws: TensorError.unsupportedTier(tier, supported: CPUTier.supported)) { try Kernels(tier: tier) }
    }
  }
}
