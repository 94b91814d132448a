package import Foundation
internal import PurrSequences
package import PurrStore

/// One mailbox's machine on the engine's thread: its database work blocks nobody else.
package actor MailboxEngine {
    private var machine: MailboxMachine
    private let store: Store
    private let executor: any SerialExecutor
    private let now: @Sendable () -> Date

    /// What a step decided, and the writes on which that rests.
    struct Decision: Sendable {
        let step: MachineStep
        /// To be settled before anything is done about the step; nil where all is durable.
        let group: WriteGroup?
    }

    /// What was done about a step.
    struct Done: Sendable {
        let effect: Effect
        let outcome: Outcome
    }

    /// - Parameters:
    ///   - makeMachine: A machine over the store that it is given.
    ///   - store: Where the engines of all mailboxes write; one commit serves all that wait for one.
    ///   - executor: One thread for all engines: SQLite has one writer.
    ///   - now: The engine's clock.
    package init(
        store: Store, executor: any SerialExecutor, now: @escaping @Sendable () -> Date,
        makeMachine: (Store) -> MailboxMachine
    ) {
        self.store = store.grouping()
        self.machine = makeMachine(self.store)
        self.executor = executor
        self.now = now
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Records what was done, and decides what is next.
    func step(after done: Done?) throws(StoreError) -> Decision {
        do throws(StoreError) {
            if let done { try machine.record(done.outcome, of: done.effect, now: now()) }
            return Decision(step: try machine.next(now: now()), group: store.openGroup)
        } catch {
            // What was written before it failed stands, and nobody else may come to settle it.
            try? settleNow()
            throw error
        }
    }

    /// Makes durable what a step rests on.
    ///
    /// On the thread of all engines, behind what others have asked of it by now: their writes go with it.
    func settle(_ group: WriteGroup) throws(StoreError) { try store.settle(group) }

    /// Records what was done last, durably.
    func finish(_ done: Done) throws(StoreError) {
        do throws(StoreError) { try machine.record(done.outcome, of: done.effect, now: now()) } catch {
            try? settleNow()
            throw error
        }
        try settleNow()
    }

    private func settleNow() throws(StoreError) {
        if let group = store.openGroup { try store.settle(group) }
    }

    func notice() { machine.notice() }

    func retry() { machine.retry() }

    var isWatching: Bool { machine.isWatching }
}
