// The program: its commands, and how a failure becomes a line and an exit status.
import ArgumentParser
import CFFmpeg
import Foundation

@main
struct Verge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verge",
    abstract: "Segments the road, live: driving video in, a class for every pixel out.",
    discussion: """
      The first minutes:
        verge segment drive.mp4                     writes drive.overlay.mp4
        verge serve --config verge.yaml             live streams, with a page at http://127.0.0.1:8080
        verge segment drive.mp4 -o null: --json     measures, writes nothing
        verge doctor                                what this machine can do
        verge bench                                 frames per second, stage by stage

      Every command explains itself: verge COMMAND --help.
      Exit status: 0 done, 1 failed, 2 wrong usage, 130 and 143 interrupted (the output is finished first).
      """,
    version: "verge \(version)",
    subcommands: [
      SegmentCommand.self, ServeCommand.self, BenchCommand.self, TrainCommand.self, EvalCommand.self,
      QuantizeCommand.self,
      ExtractCommand.self, MasksCommand.self, InspectCommand.self, ExportCommand.self, ImportCommand.self,
      ScenesCommand.self, StatusCommand.self, DoctorCommand.self,
    ])

  static let version = "0.1.0"

  static func main() {
    // A reader that goes away and a file that may grow no more shall be errors of the write, which can be told, not a
    // silent death.
    signal(SIGPIPE, SIG_IGN)
    cff_limit_heaps(2)
    signal(SIGXFSZ, SIG_IGN)
    Foundation.exit(status(of: Array(CommandLine.arguments.dropFirst())))
  }

  /// Runs one command line to its exit status.
  private static func status(of arguments: [String]) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      return ExitStatus.done
    } catch {
      return report(error, arguments: arguments)
    }
  }

  /// Tells what went wrong on standard error (or prints the help that was asked for) and gives the exit status.
  private static func report(_ error: any Error, arguments: [String]) -> Int32 {
    if let interruption = error as? Interruption { return interruption.status }
    if let status = error as? ExitCode { return status.rawValue }
    let code = exitCode(for: error)
    if code == .success {
      return Console.standard.printData(fullMessage(for: error)) ? ExitStatus.done : ExitStatus.failed
    }
    guard code == .validationFailure else {
      Console.standard.error(Console.oneLine(error))
      return ExitStatus.failed
    }
    let name = arguments.first.flatMap { first in
      configuration.subcommands.first { $0.configuration.commandName == first }?.configuration.commandName
    }
    let help = (["verge"] + (name.map { [$0] } ?? []) + ["--help"]).joined(separator: " ")
    Console.standard.error("\(Console.oneLine(message(for: error))) (see \(help))")
    return ExitStatus.usage
  }
}
