// Lengths of time, read and written.
import Settings
import Testing

@Suite struct TimeSpanTests {
  @Test(arguments: [
    ("200ms", 0.2), ("1.5s", 1.5), ("90", 90), ("2m", 120), ("1h", 3600), ("1:30", 90), ("0:01:30.5", 90.5), ("0", 0),
  ])
  func itsFormsAreRead(text: String, seconds: Double) { #expect(TimeSpan(text)?.seconds == seconds) }

  @Test(arguments: ["", "s", "-1s", "1d", "1:", ":", "1:2:3:4", "nan", "inf", "1e300", "1e99h", "ten", "1 s"])
  func whatIsNoLengthOfTimeIsRefused(text: String) { #expect(TimeSpan(text) == nil) }

  @Test(arguments: [
    (0.2, "200ms"), (0.0005, "0.5ms"), (1, "1s"), (1.5, "1.5s"), (90, "90s"), (600, "10m"), (0, "0s"), (121, "121s"),
  ])
  func theShortestFormIsWritten(seconds: Double, text: String) {
    #expect(TimeSpan(seconds: seconds).description == text)
    #expect(TimeSpan(text)?.seconds == seconds)
  }
}
