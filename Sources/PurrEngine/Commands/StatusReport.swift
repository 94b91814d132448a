package import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// How everything stands: what `purr status` shows.
package struct StatusReport: Sendable, Encodable {
    package enum Daemon: String, Sendable, Encodable { case running, stopped }

    /// The clock of a demo, in seconds since 1970.
    package struct Clock: Sendable, Encodable {
        package let anchorReal: Double
        package let anchorVirtual: Double
        package let rate: Double
    }

    package struct Mailbox: Sendable, Encodable {
        package enum State: String, Sendable, Encodable { case watching, paused, failing, waiting, stopped }
        package let address: String
        package let state: State
        @OrNull package var reason: String?
        /// How many folders are watched; null until the daemon has looked.
        @OrNull package var folders: Int?
        /// When all of them were last known to be read to their end.
        @OrNull package var provenAt: Date?
        @OrNull package var failingSince: Date?
        /// When its limits allow the next send; null for now.
        @OrNull package var freeAt: Date?
        package let sentLast24Hours: Int
        /// What holds now.
        package let limitPerDay: Int
        /// What a mailbox that warms up leads to, and when; null for others.
        @OrNull package var warmingUp: WarmingUp?
        /// The slower pace that its provider asked for; null while it keeps its own.
        @OrNull package var slowed: Slowed?
    }

    /// What a provider asked for (spec S8.1).
    package struct Slowed: Sendable, Encodable {
        /// What holds now, in any 60 seconds.
        package let perMinute: Int
        /// The server's words.
        package let because: String
        /// When the next mail is tried; null for as soon as one is due.
        @OrNull package var until: Date?
    }

    /// The end of a mailbox's ramp-up.
    package struct WarmingUp: Sendable, Encodable {
        package let toPerDay: Int
        package let until: Date
    }

    package struct Counts: Sendable, Encodable {
        package var active = 0
        package var waiting = 0
        package var paused = 0
        package var held = 0
        package var finished = 0
        package var unenrolled = 0
    }

    package let now: Date
    @OrNull package var clock: Clock?
    package let daemon: Daemon
    package let mailboxes: [Mailbox]
    package let counts: Counts
    /// The first of those that wait for a person.
    package let held: [EnrollmentReport]
    /// What comes next, as `purr upcoming` says it.
    package let upcoming: [Planned]
    /// When the last backup was made; null when none ever was.
    @OrNull package var lastBackupAt: Date?
    /// Expected work that did not happen, as sentences (spec replies R1.6).
    package let alarms: [String]
    /// What the daemon has raised and not taken back, with what to do.
    package let openAlarms: [AlarmReport]
}

extension Commands {
    /// How everything stands now.
    ///
    /// - Parameters:
    ///   - clock: The data folder's; grace is real time, so fast time stretches it.
    ///   - isDaemonRunning: Whether the folder's lock is held.
    package func status(clock: VirtualClock, isDaemonRunning: Bool) throws -> StatusReport {
        try look { transaction in
            let sent = try transaction.sentCounts(since: now.addingTimeInterval(-86_400))
            let records = try transaction.mailboxes()
            let mailboxes = try records.map { record in
                try mailbox(
                    record, sent: sent[record.id] ?? 0, isDaemonRunning: isDaemonRunning, in: transaction)
            }
            var alarms: [String] = []
            for record in records {
                alarms += try self.alarms(
                    of: record, isDaemonRunning: isDaemonRunning, grace: Self.grace * clock.rate,
                    in: transaction)
            }
            var reader = try EnrollmentReader(transaction, now: now)
            return StatusReport(
                now: now,
                clock: clock.isReal
                    ? nil
                    : StatusReport.Clock(
                        anchorReal: clock.anchorReal.timeIntervalSince1970,
                        anchorVirtual: clock.anchorVirtual.timeIntervalSince1970, rate: clock.rate),
                daemon: isDaemonRunning ? .running : .stopped, mailboxes: mailboxes,
                counts: try counts(in: transaction),
                held: try transaction.enrollments(in: .held, limit: 20).map { try reader.report($0) },
                upcoming: try planned(limit: 5, in: transaction),
                lastBackupAt: try transaction.lastBackup(), alarms: alarms,
                openAlarms: try transaction.openAlarms().map { try report($0, in: transaction) })
        }
    }

    /// How long work may be overdue before that is an alarm: ten minutes.
    static let grace: TimeInterval = 600

    private func mailbox(
        _ record: MailboxRecord, sent: Int, isDaemonRunning: Bool, in transaction: Transaction
    ) throws -> StatusReport.Mailbox {
        let limits = Document.value(MailboxSettings.self, from: record.settings)?.limits ?? .standard
        let folders = try transaction.folders(of: record.id)
        let patience = record.patience(at: now)
        let free = record.nextFree(after: now)
        let guarding = try transaction.mailboxGuard(of: record.id)
        let (state, reason): (StatusReport.Mailbox.State, String?) =
            if guarding.trouble != nil {
                (.stopped, "\(guarding.detail) Run: purr recover.")
            } else if record.isPaused {
                (.paused, record.pauseReason)
            } else if record.failingSince != nil, patience == nil {
                (.failing, record.failure)
            } else if !isDaemonRunning {
                (.waiting, "The daemon is not running.")
            } else if let patience {
                (.waiting, "The server asked for patience: \(patience.why)")
            } else if record.provenAt == nil {
                (.waiting, "Its folders are being read for the first time.")
            } else if free != nil {
                (.waiting, record.freeWhy.isEmpty ? "Its limits are reached." : record.freeWhy)
            } else {
                (
                    .watching,
                    record.slowdown.map {
                        "\(limits.slowed(by: $0.level).perMinute) a minute, slower because the server said: \($0.why)"
                    }
                )
            }
        return StatusReport.Mailbox(
            address: record.address.text, state: state, reason: reason,
            folders: folders.isEmpty ? nil : folders.count(where: \.isWatched), provenAt: record.provenAt,
            failingSince: record.failingSince, freeAt: free, sentLast24Hours: sent,
            limitPerDay: limits.perDay(at: now),
            warmingUp: limits.rampUp.flatMap { rampUp in
                limits.perDay(at: now) < limits.perDay
                    ? StatusReport.WarmingUp(toPerDay: limits.perDay, until: rampUp.endsAt) : nil
            },
            slowed: record.slowdown.map {
                StatusReport.Slowed(
                    perMinute: limits.slowed(by: $0.level).perMinute, because: $0.why,
                    until: $0.until > now ? $0.until : nil)
            })
    }

    private func alarms(
        of record: MailboxRecord, isDaemonRunning: Bool, grace: TimeInterval, in transaction: Transaction
    ) throws -> [String] {
        let limit = now.addingTimeInterval(-grace)
        let guarding = try transaction.mailboxGuard(of: record.id)
        if guarding.trouble != nil {
            return ["Nothing is sent from \(record.address): \(guarding.detail) \(MailboxGuard.advice)"]
        }
        if record.isPaused {
            // A pause by hand is no accident.
            return record.pauseReason == Self.pausedByUser
                ? [] : ["\(record.address) is paused: \(record.pauseReason)"]
        }
        if let since = record.failingSince, since < limit {
            return ["\(record.address) cannot be used: \(record.failure)"]
        }
        if !isDaemonRunning {
            guard let due = try transaction.nextDue(of: record.id), due < limit else { return [] }
            return [
                "Mail from \(record.address) is overdue and the daemon is not running; start it: purr run."
            ]
        }
        if let proven = record.provenAt, proven < limit, record.failingSince == nil {
            return ["\(record.address) has not been read to its end for more than ten minutes."]
        }
        return []
    }

    private func counts(in transaction: Transaction) throws -> StatusReport.Counts {
        var counts = StatusReport.Counts()
        for row in try transaction.enrollmentCounts() {
            switch EnrollmentState(rawValue: row.state) {
            case .active: counts.waiting += row.count
            case .paused: counts.paused += row.count
            case .held: counts.held += row.count
            case .finished: counts.finished += row.count
            case .unenrolled: counts.unenrolled += row.count
            case nil: break
            }
        }
        let due = try transaction.dueCount(at: now).due
        counts.active = min(due, counts.waiting)
        counts.waiting -= counts.active
        return counts
    }
}

extension MailboxRecord {
    /// When its limits, or the patience that its server asked for, allow the next send; nil for now.
    func nextFree(after now: Date) -> Date? {
        [freeAt, patience(at: now)?.until].compactMap(\.self).max().flatMap { $0 > now ? $0 : nil }
    }
}
