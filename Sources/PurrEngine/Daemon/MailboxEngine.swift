package import Foundation
internal import PurrSequences
internal import PurrStore

/// One mailbox's machine on the engine's thread: its database work blocks nobody else.
package actor MailboxEngine {
    private var machine: MailboxMachine
    private let executor: any SerialExecutor
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - executor: One thread for all engines: SQLite has one writer.
    ///   - now: The engine's clock.
    package init(machine: MailboxMachine, executor: any SerialExecutor, now: @escaping @Sendable () -> Date)
    {
        self.machine = machine
        self.executor = executor
        self.now = now
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func next() throws(StoreError) -> MachineStep { try machine.next(now: now()) }

    func record(_ outcome: Outcome, of effect: Effect) throws(StoreError) {
        try machine.record(outcome, of: effect, now: now())
    }

    func notice() { machine.notice() }

    func retry() { machine.retry() }

    var isWatching: Bool { machine.isWatching }
}
