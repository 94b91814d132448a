package import Foundation
internal import PurrMail
package import PurrSequences

/// What keeps two copies of one database from sending from the same mailbox (spec sending M5.4).
package struct MailboxGuard: Sendable, Hashable {
    /// Why nothing is sent.
    package enum Trouble: String, Sendable, CaseIterable {
        /// This database comes from a backup.
        case restored
        /// The mailbox holds a note of another copy.
        case otherNote
        /// The mailbox holds mail that another copy has sent.
        case otherMail
    }

    /// Of the last note of ours that lies in the mailbox; 0 before the first.
    package var epoch: Int64 = 0
    package var token = ""
    /// The token of the note for the next epoch while it is being filed; empty otherwise.
    package var pending = ""
    /// The highest epoch of any note that was seen, ours or not.
    package var seenEpoch: Int64 = 0
    package var raisedBy = ""
    package var raisedAt: Date?
    /// A copy of the database was made since the epoch was raised.
    package var isRaiseDue = false
    /// Where the notes lie, in the server's spelling; empty before the first.
    package var folder = ""
    package var trouble: Trouble?
    /// The trouble in one sentence.
    package var detail = ""
    package var since: Date?

    package init() {}
}

extension Transaction {
    /// What is known of a mailbox's guard; a fresh one where nothing is.
    package func mailboxGuard(of mailbox: MailboxID) throws -> MailboxGuard {
        let row = try row(
            """
            SELECT epoch, token, pending, seen_epoch, raised_by, raised_at, is_raise_due, folder, trouble,
                   detail, since
              FROM mailbox_guard
             WHERE mailbox_id = ?1
            """, mailbox.rawValue)
        var found = MailboxGuard()
        guard let row else { return found }
        found.epoch = row.integer(0)
        found.token = row.text(1)
        found.pending = row.text(2)
        found.seenEpoch = row.integer(3)
        found.raisedBy = row.text(4)
        found.raisedAt = row.optionalInstant(5)
        found.isRaiseDue = row.flag(6)
        found.folder = row.text(7)
        found.trouble = MailboxGuard.Trouble(rawValue: row.text(8))
        found.detail = row.text(9)
        found.since = row.optionalInstant(10)
        return found
    }

    package func save(_ guarding: MailboxGuard, of mailbox: MailboxID) throws {
        try execute(
            """
            INSERT INTO mailbox_guard
                   (mailbox_id, epoch, token, pending, seen_epoch, raised_by, raised_at, is_raise_due, folder,
                    trouble, detail, since)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT (mailbox_id) DO UPDATE
               SET epoch = excluded.epoch, token = excluded.token, pending = excluded.pending,
                   seen_epoch = excluded.seen_epoch, raised_by = excluded.raised_by,
                   raised_at = excluded.raised_at, is_raise_due = excluded.is_raise_due,
                   folder = excluded.folder, trouble = excluded.trouble, detail = excluded.detail,
                   since = excluded.since
            """, mailbox.rawValue, guarding.epoch, guarding.token, guarding.pending, guarding.seenEpoch,
            guarding.raisedBy, guarding.raisedAt?.milliseconds ?? 0, guarding.isRaiseDue ? 1 : 0,
            guarding.folder, guarding.trouble?.rawValue ?? "", guarding.detail,
            guarding.since?.milliseconds ?? 0)
    }

    /// Has every mailbox raise its epoch before it sends again: a copy of the database is being made.
    package func requireNewEpochs() throws {
        for mailbox in try mailboxes() {
            var guarding = try mailboxGuard(of: mailbox.id)
            guarding.isRaiseDue = true
            try save(guarding, of: mailbox.id)
        }
    }

    /// Stops sending from every mailbox: the database comes from a backup.
    package func markRestored(_ detail: String, at instant: Date) throws {
        for mailbox in try mailboxes() {
            var guarding = try mailboxGuard(of: mailbox.id)
            guarding.trouble = .restored
            guarding.detail = detail
            guarding.since = instant
            try save(guarding, of: mailbox.id)
        }
    }

    /// When the last backup was made; nil when none was.
    package func lastBackup() throws -> Date? {
        try meta(Self.backupKey).flatMap { Int64($0) }.map { Date(milliseconds: $0) }
    }

    package func noteBackup(at instant: Date) throws {
        try setMeta(Self.backupKey, "\(instant.milliseconds)")
    }

    private static let backupKey = "backup.at"
}
