package import Foundation
package import PurrMail
package import PurrSequences

/// Mail of Purr to one of its own users, with what became of it (spec S2.6).
package struct NoticeRecord: Sendable {
    package let id: NoticeID
    package let key: String
    package let kind: Kind
    package let task: TaskID?
    package let recipient: EmailAddress
    package let subject: String
    package let state: State
    package let dueAt: Date
    package let attempts: Int

    package enum Kind: String, Sendable, CaseIterable { case digest, reminder, test, alarm }

    /// `prepared → sending → sent | prepared (again) | unknown | failed`, or `dropped` when it no longer matters.
    ///
    /// A notice of unknown outcome is not sent again: it says nothing that `purr task list` does not.
    package enum State: String, Sendable { case prepared, sending, sent, unknown, failed, dropped }
}

extension Transaction {
    private static let noticeColumns = "id, key, kind, task_id, recipient, subject, state, due_at, attempts"

    /// Stores a notice, once for each key.
    ///
    /// - Returns: Nil when the same notice was stored before.
    @discardableResult
    package func insertNotice(
        _ kind: NoticeRecord.Kind, key: String, task: TaskID? = nil, mailbox: MailboxID,
        to recipient: EmailAddress,
        subject: String, bytes: [UInt8], dueAt: Date
    ) throws -> NoticeID? {
        try row(
            """
            INSERT INTO notice (mailbox_id, key, kind, task_id, recipient, subject, bytes, due_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (key) DO NOTHING
            RETURNING id
            """, mailbox.rawValue, key, kind.rawValue, task?.rawValue ?? 0, recipient.text, subject,
            Data(bytes),
            dueAt.milliseconds
        ).map { NoticeID(rawValue: $0.integer(0)) }
    }

    package func dueNotice(of mailbox: MailboxID, at now: Date) throws -> NoticeRecord? {
        try row(
            """
            SELECT \(Self.noticeColumns)
              FROM notice
             WHERE mailbox_id = ?1 AND state = 'prepared' AND due_at <= ?2
             ORDER BY due_at
             LIMIT 1
            """, mailbox.rawValue, now.milliseconds
        ).flatMap(NoticeRecord.init(columns:))
    }

    package func nextNoticeDue(of mailbox: MailboxID) throws -> Date? {
        try row(
            "SELECT due_at FROM notice WHERE mailbox_id = ?1 AND state = 'prepared' ORDER BY due_at LIMIT 1",
            mailbox.rawValue
        )?.instant(0)
    }

    /// Notices that are still to leave, the soonest first.
    package func preparedNotices(of mailbox: MailboxID, limit: Int) throws -> [NoticeRecord] {
        try rows(
            """
            SELECT \(Self.noticeColumns)
              FROM notice
             WHERE mailbox_id = ?1 AND state = 'prepared'
             ORDER BY due_at
             LIMIT ?2
            """, mailbox.rawValue, limit
        ).compactMap(NoticeRecord.init(columns:))
    }

    package func notice(_ id: NoticeID) throws -> NoticeRecord? {
        try row("SELECT \(Self.noticeColumns) FROM notice WHERE id = ?1", id.rawValue)
            .flatMap(NoticeRecord.init(columns:))
    }

    package func notices(of mailbox: MailboxID) throws -> [NoticeRecord] {
        try rows(
            "SELECT \(Self.noticeColumns) FROM notice WHERE mailbox_id = ?1 ORDER BY id", mailbox.rawValue
        )
        .compactMap(NoticeRecord.init(columns:))
    }

    package func bytes(of id: NoticeID) throws -> [UInt8] {
        try row("SELECT bytes FROM notice WHERE id = ?1", id.rawValue)?.bytes(0) ?? []
    }

    /// The last durable word before the notice goes out; the attempt counts.
    package func beginSending(_ id: NoticeID) throws {
        try execute(
            "UPDATE notice SET state = 'sending', attempts = attempts + 1 WHERE id = ?1 AND state = 'prepared'",
            id.rawValue)
    }

    /// - Parameter dueAt: When to try again, for a notice that is put back.
    package func setNotice(
        _ id: NoticeID, _ state: NoticeRecord.State, reply: String = "", at instant: Date,
        dueAt: Date? = nil
    ) throws {
        try execute(
            """
            UPDATE notice
               SET state = ?2, reply = ?3, sent_at = CASE WHEN ?2 = 'sent' THEN ?4 ELSE sent_at END,
                   due_at = CASE WHEN ?5 = 0 THEN due_at ELSE ?5 END,
                   -- It names people; nobody reads it again.
                   bytes = CASE WHEN ?2 = 'sent' THEN ?6 ELSE bytes END
             WHERE id = ?1
            """, id.rawValue, state.rawValue, reply, instant.milliseconds, dueAt?.milliseconds ?? 0, Data())
    }

    /// What was being sent when the process stopped is never sent again.
    package func doubtNotices(of mailbox: MailboxID) throws {
        try execute(
            "UPDATE notice SET state = 'unknown' WHERE mailbox_id = ?1 AND state = 'sending'",
            mailbox.rawValue)
    }
}

extension NoticeRecord {
    fileprivate init?(columns: Columns) {
        guard let kind = Kind(rawValue: columns.text(2)), let state = State(rawValue: columns.text(6)),
            let recipient = EmailAddress(columns.text(4))
        else { return nil }
        self.init(
            id: NoticeID(rawValue: columns.integer(0)), key: columns.text(1), kind: kind,
            task: columns.integer(3) == 0 ? nil : TaskID(rawValue: columns.integer(3)),
            recipient: recipient,
            subject: columns.text(5), state: state, dueAt: columns.instant(7), attempts: columns.int(8))
    }
}
