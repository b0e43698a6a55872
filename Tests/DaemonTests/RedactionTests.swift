// What must not be seen, and what may.
import Testing

@testable import Daemon

@Suite struct RedactionTests {
  @Test(arguments: [
    ("rtsp://admin:pw@cam:554/a", "rtsp://***@cam:554/a"), ("rtsp://admin@cam/a", "rtsp://***@cam/a"),
    ("cannot open 'rtsp://u:p@h/x': timed out", "cannot open 'rtsp://***@h/x': timed out"),
    ("rtsp://u:p/w@h/x", "rtsp://***@h/x"), ("rtsp://u:p@w@h/x", "rtsp://***@h/x"),
    ("http://h/a?token=abc&x=1", "http://h/a?token=***&x=1"),
    ("http://h/?x=1&api_key=k#f", "http://h/?x=1&api_key=***#f"),
    ("srt://h:9?passphrase=abcdefghij&mode=caller", "srt://h:9?passphrase=***&mode=caller"),
    ("a://u:p@h b://v:q@i", "a://***@h b://***@i"), ("ftp://u:p@h;type=a", "ftp://***@h;type=a"),
    ("https://h/?X-Amz-Signature=1a2b&X-Amz-Date=3", "https://h/?X-Amz-Signature=***&X-Amz-Date=3"),
  ])
  func credentialsAreHidden(text: String, shown: String) { #expect(Redactor()(text) == shown) }

  @Test(arguments: [
    "rtsp://cam:554/a", "http://[::1]:8080/a@b", "udp://127.0.0.1:9000?pkt_size=1316", "a@b.example", "fps=30 late=2",
    "http://h:80/@user/video.mp4", "no secrets here", "", "://", "=", "a=", "://@",
  ])
  func theRestStays(text: String) {
    #expect(Redactor()(text) == (text == "://@" ? "://***@" : text))
  }

  @Test func secretsAreHiddenWhereverTheyAre() {
    let redact = Redactor(secrets: ["stream-key", "key", "stream-key-2"])
    #expect(redact("rtmp://live/app/stream-key-2 and stream-key") == "rtmp://live/app/*** and ***")
    #expect(redact("a key") == "a key")
  }

  @Test func secretsOfBeforeStayHidden() {
    let redact = Redactor(secrets: ["old-token"]).hiding(Redactor(secrets: ["new-token"]))
    #expect(redact("old-token, new-token") == "***, ***")
  }

  @Test func theTokenIsASecret() {
    var settings = DaemonSettings()
    settings.http.token = "abcdefgh"
    #expect(Redactor(settings)("got 'abcdefgh'") == "got '***'")
  }

  @Test func longTextIsNoTrouble() {
    let text = String(repeating: "://:@=", count: 1000)
    #expect(Redactor(secrets: ["none of it"])(text).contains("***"))
  }
}
