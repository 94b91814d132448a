internal import Foundation
internal import PurrSequences
internal import PurrStore

/// Stops a mailbox where too much comes back, and tells its user (spec S8.3).
struct CircuitBreaking {
    let mailbox: MailboxID
    let now: Date

    /// Looks at the latest mails, after one of them came back.
    func look(complaints: Int = 0, in transaction: Transaction) throws {
        guard let record = try transaction.mailbox(mailbox), !record.isPaused else { return }
        let latest = try transaction.latestSends(of: mailbox, limit: CircuitBreaker.span)
        let bounced = latest.filter(\.isBounced)
        let policy = try policyRejections(among: Set(bounced.map(\.enrollment)), in: transaction)
        let verdict = CircuitBreaker().verdict(
            on: CircuitBreaker.Record(
                sends: latest.count, bounces: bounced.count, complaints: complaints,
                policyRejections: policy))
        let words: String
        switch verdict {
        case nil: return
        case .bounces: words = "\(bounced.count) of the last \(latest.count) mails bounced"
        case .complaint: words = "A recipient marked a mail as spam"
        case .policyRejections:
            words = "\(policy) of the last \(latest.count) mails were refused for reasons of policy (5.7)"
        }
        try transaction.pauseMailbox(mailbox, because: words)
        try transaction.append(
            Event(
                at: now, .mailboxPaused, mailbox: mailbox,
                "\(words), so the mailbox is paused. Look at whom you write to, then: purr mailbox resume \(record.address)."
            ))
    }

    /// How many reports gave a status about policy or security, 5.7 (RFC 3463 §3.8).
    private func policyRejections(
        among enrollments: Set<EnrollmentID>, in transaction: Transaction
    ) throws -> Int {
        guard enrollments.count >= CircuitBreaker().policyRejections else { return 0 }
        return try enrollments.count { enrollment in
            try transaction.events(of: enrollment).contains {
                [.bounced, .noted].contains($0.kind) && $0.evidence["status"]?.hasPrefix("5.7.") ?? false
            }
        }
    }
}
