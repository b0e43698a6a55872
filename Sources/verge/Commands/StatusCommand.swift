// verge status: the streams of a running daemon.
import ArgumentParser
import Foundation
import Synchronization

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows the streams of a running verge serve.",
    discussion: """
      Examples:
        verge status
        verge status --watch
        VERGE_HTTP_TOKEN=… verge status --url http://wall:8080
        verge status --json | jq '.[] | {name, state}'

      late: frames dropped to keep the latency low; dropped: frames that outputs could not take. The token of the
      environment is seen by nobody else; that of --token is, in the list of processes.
      """)

  @Option(help: ArgumentHelp("Where the daemon listens.", valueName: "http://host:port"))
  var url = "http://127.0.0.1:8080"

  @Option(help: ArgumentHelp("The daemon's token.", discussion: "Default: $VERGE_HTTP_TOKEN."))
  var token: String?

  @Flag(help: "Print the daemon's JSON.")
  var json = false

  @Flag(help: "Show it anew every second, until interrupted.")
  var watch = false

  func run() throws {
    let known = token ?? ProcessInfo.processInfo.environment["VERGE_HTTP_TOKEN"]
    let client = try StatusClient(url: url, token: known.flatMap { $0.isEmpty ? nil : $0 })
    guard watch else { return try show(client, columns: nil) }
    let stopped = DispatchSemaphore(value: 0)
    let interrupts = Interrupts { stopped.signal() }
    repeat { try refresh(client) } while stopped.wait(timeout: .now() + 1) == .timedOut
    try interrupts.check()
  }

  /// On a terminal the last picture is replaced, and a daemon that is away for a while is waited for.
  private func refresh(_ client: StatusClient) throws {
    guard isatty(STDOUT_FILENO) == 1, !json else { return try show(client, columns: nil) }
    let lines: [String]
    do throws(CommandError) {
      lines = try StatusTable(client.get(Self.path), from: url).lines(columns: Console.standard.columns)
    } catch {
      lines = [Console.oneLine(error)]
    }
    try Console.standard.data("\u{1B}[H\u{1B}[2J" + lines.joined(separator: "\n"))
  }

  private func show(_ client: StatusClient, columns: Int?) throws {
    let body = try client.get(Self.path)
    let table = try StatusTable(body, from: url)
    if json { return try Console.standard.data(Console.oneLine(String(decoding: body, as: UTF8.self))) }
    for line in table.lines(columns: columns) { try Console.standard.data(line) }
  }

  private static let path = "/v1/streams"
}
