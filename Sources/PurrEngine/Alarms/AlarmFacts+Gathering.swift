internal import Foundation
internal import PurrMail
internal import PurrStore

extension Transaction {
    private static let limitsKey = "alarm.limits"

    func alarmLimits() throws -> AlarmLimits {
        try meta(Self.limitsKey).flatMap { Document.value(AlarmLimits.self, from: $0) } ?? AlarmLimits()
    }

    func setAlarmLimits(_ limits: AlarmLimits) throws {
        try setMeta(Self.limitsKey, Document.text(of: limits))
    }

    /// What alarms are decided from.
    func alarmFacts(at now: Date, since: Date, freeBytes: Int64?) throws -> AlarmFacts {
        var facts = AlarmFacts(now: now)
        let records = try mailboxes()
        facts.mailboxes = try records.map { record in
            var mailbox = AlarmFacts.Mailbox(record.address.text)
            if record.isPaused {
                mailbox.pause =
                    record.pauseReason == Commands.pausedByUser ? .byUser : .byPurr(record.pauseReason)
            }
            let guarding = try mailboxGuard(of: record.id)
            if !record.isPaused, guarding.trouble != nil { mailbox.pause = .byGuard(guarding.detail) }
            mailbox.failure = try record.failingSince.map { since in
                AlarmFacts.Failure(
                    since: since,
                    reason: MailServerFailure.Reason(rawValue: try failureReason(of: record.id)),
                    text: record.failure, isSignIn: try tokens(of: record.id) != nil)
            }
            mailbox.oldestDue = try nextDue(of: record.id).flatMap { $0 <= now ? max($0, since) : nil }
            mailbox.provenAt = record.provenAt.map { max($0, since) }
            mailbox.freeAt = record.freeAt
            return mailbox
        }
        facts.held = try heldCounts().compactMap { held in
            records.first { $0.id == held.mailbox }.map {
                AlarmFacts.Held(address: $0.address.text, reason: held.reason, count: held.count)
            }
        }
        facts.lastBackup = try lastBackup()
        facts.freeBytes = freeBytes
        return facts
    }
}
