internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Keeps connections from being held by those who send slowly, too much, or nothing.
///
/// Each request has a deadline for its header and one for its body, however the bytes trickle in. A body
/// that is announced too large is refused before any of it is read. After a response that says
/// `Connection: close` what still comes in is thrown away for a moment, because closing at once resets the
/// connection and the client loses the answer (RFC 9112 §9.6).
final class SlowClientGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: WebLimits
    /// What is said of a body that is too large, by the fields of its request.
    private let tooLarge: @Sendable (HTTPFields) -> (fields: HTTPFields, text: String)
    private var deadline: Scheduled<Void>?
    private var bodyBytes = 0
    private var isRequestRead = true
    private var closesAfterResponse = false
    private var isClosing = false

    init(
        limits: WebLimits, tooLarge: @escaping @Sendable (HTTPFields) -> (fields: HTTPFields, text: String)
    ) {
        self.limits = limits
        self.tooLarge = tooLarge
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { close(context, in: limits.header) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelActive(context: ChannelHandlerContext) {
        close(context, in: limits.header)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else {
            if case .body(let bytes) = unwrapInboundIn(data) { bodyBytes += bytes.readableBytes }
            if bodyBytes > limits.lingerBytes { context.close(promise: nil) }
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            isRequestRead = false
            bodyBytes = 0
            close(context, in: limits.body)
            let length = head.headerFields[.contentLength].map { Int($0) ?? .max } ?? 0
            guard length <= limits.bodyBytes else { return refuse(head, context) }
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            // The endpoints refuse what is over the limit; one that reads no body would be sent it for ever.
            guard bodyBytes <= 4 * limits.bodyBytes else {
                context.close(promise: nil)
                return
            }
        case .end:
            isRequestRead = true
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            closesAfterResponse = head.headerFields[.connection]?.lowercased() == "close"
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            if closesAfterResponse {
                linger(context)
            } else if isRequestRead {
                close(context, in: limits.idle)
            }
        }
    }

    private func refuse(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        var (fields, text) = tooLarge(request.headerFields)
        let body = ByteBuffer(string: text)
        fields[.contentLength] = "\(body.readableBytes)"
        let head = HTTPResponse(status: .contentTooLarge, headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    /// Says that nothing more will be said, and listens to deaf ears for a little while.
    private func linger(_ context: ChannelHandlerContext) {
        isClosing = true
        context.close(mode: .output, promise: nil)
        close(context, in: limits.linger)
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}

/// The sizes and times the web front works with.
struct WebLimits: Sendable {
    /// The most bytes of a request's body: forms and webhooks have a few thousand.
    var bodyBytes = 65_536
    /// The most bytes of a request's header fields together.
    var headerBytes = 16_384
    /// From the connection to the end of the first request's header.
    var header = TimeAmount.seconds(10)
    /// From the header to the end of the body.
    var body = TimeAmount.seconds(20)
    /// From a response to the end of the next request's header.
    var idle = TimeAmount.seconds(60)
    /// After a response that ends the connection, and the most bytes thrown away meanwhile.
    var linger = TimeAmount.seconds(2)
    var lingerBytes = 4 << 20
    /// The most connections at once; more wait in the kernel's queue.
    var connections = 2_000
}
