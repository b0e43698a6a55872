// etc/openapi.yaml against the code, both ways.
import Foundation
import Logging
import Testing
import Yams

@testable import Daemon
@testable import Pipeline

@Suite struct OpenAPITests {
  private typealias Tree = [String: Any]
  private let document: Tree

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "etc/openapi.yaml"), encoding: .utf8)
    document = try #require(try Yams.load(yaml: text) as? Tree)
  }

  private func tree(_ path: String...) -> Tree {
    path.reduce(document) { $0[$1] as? Tree ?? [:] }
  }

  @Test func itDescribesExactlyTheRoutes() {
    let api = API(
      directory: FakeDirectory(), gate: Gate(token: "", origins: [], sessions: Sessions()),
      page: PageFiles(folder: nil),
      bodyLimit: 100, logger: .init(label: "test"))
    let coded = Set(api.routes.map { "\($0.method) \($0.path)" })
    var described: Set<String> = []
    for (path, item) in tree("paths") {
      for method in (item as? Tree ?? [:]).keys where method != "parameters" {
        described.insert("\(method.uppercased()) \(path)")
      }
    }
    #expect(described.subtracting(coded) == [], "described, but there is no such route")
    #expect(coded.subtracting(described) == [], "there is such a route, but it is not described")
  }

  @Test func everyReferenceLeadsSomewhere() throws {
    var references: Set<String> = []
    collect(document, into: &references)
    #expect(references.count > 10)
    for reference in references {
      let steps = reference.dropFirst(2).split(separator: "/").map(String.init)
      #expect(steps.dropLast().reduce(document) { $0[$1] as? Tree ?? [:] }[steps.last!] != nil, "\(reference)")
    }
  }

  private func collect(_ value: Any, into references: inout Set<String>) {
    if let tree = value as? Tree {
      if let reference = tree["$ref"] as? String { references.insert(reference) }
      for child in tree.values { collect(child, into: &references) }
    } else if let list = value as? [Any] {
      for child in list { collect(child, into: &references) }
    }
  }

  @Test func everyOperationHasAnAnswerAndAnIdOfItsOwn() {
    var names: [String] = []
    for (path, item) in tree("paths") {
      for case let operation as Tree in (item as? Tree ?? [:]).values {
        names.append(operation["operationId"] as? String ?? "")
        #expect((operation["responses"] as? Tree)?.isEmpty == false, "\(path)")
      }
    }
    #expect(Set(names).count == names.count && !names.contains(""))
  }

  @Test(arguments: samples) func aSchemaHasExactlyTheMembersOfItsValue(sample: Sample) throws {
    let properties = Set(tree("components", "schemas", sample.schema, "properties").keys)
    #expect(properties == sample.members, "\(sample.schema)")
    let required = tree("components", "schemas", sample.schema)["required"] as? [String] ?? []
    #expect(Set(required) == sample.members.subtracting(sample.optional), "\(sample.schema)")
  }

  struct Sample: Sendable, CustomTestStringConvertible {
    let schema: String
    let members: Set<String>
    let optional: Set<String>
    var testDescription: String { schema }

    init(_ schema: String, _ value: some Encodable, optional: Set<String> = []) {
      let object = try? JSONSerialization.jsonObject(with: Data(JSONText.buffer(value).readableText.utf8))
      (self.schema, self.optional) = (schema, optional)
      members = Set((object as? [String: Any] ?? [:]).keys)
    }
  }

  /// A value of each type with every optional member there.
  static let samples: [Sample] = {
    let incident = Incident(time: Date(), message: "")
    var status = FakeDirectory.sample("front")
    (status.lastError, status.size, status.shadow) = (incident, "2x2", ShadowStatus(model: "", share: 0))
    var output = OutputStatus(output: "", state: .writing)
    output.lastError = incident
    let problem = ProblemDocument(type: "", title: "", status: 0, detail: "", instance: "", nearest: "")
    return [
      Sample("StreamStatus", status, optional: ["last_error", "size", "shadow"]), Sample("Incident", incident),
      Sample("FrameCounts", FrameCounts()), Sample("Rates", Rates()), Sample("LatencySummary", LatencySummary()),
      Sample("StageReport", StageReport(name: "", count: 0, p50: 0, p95: 0, p99: 0, busy: 0)),
      Sample("ClassShare", ClassShare(name: "", color: "", share: 0, painted: true)),
      Sample("OverlayState", status.overlay), Sample("OutputStatus", output, optional: ["last_error"]),
      Sample("ShadowStatus", ShadowStatus(model: "", share: 0)), Sample("DaemonStatus", FakeDirectory().daemon),
      Sample("ReloadReport", ReloadReport()), Sample("Problem", problem, optional: ["nearest"]),
    ]
  }()

  @Test func theStatesAreThoseOfTheCode() {
    let states = tree("components", "schemas", "StreamStatus", "properties", "state")["enum"] as? [String]
    #expect(states == StreamStatus.State.allCases.map(\.rawValue))
  }
}
