package import Foundation
package import Logging
internal import PurrSequences
internal import PurrStore
internal import ServiceLifecycle

/// Looks for what a person must know of at once, and says it.
package struct AlarmService: Service {
    private let clerk: AlarmClerk
    private let port: any AlarmPort
    private let logger: Logger
    private let every: Duration

    /// - Parameters:
    ///   - desk: Over a connection of its own, so that the mailboxes notice its writes.
    ///   - executor: A thread that may block, shared with nothing that must not wait.
    ///   - every: How often it looks, in real time.
    package init(
        desk: AlarmDesk, port: any AlarmPort, executor: any SerialExecutor,
        now: @escaping @Sendable () -> Date, logger: Logger, every: Duration = .seconds(5)
    ) {
        clerk = AlarmClerk(desk: desk, executor: executor, now: now)
        self.port = port
        self.logger = logger
        self.every = every
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var isStarted = false
            while !Task.isCancelled {
                do {
                    if !isStarted { try await clerk.start() }
                    isStarted = true
                    try await round()
                } catch {
                    logger.error("Alarms cannot be looked for", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: every)
            }
        }
    }

    private func round() async throws {
        let (raised, cleared) = try await clerk.look()
        if raised > 0 { logger.warning("Alarms were raised", metadata: ["count": "\(raised)"]) }
        if cleared > 0 { logger.notice("Alarms are over", metadata: ["count": "\(cleared)"]) }
        // Several may wait for one target: each round takes the first of each.
        while !Task.isCancelled {
            let errands = try await clerk.errands()
            guard !errands.isEmpty else { return }
            await withDiscardingTaskGroup { group in
                for errand in errands {
                    group.addTask { await attempt(errand) }
                }
            }
        }
    }

    private func attempt(_ errand: AlarmErrand) async {
        let verdict = await port.attempt(errand)
        do {
            let state = try await clerk.record(verdict, of: errand)
            guard case .failed(let words) = verdict else { return }
            let metadata: Logger.Metadata = ["alarm.delivery": "\(errand.delivery)", "reason": "\(words)"]
            if state == .failed {
                logger.error("An alarm could not be delivered", metadata: metadata)
            } else {
                logger.warning("An alarm could not be delivered, it goes again", metadata: metadata)
            }
        } catch {
            logger.error(
                "What came of an alarm could not be written",
                metadata: ["alarm.delivery": "\(errand.delivery)", "error": "\(error)"])
        }
    }
}

/// The desk on a thread of its own.
private actor AlarmClerk {
    private let desk: AlarmDesk
    private let executor: any SerialExecutor
    private let now: @Sendable () -> Date
    /// When this process began to watch, or woke up.
    private var since: Date?
    private var lookedAt: ContinuousClock.Instant?

    init(desk: AlarmDesk, executor: any SerialExecutor, now: @escaping @Sendable () -> Date) {
        self.desk = desk
        self.executor = executor
        self.now = now
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func start() throws { try desk.start(at: now()) }

    func look() throws -> (raised: Int, cleared: Int) {
        let instant = ContinuousClock.now
        // The machine slept: what did not happen meanwhile is nobody's fault.
        if let lookedAt, instant - lookedAt > .seconds(120) { since = nil }
        lookedAt = instant
        let now = now()
        let begin = since ?? now
        since = begin
        return try desk.look(at: now, since: begin)
    }

    func errands() throws -> [AlarmErrand] { try desk.errands(at: now()) }

    func record(_ verdict: AlarmVerdict, of errand: AlarmErrand) throws -> AlarmDeliveryRecord.State {
        try desk.record(verdict, of: errand, at: now())
    }
}
