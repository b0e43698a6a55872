// A stream's status, once a second, as the text of server-sent events.

/// Makes events.
enum EventFeed {
  /// A `status` event at once and then every second; a `gone` event when the stream is removed, and the end.
  static func events(
    of name: String, in directory: any StreamDirectory, every interval: Duration = .seconds(1)
  ) -> AsyncStream<String> {
    let feed = Feed(name: name, directory: directory, interval: interval)
    return AsyncStream { await feed.next() }
  }

  private actor Feed {
    let name: String
    let directory: any StreamDirectory
    let interval: Duration
    private var due = ContinuousClock.now
    private var isOver = false

    init(name: String, directory: any StreamDirectory, interval: Duration) {
      (self.name, self.directory, self.interval) = (name, directory, interval)
    }

    func next() async -> String? {
      guard !isOver else { return nil }
      // Cancelled means that the client has gone.
      do { try await Task.sleep(until: due, clock: .continuous) } catch { return nil }
      due = max(due + interval, .now)
      do throws(DaemonError) {
        return EventFeed.event("status", JSONText.buffer(try directory.status(of: name)).readableText)
      } catch {
        isOver = true
        return EventFeed.event("gone", JSONText.buffer(Problem(error).document(instance: "")).readableText)
      }
    }
  }

  /// - Parameter data: one line.
  static func event(_ kind: String, _ data: String) -> String { "event: \(kind)\ndata: \(data)\n\n" }
}
