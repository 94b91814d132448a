/// One named thread as the executor of an actor that does blocking work, such as SQLite's.
///
/// An actor that returns `asUnownedSerialExecutor()` from `unownedExecutor` runs on this thread alone.
/// A hop costs about 55 µs.
package final class WorkerThread: SerialExecutor {
    private let queue = JobQueue()

    /// - Parameter name: What the thread is called in a debugger or `top -H`.
    package init(name: String) {
        startThread(name) { [queue] in
            while let job = queue.next() { job() }
        }
    }

    deinit { queue.close() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        let executor = unsafe asUnownedSerialExecutor()
        queue.add { unsafe unowned.runSynchronously(on: executor) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }
}
