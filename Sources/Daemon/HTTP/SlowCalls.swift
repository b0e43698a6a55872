// Calls of the directory that may take a while, kept off the threads that answer requests.
import Dispatch

/// Runs calls one after the other on a queue of their own: a change that waits for an encoder to finish must not hold
/// one of the few threads that answer all requests.
struct SlowCalls: Sendable {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label, qos: .userInitiated) }

  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(DaemonError) -> Value
  ) async throws(Problem) -> Value {
    let result: Result<Value, DaemonError> = await withCheckedContinuation { continuation in
      queue.async {
        do throws(DaemonError) { continuation.resume(returning: .success(try work())) } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw Problem(error)
    }
  }
}
