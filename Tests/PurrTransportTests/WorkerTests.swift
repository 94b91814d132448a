import Foundation
import PurrMail
import PurrTransport
import Synchronization
import Testing

@Suite("Workers")
struct WorkerTests {
    /// How many are inside, and the most there ever were.
    final class Crowd: Sendable {
        private let numbers = Mutex((now: 0, most: 0))
        var most: Int { numbers.withLock { $0.most } }
        func enter() { numbers.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func leave() { numbers.withLock { $0.now -= 1 } }
    }

    @Test("run at most so many calls at once, on threads with a name")
    func bounded() async {
        let pool = WorkerPool(name: "few", threads: 3)
        let crowd = Crowd()
        let names = await withTaskGroup(of: String.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    await pool.perform {
                        crowd.enter()
                        Thread.sleep(forTimeInterval: 0.002)
                        crowd.leave()
                        return kernelThreadName()
                    }
                }
            }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(crowd.most == 3)
        #expect(names.isSubset(of: ["few-1", "few-2", "few-3"]))
    }

    @Test("have room for deep calls")
    func stack() async {
        @Sendable func deep(_ left: Int) -> Int {
            withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 1) { space in
                space[0] = UInt8(truncatingIfNeeded: left)
                return left == 0 ? 0 : deep(left - 1) + Int(space[0] & 1)
            }
        }
        // 3,000 frames of more than a kilobyte: 3 MB, beyond Foundation's 512 KB.
        #expect(await WorkerPool(name: "deep", threads: 1).perform { deep(3_000) } == 1_500)
    }

    @Test("throw what the call throws")
    func failures() async {
        let pool = WorkerPool(name: "bad", threads: 1)
        await #expect(throws: MailServerFailure(.refused, "no")) {
            try await pool.run { () throws(MailServerFailure) in throw MailServerFailure(.refused, "no") }
        }
    }

    @Test("do not begin a call whose task was cancelled while it waited")
    func cancelledInQueue() async {
        let pool = WorkerPool(name: "busy", threads: 1)
        let gate = DispatchSemaphore(value: 0)
        let crowd = Crowd()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await pool.perform { gate.wait() } }
            group.addTask {
                _ = try? await pool.run { () throws(MailServerFailure) in crowd.enter() }
            }
            try? await Task.sleep(for: .milliseconds(20))
            group.cancelAll()
            gate.signal()
        }
        #expect(crowd.most == 0)
    }

    /// An actor that lives on a thread of its own.
    actor Clerk {
        let thread: WorkerThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        init(thread: WorkerThread) { self.thread = thread }
        func name() -> String { kernelThreadName() }
    }

    @Test("carry an actor on one thread")
    func executor() async {
        let clerk = Clerk(thread: WorkerThread(name: "clerk"))
        for _ in 0..<20 { #expect(await clerk.name() == "clerk") }
    }
}

/// What `top -H` shows.
private func kernelThreadName() -> String {
    let text = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
    return text.trimmingCharacters(in: .newlines)
}
