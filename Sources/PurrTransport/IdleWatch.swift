import Glibc
import Synchronization

/// One thread that waits for all idle sockets: an idle mailbox costs a socket and no thread.
package final class IdleWatch: Sendable {
    /// How a wait ended.
    package enum Outcome: Hashable, Sendable {
        /// There is something to read, or the connection has ended, which reading will tell.
        case readable
        /// Somebody rang, now or since the last wait under the same key.
        case rung
        case timedOut
        /// The waiting task was cancelled, or the watch was closed.
        case cancelled
    }

    private let watch: Watch

    /// Starts the thread.
    package init(name: String = "idle-watch") {
        watch = Watch()
        startThread(name) { [watch] in watch.run() }
    }

    deinit { watch.close() }

    /// Waits until the socket has something to read.
    ///
    /// Look with `IMAPConnection.news()` first: TLS may hold bytes that the socket no longer has. The
    /// connection must not be dropped meanwhile, because its descriptor's number could be given to
    /// another; cancel the waiting task instead.
    package func readable(_ socket: Int32, until deadline: Deadline) async -> Outcome {
        guard socket >= 0 else { return .readable }
        return await wait(socket, key: nil, until: deadline)
    }

    /// Waits until the socket has something to read, or somebody rings for the key.
    ///
    /// - Parameter socket: −1 for none.
    package func wait(_ socket: Int32, key: Int, until deadline: Deadline) async -> Outcome {
        await wait(socket, key: key as Int?, until: deadline)
    }

    /// Ends the wait under that key, or the next one if none is under way.
    package func ring(_ key: Int) { watch.ring(key) }

    private func wait(_ socket: Int32, key: Int?, until deadline: Deadline) async -> Outcome {
        let id = watch.nextID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                watch.add(
                    Watch.Wait(
                        id: id, socket: socket, key: key, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            watch.cancel(id)
        }
    }
}

/// What the thread and the waiting tasks share.
private final class Watch: Sendable {
    struct Wait: Sendable {
        let id: Int
        let socket: Int32
        let key: Int?
        let deadline: Deadline
        let continuation: CheckedContinuation<IdleWatch.Outcome, Never>
    }

    private struct State {
        var lastID = 0
        var waits: [Int: Wait] = [:]
        /// Cancelled before they were added.
        var cancelledEarly: Set<Int> = []
        /// Keys that were rung while nobody waited under them.
        var rungEarly: Set<Int> = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Wakes the thread out of `poll` when the set of sockets has changed.
    private let bell = Bell()

    func nextID() -> Int {
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    func add(_ wait: Wait) {
        let ended: IdleWatch.Outcome? = state.withLock { state in
            if state.isClosed || state.cancelledEarly.remove(wait.id) != nil { return .cancelled }
            if let key = wait.key, state.rungEarly.remove(key) != nil { return .rung }
            state.waits[wait.id] = wait
            return nil
        }
        if let ended { wait.continuation.resume(returning: ended) } else { bell.ring() }
    }

    func ring(_ key: Int) {
        let rung = state.withLock { state in
            let rung = state.waits.values.filter { $0.key == key }
            for wait in rung { state.waits.removeValue(forKey: wait.id) }
            if rung.isEmpty { state.rungEarly.insert(key) }
            return rung
        }
        for wait in rung { wait.continuation.resume(returning: .rung) }
        if !rung.isEmpty { bell.ring() }
    }

    func cancel(_ id: Int) {
        let wait = state.withLock { state -> Wait? in
            if let wait = state.waits.removeValue(forKey: id) { return wait }
            // Either it is not added yet, or it has ended: ids are not used twice, so a leftover does no harm
            // but take room, and only a cancelled task leaves one.
            if !state.isClosed { state.cancelledEarly.insert(id) }
            return nil
        }
        wait?.continuation.resume(returning: .cancelled)
        if wait != nil { bell.ring() }
    }

    func close() {
        let waits = state.withLock { state in
            state.isClosed = true
            defer { state.waits = [:] }
            return Array(state.waits.values)
        }
        for wait in waits { wait.continuation.resume(returning: .cancelled) }
        bell.ring()
    }

    func run() {
        while true {
            let (waits, isClosed) = state.withLock { (Array($0.waits.values), $0.isClosed) }
            if isClosed { return }
            var polled = waits.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
            polled.append(pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0))
            let next = waits.map(\.deadline).min()?.milliseconds ?? -1
            let count = unsafe poll(&polled, nfds_t(polled.count), next)
            guard count >= 0 || errno == EINTR else { return close() }
            bell.silence()
            for (wait, poll) in zip(waits, polled) {
                if poll.revents != 0 {
                    finish(wait.id, .readable)
                } else if wait.deadline.hasPassed {
                    finish(wait.id, .timedOut)
                }
            }
        }
    }

    private func finish(_ id: Int, _ outcome: IdleWatch.Outcome) {
        let wait = state.withLock { $0.waits.removeValue(forKey: id) }
        wait?.continuation.resume(returning: outcome)
    }
}
