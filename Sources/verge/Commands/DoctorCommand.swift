// verge doctor: what this machine can do, and what is missing.
import ArgumentParser
import Foundation

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Tells what this machine can do: processor, codecs, models, and the frame rate to expect.",
    discussion: """
      It measures for some seconds, so leave the machine alone meanwhile.

      Examples:
        verge doctor
        verge doctor --threads 1             as if there were one core
        verge doctor --model carla --json
        verge doctor --config verge.yaml     also what serve would say of it, and whether its streams fit this machine

      Status 0 when everything that segmenting needs is there, 1 when something is missing.
      """)

  @OptionGroup var compute: ComputeArguments

  @Option(help: ArgumentHelp("Check a configuration of verge serve, and all that it names.", valueName: "file"))
  var config: String?

  @Flag(help: "Leave out what takes seconds: the frame rates to expect.")
  var quick = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    var diagnosis = try Diagnosis(compute, quick: quick)
    if let config { diagnosis.inspect(configuration: config) }
    if json {
      try printJSON(diagnosis)
    } else {
      for line in diagnosis.lines { try Console.standard.data(line) }
    }
    guard diagnosis.problems.isEmpty else { throw ExitCode(ExitStatus.failed) }
  }
}
