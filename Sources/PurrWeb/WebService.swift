package import Foundation
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
package import PurrEngine
internal import ServiceLifecycle

/// The web front as a service of the daemon: listens while it is set up to, and anew when that changes.
///
/// A port that cannot be had is said and tried again; mail goes on meanwhile.
package struct WebService: Service {
    private let journal: EventJournal
    private let tokens: LinkTokens
    private let shelf: WebPagesShelf
    private let logger: Logger
    private let limits: WebLimits
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let onListening: @Sendable (Int) -> Void

    /// How often the settings are looked at, and how long a port that is taken is left alone.
    private static let lookEvery = Duration.milliseconds(500)
    private static let retryAfter = Duration.seconds(5)

    /// - Parameters:
    ///   - desk: Over a connection of its own, so that the mailboxes notice its writes.
    ///   - executor: A thread that may block, of the web front's own.
    package init(
        desk: WebDesk, tokens: LinkTokens, pages: WebPagesShelf, executor: any SerialExecutor,
        now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.init(
            desk: desk, tokens: tokens, shelf: pages, executor: executor, now: now, logger: logger,
            limits: WebLimits(), instant: { .now }, onListening: { _ in })
    }

    /// - Parameters:
    ///   - instant: The clock of the shares of requests.
    ///   - onListening: Told the port each time it begins to listen.
    init(
        desk: WebDesk, tokens: LinkTokens, shelf: WebPagesShelf, executor: any SerialExecutor,
        now: @escaping @Sendable () -> Date, logger: Logger, limits: WebLimits,
        instant: @escaping @Sendable () -> ContinuousClock.Instant,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        journal = EventJournal(desk: desk, executor: executor, now: now)
        self.tokens = tokens
        self.shelf = shelf
        self.logger = logger
        self.limits = limits
        self.instant = instant
        self.onListening = onListening
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await journal.run() }
            await listen()
            await journal.close()
        }
    }

    private var isOver: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    private func listen() async {
        while !isOver {
            guard let settings = await settings(), settings.isOn else {
                try? await Task.sleep(for: Self.lookEvery)
                continue
            }
            do { try await serve(settings) } catch {
                guard !isOver else { return }
                logger.error(
                    "The web front cannot listen and tries again",
                    metadata: [
                        "web.host": "\(settings.host)", "web.port": "\(settings.port)", "error": "\(error)",
                    ])
                try? await Task.sleep(for: Self.retryAfter)
            }
        }
    }

    /// What is set up; nil when the database does not say just now.
    private func settings() async -> WebSettings? {
        try? await journal.perform { desk, _ in try desk.settings() }
    }

    /// Listens until it is to listen elsewhere, or no more.
    private func serve(_ settings: WebSettings) async throws {
        let pages = await shelf.pages
        let application = application(settings, pages)
        try await withThrowingTaskGroup { group in
            group.addTask { try await application.run() }
            group.addTask {
                while !isOver {
                    try? await Task.sleep(for: Self.lookEvery)
                    if await shelf.pages != pages { return }
                    guard let now = await self.settings() else { continue }
                    if !now.isOn || now.host != settings.host || now.port != settings.port { return }
                }
                // The server ends by itself, after what it is in the middle of.
                try? await Task.sleep(for: .seconds(3_600))
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func application(_ settings: WebSettings, _ pages: WebPages) -> some ApplicationProtocol {
        let router = Router(context: WebContext.self)
        let gate = WebGate(limits: limits, rates: RateLimits(), instant: instant)
        router.add(middleware: FailureAnswers(pages: pages))
        HealthPage.add(to: router, tokens: tokens, gate: gate, journal: journal)
        MailEndpoints(tokens: tokens, pages: pages, journal: journal, gate: gate).add(to: router)
        SiteEndpoints(tokens: tokens, pages: pages, journal: journal, gate: gate).add(to: router)
        MeetingEndpoint(journal: journal, gate: gate).add(to: router)
        let limits = limits
        let onListening = onListening
        return Application(
            router: router,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        SlowClientGuard(limits: limits) {
                            Answer.refusalParts(.contentTooLarge, to: $0, pages)
                        }
                    ],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.connections, logger: logger)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? settings.port) },
            logger: logger)
    }
}

/// The pages that are shown now; others may be put in their place while the daemon runs.
package actor WebPagesShelf {
    private(set) var pages: WebPages

    package init(_ pages: WebPages) { self.pages = pages }

    /// - Returns: Whether they are others than before.
    @discardableResult
    package func put(_ pages: WebPages) -> Bool {
        defer { self.pages = pages }
        return self.pages != pages
    }
}
