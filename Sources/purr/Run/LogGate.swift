import Foundation
import Logging
import PurrEngine
import Synchronization

/// The level of the daemon's log, for all loggers at once: a reload may change it.
final class LogGate: Sendable {
    private let index: Atomic<Int>

    init(_ level: Logger.Level) { index = Atomic(Self.index(of: level)) }

    var level: Logger.Level {
        get { Logger.Level.allCases[index.load(ordering: .relaxed)] }
        set { index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }

    /// What was chosen for the data folder, else what the environment says, else `info`.
    static func level(chosen: Logger.Level?) -> Logger.Level {
        chosen ?? ProcessInfo.processInfo.environment["PURR_LOG"].flatMap { Logger.Level(rawValue: $0) }
            ?? .info
    }
}

/// Writes what the gate lets through.
struct GatedLogHandler: LogHandler {
    private var handler: StreamLogHandler
    private let gate: LogGate

    init(_ handler: StreamLogHandler, gate: LogGate) {
        self.handler = handler
        self.gate = gate
        self.handler.logLevel = .trace
    }

    var logLevel: Logger.Level {
        get { gate.level }
        set { gate.level = newValue }
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { handler.metadataProvider }
        set { handler.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    /// What Hummingbird calls an error when a listener is told to end, as on `purr web set --off`.
    private static let ordinary: Set = [
        "Waiting on child channel: CancellationError()", "Server shutdown error: Already closed",
    ]

    func log(event: LogEvent) {
        guard !Self.ordinary.contains("\(event.message)") else { return }
        handler.log(event: event)
    }
}
