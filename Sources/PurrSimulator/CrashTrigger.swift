internal import PurrStore
internal import Synchronization

/// Stops the simulated process at a chosen durable write: the n-th from now, before or after its commit.
final class CrashTrigger: Sendable {
    /// Write points still to pass; at 1 the next one is the last.
    ///
    /// 0 is never.
    private let remaining = Atomic<Int>(0)
    /// Write points passed in all.
    private let passed = Atomic<Int>(0)

    func arm(afterPoints count: Int) { remaining.store(count, ordering: .relaxed) }
    func disarm() { remaining.store(0, ordering: .relaxed) }
    var pointsPassed: Int { passed.load(ordering: .relaxed) }

    func reset() {
        disarm()
        passed.store(0, ordering: .relaxed)
    }

    func pass(_ point: Store.WritePoint) throws {
        passed.add(1, ordering: .relaxed)
        if isNext() { throw StoreError(.interrupted, "The process stops here.") }
    }

    /// Counts down, and says whether this place is the one.
    func isNext() -> Bool {
        let left = remaining.load(ordering: .relaxed)
        guard left > 0 else { return false }
        remaining.store(left - 1, ordering: .relaxed)
        return left == 1
    }
}
