// The table of all routes.
import Hummingbird
import Logging

/// What the handlers share.
struct API: Sendable {
  let directory: any StreamDirectory
  let gate: Gate
  let page: PageFiles
  let bodyLimit: Int
  let logger: Logger
  let changes = SlowCalls(label: "verge.http.changes")
  let pictures = SlowCalls(label: "verge.http.pictures")
  let cache = StatusCache()
  let requests = RequestMetrics()
  let seats = Seats(API.liveLimit)

  /// Clients of live pictures and events; the other connections stay free for everything else.
  static let liveLimit = 64

  /// Everything the server answers; `etc/openapi.yaml` describes the same, which a test checks.
  var routes: [Route] {
    [
      Route(.get, "/healthz", handle: health),
      Route(.get, "/readyz", handle: readiness),
      Route(.get, "/metrics", handle: metrics),
      Route(.get, "/v1/daemon", handle: daemon),
      Route(.post, "/v1/reload", handle: reload),
      Route(.post, "/v1/session", isOpen: true, handle: openSession),
      Route(.delete, "/v1/session", handle: closeSession),
      Route(.get, "/v1/streams", handle: list),
      Route(.post, "/v1/streams", handle: add),
      Route(.get, "/v1/streams/{name}", handle: status),
      Route(.patch, "/v1/streams/{name}", handle: change),
      Route(.delete, "/v1/streams/{name}", handle: remove),
      Route(.post, "/v1/streams/{name}/pause", handle: pause),
      Route(.post, "/v1/streams/{name}/resume", handle: resume),
      Route(.post, "/v1/streams/{name}/restart", handle: restart),
      Route(.post, "/v1/streams/{name}/shadow/promote", handle: promoteShadow),
      Route(.delete, "/v1/streams/{name}/shadow", handle: dropShadow),
      Route(.get, "/v1/streams/{name}/frame.jpg", handle: frame),
      Route(.get, "/v1/streams/{name}/mask.png", handle: mask),
      Route(.get, "/v1/streams/{name}/live.mjpeg", handle: live),
      Route(.get, "/v1/streams/{name}/events", handle: events),
      Route(.get, "/", handle: index),
      Route(.get, "/assets/{file}", handle: asset),
    ]
  }
}
