import Foundation
import Glibc
package import PurrMail
import Synchronization

/// A bounded number of named threads for calls that block.
///
/// Blocking calls never run on Swift's shared pool, which has one thread per core: there, 20 calls of a
/// second took ten. Stacks have 8 MB, what libetpan's parsers were tried with.
package final class WorkerPool: Sendable {
    private let queue: JobQueue

    /// - Parameters:
    ///   - name: What the threads are called in a debugger or `top -H`: at most 12 bytes show.
    ///   - threads: How many calls can run at once; more wait in order.
    package init(name: String, threads: Int) {
        queue = JobQueue()
        for number in 1...max(threads, 1) {
            startThread("\(name)-\(number)") { [queue] in
                while let job = queue.next() { job() }
            }
        }
    }

    deinit { queue.close() }

    /// Runs a call on one of the threads.
    ///
    /// A task that was cancelled before its turn comes throws `cancelled` without running. A call that
    /// runs already is ended through its connection's ``Cancellation``.
    package func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(MailServerFailure) -> Value
    ) async throws(MailServerFailure) -> Value {
        if Task.isCancelled { throw MailStream.cancelled }
        let isCancelled = Flag()
        let result: Result<Value, MailServerFailure> = await withTaskCancellationHandler {
            await perform {
                if isCancelled.isSet { return .failure(MailStream.cancelled) }
                do throws(MailServerFailure) { return .success(try body()) } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            isCancelled.set()
        }
        return try result.get()
    }

    /// Runs a call that has no failure of a mail server's to report.
    package func perform<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.add { continuation.resume(returning: body()) }
        }
    }
}

/// A flag that is set once.
private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// Starts a detached thread with a name and an 8 MB stack.
func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
        nameThread(name)
        body()
    }
    thread.stackSize = 8 << 20
    thread.start()
}

/// Names the running thread for the kernel: at most 15 bytes.
///
/// `Thread.name` was seen to do nothing when it is set before `start()` has stored the new thread's
/// handle, and `pthread_setname_np` is not visible from Swift.
private func nameThread(_ name: String) {
    let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = unsafe write(file, bytes, bytes.count)
    close(file)
}

/// Jobs in order, for threads that wait for them.
///
/// `@unchecked`: `jobs` and `isClosed` are read and written only while `condition` is locked.
final class JobQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var first = 0
    private var isClosed = false

    func add(_ job: @escaping @Sendable () -> Void) {
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    /// Lets the threads end once all jobs are done.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    /// Waits for a job; nil when there will be none.
    func next() -> (@Sendable () -> Void)? {
        condition.withLock {
            while first == jobs.count {
                if isClosed { return nil }
                condition.wait()
            }
            let job = jobs[first]
            first += 1
            if first == jobs.count {
                jobs.removeAll(keepingCapacity: jobs.capacity <= 1_024)
                first = 0
            }
            return job
        }
    }
}
