internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// What follows from a mail having been sent: the next step, or the end (spec M2.3).
struct Outcomes {
    let mailbox: MailboxID
    let now: Date
    /// Versions that were read before.
    var versions = KnownVersions()

    /// An open outcome turned out to be a send.
    func resolve(
        _ entry: JournalEntry, sentAt: Date, evidence: [String: String], because words: String,
        in transaction: Transaction
    ) throws {
        guard try transaction.recordSent(entry.id, at: sentAt, reply: entry.reply, filing: .seen) else {
            return
        }
        var evidence = evidence
        evidence["messageId"] = entry.messageID.text
        try transaction.append(
            Event(
                at: now, .found, mailbox: mailbox, enrollment: entry.enrollment,
                "\(try transaction.label(of: entry.step, in: entry.enrollment)) was sent after all. \(words)",
                evidence: evidence))
        // Held for this doubt alone: it goes on by itself.
        if let enrollment = try transaction.enrollment(entry.enrollment), enrollment.state == .held,
            enrollment.reason == HoldReason.unknownOutcome.rawValue
        {
            try transaction.resume(enrollment.id, from: .held, at: now, now: now)
        }
        try advance(entry.enrollment, past: entry.step, at: sentAt, in: transaction)
    }

    /// Schedules what comes after a step that ran.
    ///
    /// - Parameter moment: When its mail was sent, its task made or, where that holds the sequence, completed:
    ///   what the next delay counts from (spec S1.3).
    func advance(_ id: EnrollmentID, past step: StepID, at moment: Date, in transaction: Transaction) throws
    {
        guard let enrollment = try transaction.enrollment(id),
            let sequence = try transaction.sequence(enrollment.sequence, known: versions.settings),
            let version = try versions.version(of: enrollment, in: transaction)
        else { return try transaction.setInDoubt(false, id) }
        guard enrollment.state.isOpen else { return try transaction.setInDoubt(false, id) }
        guard let next = version.step(after: step) else {
            guard try transaction.finish(id, at: now) else { return }
            return try transaction.append(
                Event(
                    at: now, .finished, mailbox: mailbox, enrollment: id, "All steps ran; nobody answered.")
            )
        }
        let lastSent = try transaction.lastSent(of: id)
        let placement = Placement(enrollment: enrollment, sequence: sequence)
        let planned = try plan(
            next, after: moment, lastSent: lastSent ?? enrollment.startAt, placement, enrollment, sequence,
            in: transaction)
        let due = planned.due
        guard enrollment.state == .active else {
            return try transaction.note(
                next: next, after: id, in: due.timeIntervalSince(now), hasSent: lastSent != nil)
        }
        try transaction.schedule(id, step: next, at: due, because: .delay, hasSent: lastSent != nil)
        let wall = enrollment.zone.wall(of: due)
        try transaction.append(
            Event(
                at: now, .scheduled, mailbox: mailbox, enrollment: id,
                "\(version.label(of: next.id)) is due on \(wall.day) at \(wall.second.asClock) in \(enrollment.zone)\(planned.words).",
                evidence: [
                    "step": next.id.rawValue, "delay": "\(next.delay)",
                    "days": sequence.settings.followUpDays.rawValue,
                    "window": "\(sequence.settings.sendWindow)",
                ].merging(planned.evidence) { $1 }))
    }
}

extension Outcomes {
    /// When a step of an enrollment is due after what ran before it; nothing is noted.
    ///
    /// - Parameter moment: When that ran: what the delay counts from.
    func due(
        _ step: Step, of enrollment: EnrollmentRecord, in sequence: SequenceRecord, after moment: Date,
        _ transaction: Transaction
    ) throws -> Date {
        let placement = Placement(enrollment: enrollment, sequence: sequence)
        guard step.task == nil else { return placement.taskCreation(after: moment, delay: step.delay) }
        return try MinutePlanning(
            enrollment: enrollment, placement: placement, settings: sequence.settings, now: now
        ).plan(
            step, after: moment,
            lastSent: try transaction.lastSent(of: enrollment.id) ?? enrollment.startAt, in: transaction
        ).due
    }

    /// When a step is due, and by which rule.
    ///
    /// - Parameter lastSent: The send whose wall time an e-mail keeps, whatever tasks lay between (spec S2.2).
    private func plan(
        _ step: Step, after moment: Date, lastSent: Date, _ placement: Placement,
        _ enrollment: EnrollmentRecord, _ sequence: SequenceRecord, in transaction: Transaction
    ) throws -> MinutePlanning.Planned {
        guard step.task == nil else {
            #if PLANTED_BUGS
                let delay = Sabotage.active == .taskMadeEarly ? step.delay - 1 : step.delay
            #else
                let delay = step.delay
            #endif
            return .init(due: placement.taskCreation(after: moment, delay: delay), arm: .none)
        }
        let planned = try MinutePlanning(
            enrollment: enrollment, placement: placement, settings: sequence.settings, now: now
        ).plan(step, after: moment, lastSent: lastSent, in: transaction)
        if sequence.settings.sendTime == .best {
            try transaction.noteChoice(
                of: step.id, in: enrollment.id, arm: planned.arm, at: planned.due, score: planned.score)
        }
        return planned
    }

    /// Moves a waiting step to the minute that is best by what is known by now.
    func replan(_ enrollment: EnrollmentRecord, in transaction: Transaction) throws {
        guard let sequence = try transaction.sequence(enrollment.sequence),
            let version = try versions.version(of: enrollment, in: transaction),
            let step = enrollment.nextStep.flatMap({ version.step($0) }), step.task == nil
        else { return }
        let planning = MinutePlanning(
            enrollment: enrollment, placement: Placement(enrollment: enrollment, sequence: sequence),
            settings: sequence.settings, now: now)
        guard let planned = try planning.replanned(step, in: transaction) else { return }
        try transaction.replan(enrollment.id, to: planned.due, because: .delay)
        try transaction.noteChoice(
            of: step.id, in: enrollment.id, arm: planned.arm, at: planned.due, score: planned.score)
        let wall = enrollment.zone.wall(of: planned.due)
        try transaction.append(
            Event(
                at: now, .scheduled, mailbox: mailbox, enrollment: enrollment.id,
                "\(version.label(of: step.id)) goes at \(wall.second.asClock) on \(wall.day) instead\(planned.words).",
                evidence: planned.evidence))
    }
}

extension Transaction {
    /// A step as people count and name it: `Step 2 (nudge)`.
    func label(of step: StepID, in enrollment: EnrollmentID) throws -> String {
        guard let record = try self.enrollment(enrollment),
            let version = try KnownVersions().version(of: record, in: self)
        else { return "Step \(step)" }
        return version.label(of: step)
    }
}

extension SequenceVersion {
    /// A step as people count and name it: `Step 2 (nudge)`.
    func label(of step: StepID) -> String {
        number(of: step).map { "Step \($0) (\(step))" } ?? "Step \(step)"
    }
}

extension Placement {
    init(enrollment: EnrollmentRecord, sequence: SequenceRecord) {
        #if PLANTED_BUGS
            if Sabotage.active == .zoneIgnored {
                self.init(zone: .utc, days: sequence.eligibleDays, window: sequence.settings.sendWindow)
                return
            }
            if Sabotage.active == .holidaysForgotten {
                self.init(
                    zone: enrollment.zone, days: EligibleDays(mode: sequence.eligibleDays.mode),
                    window: sequence.settings.sendWindow)
                return
            }
        #endif
        self.init(zone: enrollment.zone, days: sequence.eligibleDays, window: sequence.settings.sendWindow)
    }
}

extension Int {
    /// A second of the day as `17:00`.
    var asClock: String {
        let (hour, minute) = (self / 3600, self / 60 % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
