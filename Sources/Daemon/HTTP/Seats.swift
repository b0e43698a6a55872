// How many may watch at once.
import HTTPTypes
import Synchronization

/// Gives out a limited number of seats to clients whose answers do not end by themselves.
final class Seats: Sendable {
  private let free: Mutex<Int>

  init(_ count: Int) { free = Mutex(count) }

  /// - Throws: `busy` when all are taken.
  func take() throws(Problem) -> Seat {
    let isFree = free.withLock { free in
      guard free > 0 else { return false }
      free -= 1
      return true
    }
    guard isFree else {
      var problem = Problem(.busy, "too many clients read live pictures or events; try again later")
      problem.headers[.retryAfter] = "10"
      throw problem
    }
    return Seat(of: self)
  }

  fileprivate func giveBack() { free.withLock { $0 += 1 } }
}

/// A seat; whoever holds the last reference gives it back by letting go.
final class Seat: Sendable {
  private let seats: Seats

  fileprivate init(of seats: Seats) { self.seats = seats }

  deinit { seats.giveBack() }
}
