internal import Foundation
internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
package import PurrEngine
internal import ServiceLifecycle

/// Where a listener listens: an IP address and a port.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    package let port: Int

    /// Reads `127.0.0.1:9464` or `[::1]:9464`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard (try? SocketAddress(ipAddress: host, port: port)) != nil else { return nil }
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Figures and health for whoever watches the daemon, apart from the web front that the world may reach.
package struct MetricsService: Service {
    private let address: ListenAddress
    private let reader: FiguresReader
    private let version: String
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - figures: Called on `executor`; may block.
    ///   - version: Of this Purr.
    package init(
        at address: ListenAddress, executor: any SerialExecutor, version: String, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in },
        figures: @escaping @Sendable () throws -> ServiceFigures
    ) {
        self.address = address
        reader = FiguresReader(executor: executor, figures: figures)
        self.version = version
        self.logger = logger
        self.onListening = onListening
    }

    /// A port that cannot be had is said and tried again; mail goes on meanwhile.
    package func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await application().run()
            } catch {
                logger.error(
                    "The metrics cannot be listened for, it is tried again",
                    metadata: ["metrics.address": "\(address)", "error": "\(error)"])
                try? await Task.sleep(for: .seconds(5))
            }
        }
    }

    private func application() -> some ApplicationProtocol {
        let router = Router(context: WebContext.self)
        let (reader, version, onListening, port) = (reader, version, onListening, address.port)
        router.get("metrics") { _, _ in
            guard let figures = await reader.read() else { return Self.unreadable }
            return Answer.text(
                PrometheusText.text(figures, version: version), type: PrometheusText.contentType)
        }
        router.get("healthz") { _, _ in HealthPage.answer(await reader.read(), withReasons: true) }
        router.get("livez") { _, _ in Answer.text("ok") }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            logger: logger)
    }

    private static var unreadable: Response { HealthPage.answer(nil, withReasons: true) }
}

/// Reads figures on a thread that may block.
private actor FiguresReader {
    private let executor: any SerialExecutor
    private let figures: @Sendable () throws -> ServiceFigures

    init(executor: any SerialExecutor, figures: @escaping @Sendable () throws -> ServiceFigures) {
        self.executor = executor
        self.figures = figures
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Nil when the database does not answer.
    func read() -> ServiceFigures? { try? figures() }
}
