package import PurrEngine
package import Foundation

/// Makes events durable before anybody is answered, those that come together in one transaction.
///
/// SQLite waits for the disk once a transaction: thousands of events that come at once share that wait.
package actor EventJournal {
    private let desk: WebDesk
    private let executor: any SerialExecutor
    private let now: @Sendable () -> Date
    private let wakes: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private var waiting: [Waiting] = []
    private var isClosed = false

    private struct Waiting {
        let event: WebEvent
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<WebOutcome, any Error>
    }

    /// The process ends, and nothing was written.
    struct Closed: Error {}

    /// Somebody else wrote for as long as can be waited, and nothing was written.
    struct Busy: Error, CustomStringConvertible {
        let description = "The database is locked by another process."
    }

    /// Fewer than a thousand keep a transaction, for which the mailboxes' writes wait, below 20 ms.
    private static let largestBatch = 500
    /// Milliseconds that the database is waited for at once, during which nobody is answered.
    private static let onePatience = 200
    /// Between two tries.
    private static let pause = Duration.milliseconds(50)
    /// How long whoever asks is kept waiting for the database.
    private let patience: Duration

    /// - Parameters:
    ///   - desk: Over a connection of the journal's own.
    ///   - executor: A thread that may block, of the journal's own.
    package init(desk: WebDesk, executor: any SerialExecutor, now: @escaping @Sendable () -> Date) {
        self.init(desk: desk, executor: executor, now: now, patience: .milliseconds(2_500))
    }

    init(
        desk: WebDesk, executor: any SerialExecutor, now: @escaping @Sendable () -> Date, patience: Duration
    ) {
        self.desk = desk
        self.executor = executor
        self.now = now
        self.patience = patience
        (wakes, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What came of an event, once it is durable.
    ///
    /// - Throws: ``Busy`` when it could not be written in time; then it never is.
    func outcome(of event: WebEvent) async throws -> WebOutcome {
        if isClosed { throw Closed() }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(
                Waiting(event: event, deadline: .now + patience, continuation: continuation))
            bell.yield()
        }
    }

    /// A question or change that may be tried again: a transaction of its own, or several that change nothing
    /// the second time.
    func perform<Value: Sendable>(_ body: @Sendable (WebDesk, Date) throws -> Value) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        while true {
            do { return try body(desk, now()) } catch  where WebDesk.isBusy(error) {
                guard .now < deadline, !isClosed else { throw Busy() }
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Writes until ``close()``.
    func run() async {
        try? desk.setPatience(milliseconds: Self.onePatience)
        for await _ in wakes { await write() }
        isClosed = true
        for one in waiting { one.continuation.resume(throwing: Closed()) }
        waiting = []
    }

    /// Lets ``run()`` end once what waits is written.
    func close() async {
        await write()
        isClosed = true
        bell.finish()
    }

    /// Writes what waits; whoever has waited too long is told that nothing was written.
    private func write() async {
        while !waiting.isEmpty {
            if flush() { continue }
            let instant = ContinuousClock.now
            let late = waiting.filter { $0.deadline <= instant }
            waiting.removeAll { $0.deadline <= instant }
            for one in late { one.continuation.resume(throwing: Busy()) }
            // While the task is cancelled it goes on without a pause, to the deadlines.
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// - Returns: False when the database was busy, and all that could not be written still waits.
    private func flush() -> Bool {
        let batch = Array(waiting.prefix(Self.largestBatch))
        waiting.removeFirst(batch.count)
        do {
            let outcomes = try desk.record(batch.map(\.event), at: now())
            for (one, outcome) in zip(batch, outcomes) { one.continuation.resume(returning: outcome) }
        } catch  where WebDesk.isBusy(error) {
            waiting.insert(contentsOf: batch, at: 0)
            return false
        } catch {
            // One event that cannot be written must not take the others with it.
            guard batch.count > 1 else {
                for one in batch { one.continuation.resume(throwing: error) }
                return true
            }
            for (index, one) in batch.enumerated() {
                do {
                    let outcome = try desk.record([one.event], at: now()).first ?? .unknown
                    one.continuation.resume(returning: outcome)
                } catch  where WebDesk.isBusy(error) {
                    waiting.insert(contentsOf: batch[index...], at: 0)
                    return false
                } catch { one.continuation.resume(throwing: error) }
            }
        }
        return true
    }
}
