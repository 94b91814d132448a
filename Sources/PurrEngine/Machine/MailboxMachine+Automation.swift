internal import Foundation
internal import PurrSequences
internal import PurrStore

// What workflows are to do later (spec S6.2).
extension MailboxMachine {
    /// Does what delayed workflows are due to do from this mailbox: nothing outside is needed for it.
    mutating func automationWork(now: Date, wake: inout Wake) throws(StoreError) {
        let id = id
        for _ in 0..<1_000 {
            guard let due = try store.read({ try $0.dueRun(of: id, at: now) }) else {
                return wake.consider(try store.read { try $0.nextRunDue(of: id) })
            }
            let runner = WorkflowRunner(commands: Commands(store: store, now: now))
            var entropy = entropy
            try write { _ = try runner.finish(due, entropy: &entropy, in: $0) }
            self.entropy = entropy
        }
        wake.consider(now)
    }
}
