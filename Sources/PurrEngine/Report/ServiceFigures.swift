internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// What a daemon's metrics and its health page are made of.
package struct ServiceFigures: Sendable, Hashable {
    package var mailboxes: [Mailbox] = []
    /// Enrollments that wait for a person, by reason.
    package var held: [String: Int] = [:]
    /// Alarms that hold, by kind.
    package var alarms: [String: Int] = [:]
    /// Why work stands still, as sentences.
    package var reasons: [String] = []
    /// Bytes left on the data's disk; nil where that cannot be seen.
    package var freeBytes: Int64?
    /// When the last backup was made, in seconds since 1970; nil where none is known of.
    package var lastBackup: Double?

    package init() {}

    package struct Mailbox: Sendable, Hashable {
        package let address: String
        /// Whether it can be used, and nobody paused it.
        package let isUp: Bool
        /// Seconds since all of its folders were last known to be read to their end; nil for never.
        package let lastPass: Double?
        package let due: Int
        package let sent: Int
        package let openOutcomes: Int

        package init(
            address: String, isUp: Bool, lastPass: Double?, due: Int, sent: Int, openOutcomes: Int
        ) {
            self.address = address
            self.isUp = isUp
            self.lastPass = lastPass
            self.due = due
            self.sent = sent
            self.openOutcomes = openOutcomes
        }
    }
}

extension Commands {
    /// How the daemon's work stands now, as numbers.
    package func serviceFigures(freeBytes: Int64? = nil) throws -> ServiceFigures {
        try look { transaction in
            var figures = ServiceFigures()
            figures.freeBytes = freeBytes
            figures.mailboxes = try transaction.mailboxes().map { record in
                ServiceFigures.Mailbox(
                    address: record.address.text, isUp: record.failingSince == nil && !record.isPaused,
                    lastPass: record.provenAt.map { max(0, now.timeIntervalSince($0)) },
                    due: try transaction.dueMails(of: record.id, at: now),
                    sent: try transaction.sentInAll(by: record.id),
                    openOutcomes: try transaction.openOutcomes(of: record.id))
            }
            for held in try transaction.heldCounts() { figures.held[held.reason, default: 0] += held.count }
            for alarm in try transaction.openAlarms() {
                figures.alarms[alarm.kind, default: 0] += 1
                if AlarmKind(rawValue: alarm.kind)?.stopsWork == true { figures.reasons.append(alarm.text) }
            }
            figures.lastBackup = try transaction.lastBackup()?.timeIntervalSince1970
            return figures
        }
    }
}
