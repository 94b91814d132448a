internal import Foundation
internal import PurrMail
internal import PurrSendTime
internal import PurrSequences
internal import PurrStore

/// What follows from a mail having been sent: the next step, or the end (spec M2.3).
struct Outcomes {
    let mailbox: MailboxID
    let now: Date

    /// An open outcome turned out to be a send.
    func resolve(
        _ entry: JournalEntry, sentAt: Date, evidence: [String: String], because words: String,
        in transaction: Transaction
    ) throws {
        guard try transaction.recordSent(entry.id, at: sentAt, reply: entry.reply, filing: .seen) else { return }
        var evidence = evidence
        evidence["messageId"] = entry.messageID.text
        try transaction.append(
            Event(
                at: now, .found, mailbox: mailbox, enrollment: entry.enrollment,
                "\(try transaction.label(of: entry.step, in: entry.enrollment)) was sent after all. \(words)", evidence: evidence))
        // Held for this doubt alone: it goes on by itself.
        if let enrollment = try transaction.enrollment(entry.enrollment), enrollment.state == .held,
            enrollment.reason == HoldReason.unknownOutcome.rawValue
        {
            try transaction.resume(enrollment.id, from: .held, at: now)
        }
        try advance(entry.enrollment, past: entry.step, sentAt: sentAt, in: transaction)
    }

    /// Schedules what comes after a step that was sent.
    func advance(_ id: EnrollmentID, past step: StepID, sentAt: Date, in transaction: Transaction) throws {
        guard let enrollment = try transaction.enrollment(id),
            let sequence = try transaction.sequence(enrollment.sequence),
            let document = try transaction.document(of: enrollment.sequence, version: enrollment.version),
            let version = Document.value(SequenceVersion.self, from: document)
        else { return try transaction.setInDoubt(false, id) }
        guard enrollment.state.isOpen else { return try transaction.setInDoubt(false, id) }
        guard let next = version.step(after: step) else {
            guard try transaction.finish(id, at: now) else { return }
            return try transaction.append(
                Event(at: now, .finished, mailbox: mailbox, enrollment: id, "All steps were sent; nobody answered."))
        }
        let placement = Placement(enrollment: enrollment, settings: sequence.settings)
        let due = placement.due(after: sentAt, delay: next.delay) { _, previous in
            slot(previousMinute: previous, window: (start: placement.window.start, end: placement.window.end))
        }
        guard enrollment.state == .active else {
            return try transaction.note(next: next.id, after: id, in: due.timeIntervalSince(now))
        }
        try transaction.schedule(id, step: next.id, at: due, because: .delay)
        let wall = enrollment.zone.wall(of: due)
        try transaction.append(
            Event(
                at: now, .scheduled, mailbox: mailbox, enrollment: id,
                "\(try transaction.label(of: next.id, in: id)) is due on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone).",
                evidence: [
                    "step": next.id.rawValue, "delay": "\(next.delay)", "days": sequence.settings.followUpDays.rawValue,
                    "window": "\(sequence.settings.sendWindow)",
                ]))
    }
}

extension Transaction {
    /// A step as people count and name it: `Step 2 (nudge)`.
    func label(of step: StepID, in enrollment: EnrollmentID) throws -> String {
        guard let record = try self.enrollment(enrollment),
            let document = try document(of: record.sequence, version: record.version),
            let number = Document.value(SequenceVersion.self, from: document)?.number(of: step)
        else { return "Step \(step)" }
        return "Step \(number) (\(step))"
    }
}

extension Placement {
    init(enrollment: EnrollmentRecord, settings: SequenceSettings) {
        #if PLANTED_BUGS
        if Sabotage.active == .zoneIgnored {
            self.init(zone: .utc, days: settings.eligibleDays, window: settings.sendWindow)
            return
        }
        #endif
        self.init(zone: enrollment.zone, days: settings.eligibleDays, window: settings.sendWindow)
    }
}

extension Int {
    /// A second of the day as `17:00`.
    var asClock: String {
        let (hour, minute) = (self / 3600, self / 60 % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
