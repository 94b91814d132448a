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
        let continuation: CheckedContinuation<WebOutcome, any Error>
    }

    /// The process ends, and nothing was written.
    struct Closed: Error {}

    /// Fewer than a thousand keep a transaction, for which the mailboxes' writes wait, below 20 ms.
    private static let largestBatch = 500

    /// - Parameter executor: A thread that may block, of the journal's own.
    package init(desk: WebDesk, executor: any SerialExecutor, now: @escaping @Sendable () -> Date) {
        self.desk = desk
        self.executor = executor
        self.now = now
        (wakes, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What came of an event, once it is durable.
    func outcome(of event: WebEvent) async throws -> WebOutcome {
        if isClosed { throw Closed() }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(Waiting(event: event, continuation: continuation))
            bell.yield()
        }
    }

    /// A question or change that is a transaction of its own.
    func perform<Value: Sendable>(_ body: @Sendable (WebDesk, Date) throws -> Value) throws -> Value {
        try body(desk, now())
    }

    /// Writes until ``close()``.
    func run() async {
        for await _ in wakes {
            while !waiting.isEmpty { flush() }
        }
        isClosed = true
        for one in waiting { one.continuation.resume(throwing: Closed()) }
        waiting = []
    }

    /// Lets ``run()`` end once what waits is written.
    func close() {
        while !waiting.isEmpty { flush() }
        isClosed = true
        bell.finish()
    }

    private func flush() {
        let batch = Array(waiting.prefix(Self.largestBatch))
        waiting.removeFirst(batch.count)
        do {
            let outcomes = try desk.record(batch.map(\.event), at: now())
            for (one, outcome) in zip(batch, outcomes) { one.continuation.resume(returning: outcome) }
        } catch {
            // One event that cannot be written must not take the others with it.
            guard batch.count > 1 else {
                for one in batch { one.continuation.resume(throwing: error) }
                return
            }
            for one in batch {
                do {
                    let outcome = try desk.record([one.event], at: now()).first ?? .unknown
                    one.continuation.resume(returning: outcome)
                } catch { one.continuation.resume(throwing: error) }
            }
        }
    }
}
