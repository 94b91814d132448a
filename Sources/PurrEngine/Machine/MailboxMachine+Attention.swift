internal import Foundation
internal import PurrSequences
internal import PurrStore

// When people are attentive: what was seen of them becomes evidence, and waiting steps heed it (send time T9).
extension MailboxMachine {
    /// Addresses whose evidence is renewed in one transaction.
    private static let batch = 50
    /// What people wrote that is put in its place in one transaction: some milliseconds.
    private static let placed = 500

    /// Takes in the sightings that have settled.
    mutating func attentionWork(now: Date, wake: inout Wake) throws(StoreError) {
        if let attentionAt, attentionAt > now { return wake.consider(attentionAt) }
        let id = id
        let oldestListed = try store.read { try $0.oldestListed(of: id) }
        let oldestUntaken = try store.read { try $0.oldestUntaken(of: id) }
        guard let oldest = [oldestListed, oldestUntaken].compactMap(\.self).min() else {
            // Each pass over the folders looks again.
            attentionAt = nil
            return
        }
        let settled = oldest.addingTimeInterval(AttentionUpkeep.settling)
        guard settled <= now else {
            attentionAt = settled
            return wake.consider(settled)
        }
        let versions = versions
        try write { transaction in
            if oldestListed != nil {
                // All of it first: who wrote often is taken once.
                let written = WrittenMail(mailbox: id, now: now)
                if try written.placeListed(limit: Self.placed, in: transaction) { return }
            }
            let outcomes = Outcomes(mailbox: id, now: now, versions: versions)
            let upkeep = AttentionUpkeep(mailbox: id, now: now)
            for address in try upkeep.takeNew(limit: Self.batch, in: transaction) {
                for enrollment in try transaction.waitingEnrollments(of: address, mailbox: id) {
                    try outcomes.replan(enrollment, in: transaction)
                }
            }
        }
        attentionAt = nil
        wake.consider(now)
    }
}
