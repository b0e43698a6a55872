// Ends connections whose clients do not send, or do not read, within a time.
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Watches one connection: a request's head must come within the time after the last answer, its body within the time
/// after the head, and what is written must be taken within the time.
///
/// Used on the connection's event loop only.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// What the client owes.
  private enum Debt { case head, body, nothing }

  private let limit: TimeAmount
  private var debt = Debt.head
  private var readDue: NIODeadline
  private var readTimer: Scheduled<Void>?
  private var writeTimer: Scheduled<Void>?
  private var closeTimer: Scheduled<Void>?
  /// Requests whose answer has not ended.
  private var unanswered = 0
  private var hasBegunAnswer = false
  private var closesAfterAnswer = false

  init(limit: Duration) {
    self.limit = TimeAmount(limit)
    readDue = .now() + self.limit
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { owe(.head, context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    owe(.head, context)
    context.fireChannelActive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      unanswered += 1
      owe(.body, context)
    case .body: break
    // An answer may have been quicker than the body that it did not wait for.
    case .end: if unanswered == 0 { owe(.head, context) } else { debt = .nothing }
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      hasBegunAnswer = true
      if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
      context.write(data, promise: promise)
    case .body: context.write(data, promise: promise)
    case .end:
      context.write(data, promise: promise)
      answered(context)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      writeTimer?.cancel()
      writeTimer = nil
    } else if writeTimer == nil {
      writeTimer = after(limit, context) { context in context.close(promise: nil) }
    }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .outputClosed? = event as? ChannelEvent { linger(context) }
    context.fireUserInboundEventTriggered(event)
  }
}

extension ConnectionDeadlines {
  private func answered(_ context: ChannelHandlerContext) {
    unanswered -= 1
    hasBegunAnswer = false
    if closesAfterAnswer {
      context.flush()
      context.close(mode: .output, promise: nil)
      linger(context)
    } else if unanswered == 0, debt == .nothing {
      owe(.head, context)
    }
  }

  /// Gives the client a second to read the answer: closing at once, with bytes of it unread, would reset the connection
  /// and take the answer away.
  private func linger(_ context: ChannelHandlerContext) {
    guard closeTimer == nil else { return }
    closeTimer = after(.seconds(1), context) { context in context.close(promise: nil) }
  }

  /// The timer runs on through requests that come in time, and looks at what is due when it fires: setting one up for
  /// each request would cost more than the request.
  private func owe(_ debt: Debt, _ context: ChannelHandlerContext) {
    self.debt = debt
    readDue = .now() + limit
    if readTimer == nil { watch(context) }
  }

  private func watch(_ context: ChannelHandlerContext) {
    readTimer = after(readDue - .now(), context) { [self] context in
      readTimer = nil
      if debt == .nothing { return }
      if NIODeadline.now() < readDue { return watch(context) }
      expire(context)
    }
  }

  private func expire(_ context: ChannelHandlerContext) {
    guard debt == .body, !hasBegunAnswer else { return context.close(promise: nil) }
    let head = HTTPResponse(status: .requestTimeout, headerFields: [.connection: "close", .contentLength: "0"])
    write(context: context, data: wrapOutboundOut(.head(head)), promise: nil)
    write(context: context, data: wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func after(
    _ time: TimeAmount, _ context: ChannelHandlerContext, _ act: @escaping (ChannelHandlerContext) -> Void
  ) -> Scheduled<Void> {
    let bound = NIOLoopBound((context, act), eventLoop: context.eventLoop)
    return context.eventLoop.scheduleTask(in: time) { bound.value.1(bound.value.0) }
  }

  private func cancel() {
    for timer in [readTimer, writeTimer, closeTimer] { timer?.cancel() }
    (readTimer, writeTimer, closeTimer) = (nil, nil, nil)
  }
}
