internal import Hummingbird
internal import Logging

/// What a request's endpoint knows of its connection.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other end of the connection: a reverse proxy, mostly.
    let peer: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }

    /// Whom the request is counted for.
    func client(of request: Request) -> String {
        ClientAddress.text(peer: peer, forwarded: request.headers[values: .forwardedFor].last)
    }

    /// Whether this machine itself asks, and not a proxy for somebody.
    func isOwnMachine(_ request: Request) -> Bool {
        peer.map(ClientAddress.isLoopback) == true && request.headers[.forwardedFor] == nil
    }
}
