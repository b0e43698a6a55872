import Daemon
import Testing

@Suite struct StatusTests {
  @Test func anErrorNamesTheNearestStream() {
    #expect("\(DaemonError.noStream("frnt", nearest: "front"))" == "there is no stream 'frnt'; did you mean 'front'?")
  }
}
