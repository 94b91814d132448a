package import Foundation
package import PurrMail
package import PurrSequences

/// The mail of one (enrollment, step): its intent, its bytes, and what became of it (spec sending M2).
package struct JournalEntry: Sendable {
    package let id: JournalID
    package let enrollment: EnrollmentID
    package let step: StepID
    package let mailbox: MailboxID
    package let state: JournalState
    package let messageID: MessageID
    /// What the server made of the id; nil where it kept ours or nobody has looked.
    package let wireID: MessageID?
    package let inReplyTo: MessageID?
    package let references: [MessageID]
    package let subject: String
    package let sender: EmailAddress
    package let recipient: EmailAddress
    package let attempts: Int
    package let firstAt: Date?
    package let sendingAt: Date?
    package let sentAt: Date?
    package let unknownAt: Date?
    package let looks: Int
    package let reply: String
    package let filing: FilingState
    /// A person sent it, or is to send it.
    package let isByHand: Bool

    /// Its outcome stayed unknown, and it was allowed to go once more.
    package var isToGoAgain: Bool { state == .prepared && unknownAt != nil }
}

/// What is durable before the first byte of a mail goes out (invariant 2).
package struct PreparedMail: Sendable {
    package let messageID: MessageID
    package let inReplyTo: MessageID?
    package let references: [MessageID]
    package let threadRoot: MessageID
    package let subject: String
    package let sender: EmailAddress
    package let recipient: EmailAddress
    package let bytes: [UInt8]

    package init(
        messageID: MessageID, inReplyTo: MessageID?, references: [MessageID], threadRoot: MessageID,
        subject: String, sender: EmailAddress, recipient: EmailAddress, bytes: [UInt8]
    ) {
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.references = references
        self.threadRoot = threadRoot
        self.subject = subject
        self.sender = sender
        self.recipient = recipient
        self.bytes = bytes
    }
}

extension Transaction {
    static let journalColumns = """
        id, enrollment_id, step_id, mailbox_id, state, message_id, wire_id, in_reply_to, reference_ids, subject,
        sender, recipient, attempts, first_at, sending_at, sent_at, unknown_at, looks, reply, filing, is_by_hand
        """

    /// Claims (enrollment, step) with its mail, or renews the bytes of a claim from which nothing was accepted.
    ///
    /// - Returns: Nil when the step's mail is past that: sent, in doubt, refused.
    package func prepare(
        _ mail: PreparedMail, enrollment: EnrollmentID, step: StepID, mailbox: MailboxID
    ) throws -> JournalID? {
        let id = try row(
            """
            INSERT INTO journal
                   (enrollment_id, step_id, mailbox_id, state, message_id, in_reply_to, reference_ids, subject,
                    sender, recipient, bytes)
            VALUES (?1, ?2, ?3, 'prepared', ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (enrollment_id, step_id) DO UPDATE
               SET state = 'prepared', bytes = excluded.bytes, message_id = excluded.message_id,
                   in_reply_to = excluded.in_reply_to, reference_ids = excluded.reference_ids,
                   subject = excluded.subject, recipient = excluded.recipient
             WHERE journal.state IN ('prepared', 'cancelled')
            RETURNING id
            """, enrollment.rawValue, step.rawValue, mailbox.rawValue, mail.messageID.text,
            mail.inReplyTo?.text ?? "", mail.references.map(\.text).joined(separator: " "), mail.subject,
            mail.sender.text, mail.recipient.text, Data(mail.bytes)
        ).map { JournalID(rawValue: $0.integer(0)) }
        guard let id else { return nil }
        try remember(mail.messageID, "sent", of: enrollment, journal: id.rawValue)
        try remember(mail.threadRoot, "root", of: enrollment, journal: 0)
        return id
    }

    /// Remembers an id that a reply may name.
    func remember(_ id: MessageID, _ kind: String, of enrollment: EnrollmentID, journal: Int64) throws {
        try execute(
            """
            INSERT INTO message_id (id_key, enrollment_id, journal_id, kind) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id_key, enrollment_id, journal_id) DO NOTHING
            """, id.matchingKey, enrollment.rawValue, journal, kind)
    }

    package func journalEntry(_ id: JournalID) throws -> JournalEntry? {
        try row("SELECT \(Self.journalColumns) FROM journal WHERE id = ?1", id.rawValue)
            .flatMap(JournalEntry.init(columns:))
    }

    package func journalEntry(of enrollment: EnrollmentID, step: StepID) throws -> JournalEntry? {
        try row(
            "SELECT \(Self.journalColumns) FROM journal WHERE enrollment_id = ?1 AND step_id = ?2",
            enrollment.rawValue, step.rawValue
        ).flatMap(JournalEntry.init(columns:))
    }

    package func journal(of enrollment: EnrollmentID) throws -> [JournalEntry] {
        try rows(
            "SELECT \(Self.journalColumns) FROM journal WHERE enrollment_id = ?1 ORDER BY id",
            enrollment.rawValue
        )
        .compactMap(JournalEntry.init(columns:))
    }

    package func bytes(of id: JournalID) throws -> [UInt8] {
        try row("SELECT bytes FROM journal WHERE id = ?1", id.rawValue)?.bytes(0) ?? []
    }

    /// Counts an attempt before it is made (invariant 6).
    package func countAttempt(of id: JournalID, at now: Date) throws {
        try execute(
            """
            UPDATE journal
               SET attempts = attempts + 1, first_at = CASE WHEN first_at = 0 THEN ?2 ELSE first_at END
             WHERE id = ?1 AND state = 'prepared'
            """, id.rawValue, now.milliseconds)
    }

    /// The last durable word before the bytes go out.
    ///
    /// - Returns: Whether the entry was still there to be sent.
    package func beginSending(_ id: JournalID, at now: Date) throws -> Bool {
        try row(
            """
            UPDATE journal SET state = 'sending', sending_at = ?2
             WHERE id = ?1 AND state = 'prepared'
            RETURNING id
            """, id.rawValue, now.milliseconds) != nil
    }

    /// Records that the server took the mail, or that evidence of it was found.
    ///
    /// - Returns: Whether that was news.
    package func recordSent(_ id: JournalID, at instant: Date, reply: String, filing: FilingState) throws
        -> Bool
    {
        let sent = try row(
            """
            UPDATE journal
               SET state = 'sent', sent_at = ?2, reply = ?3, filing = CASE WHEN filing = 'seen' THEN filing ELSE ?4 END
             WHERE id = ?1
               AND (state IN ('sending', 'unknown', 'held') OR (state = 'prepared' AND unknown_at > 0))
            RETURNING enrollment_id, recipient, subject
            """, id.rawValue, instant.milliseconds, reply, filing.rawValue)
        guard let sent else { return false }
        try noteSubject(
            sent.text(2), to: sent.text(1), of: EnrollmentID(rawValue: sent.integer(0)), at: instant)
        return true
    }

    /// Records that nothing was accepted: the entry may be tried again.
    package func recordNotAccepted(_ id: JournalID, reply: String) throws {
        try execute(
            "UPDATE journal SET state = 'prepared', reply = ?2 WHERE id = ?1 AND state IN ('prepared', 'sending')",
            id.rawValue, reply)
    }

    package func recordRejected(_ id: JournalID, reply: String) throws {
        try execute(
            "UPDATE journal SET state = 'rejected', reply = ?2 WHERE id = ?1 AND state IN ('prepared', 'sending')",
            id.rawValue, reply)
    }

    package func recordUnknown(_ id: JournalID, at now: Date, reply: String) throws {
        try execute(
            "UPDATE journal SET state = 'unknown', unknown_at = ?2, reply = ?3 WHERE id = ?1 AND state = 'sending'",
            id.rawValue, now.milliseconds, reply)
    }

    package func recordHeld(_ id: JournalID) throws {
        try execute("UPDATE journal SET state = 'held' WHERE id = ?1 AND state = 'unknown'", id.rawValue)
    }

    /// A person says that it may be sent again, with the same bytes (spec M5.2).
    package func allowAgain(_ id: JournalID) throws {
        try execute("UPDATE journal SET state = 'prepared' WHERE id = ?1 AND state = 'held'", id.rawValue)
    }

    package func countLook(at id: JournalID) throws {
        try execute("UPDATE journal SET looks = looks + 1 WHERE id = ?1", id.rawValue)
    }

    /// Withdraws what was prepared and not handed over.
    package func cancelPrepared(of enrollment: EnrollmentID) throws {
        try execute(
            """
            UPDATE journal SET state = 'cancelled', filing = 'none'
             WHERE enrollment_id = ?1 AND (state = 'prepared' OR (state = 'draft' AND filing = 'due'))
            """, enrollment.rawValue)
    }

    /// Entries whose outcome is open: `sending` and `unknown`.
    package func openEntries(of mailbox: MailboxID) throws -> [JournalEntry] {
        try rows(
            """
            SELECT \(Self.journalColumns)
              FROM journal
             WHERE mailbox_id = ?1 AND state IN ('sending', 'unknown')
             ORDER BY id
            """, mailbox.rawValue
        ).compactMap(JournalEntry.init(columns:))
    }

    /// Sent mail whose copy has not been seen in the mailbox yet, oldest first.
    package func unfiledEntries(of mailbox: MailboxID, limit: Int) throws -> [JournalEntry] {
        try rows(
            """
            SELECT \(Self.journalColumns)
              FROM journal
             WHERE mailbox_id = ?1 AND filing = 'due' AND state = 'sent'
             ORDER BY sent_at
             LIMIT ?2
            """, mailbox.rawValue, limit
        ).compactMap(JournalEntry.init(columns:))
    }

    package func setFiling(_ filing: FilingState, of id: JournalID) throws {
        try execute(
            "UPDATE journal SET filing = ?2 WHERE id = ?1 AND filing <> 'seen'", id.rawValue,
            filing.rawValue)
    }

    /// Learns the id under which a mail of ours travels (spec R2.a).
    package func learn(wireID: MessageID, of entry: JournalEntry) throws {
        guard wireID.matchingKey != entry.messageID.matchingKey else { return }
        try execute("UPDATE journal SET wire_id = ?2 WHERE id = ?1", entry.id.rawValue, wireID.text)
        try remember(wireID, "wire", of: entry.enrollment, journal: entry.id.rawValue)
    }

    /// When the mailbox sent in the time since, by machine or by hand, rising.
    package func sends(of mailbox: MailboxID, since: Date) throws -> [Date] {
        try rows(
            """
            SELECT sent_at FROM journal WHERE mailbox_id = ?1 AND state = 'sent' AND sent_at >= ?2
             UNION ALL
            SELECT at FROM manual_send WHERE mailbox_id = ?1 AND at >= ?2
             ORDER BY 1
            """, mailbox.rawValue, since.milliseconds
        ).map { $0.instant(0) }
    }

    /// The mailbox's latest mails, and which of them came back or were refused for their address (spec S8.3).
    ///
    /// By the mail and not by how its enrollment ended: a report often comes when all steps have run.
    package func latestSends(of mailbox: MailboxID, limit: Int) throws -> [(
        enrollment: EnrollmentID, isBounced: Bool
    )] {
        try rows(
            """
            SELECT j.enrollment_id,
                   CASE WHEN j.state = 'rejected' OR EXISTS (SELECT 1 FROM fact f
                                                              WHERE f.enrollment_id = j.enrollment_id
                                                                AND f.step_id = j.step_id AND f.kind = 'bounced')
                        THEN 1 ELSE 0 END
              FROM journal j
             WHERE j.mailbox_id = ?1 AND j.state IN ('sent', 'rejected')
             ORDER BY CASE WHEN j.sent_at > 0 THEN j.sent_at ELSE j.first_at END DESC, j.id DESC
             LIMIT ?2
            """, mailbox.rawValue, limit
        ).map { (EnrollmentID(rawValue: $0.integer(0)), $0.flag(1)) }
    }

    /// Counts a mail that the user sent by hand (spec S8.1).
    ///
    /// - Returns: Whether it had not been counted.
    package func countManualSend(_ key: String, of mailbox: MailboxID, at instant: Date) throws -> Bool {
        try row(
            """
            INSERT INTO manual_send (mailbox_id, message_key, at) VALUES (?1, ?2, ?3)
            ON CONFLICT (mailbox_id, message_key) DO NOTHING
            RETURNING at
            """, mailbox.rawValue, key, instant.milliseconds) != nil
    }
}

extension JournalEntry {
    init?(columns: Columns) {
        guard let messageID = MessageID(columns.text(5)),
            let state = JournalState(rawValue: columns.text(4)),
            let sender = EmailAddress(columns.text(10)), let recipient = EmailAddress(columns.text(11))
        else { return nil }
        self.init(
            id: JournalID(rawValue: columns.integer(0)),
            enrollment: EnrollmentID(rawValue: columns.integer(1)),
            step: StepID(rawValue: columns.text(2)), mailbox: MailboxID(rawValue: columns.integer(3)),
            state: state,
            messageID: messageID, wireID: MessageID(columns.text(6)), inReplyTo: MessageID(columns.text(7)),
            references: columns.text(8).split(separator: " ").compactMap { MessageID($0) },
            subject: columns.text(9), sender: sender, recipient: recipient, attempts: columns.int(12),
            firstAt: columns.optionalInstant(13), sendingAt: columns.optionalInstant(14),
            sentAt: columns.optionalInstant(15), unknownAt: columns.optionalInstant(16),
            looks: columns.int(17),
            reply: columns.text(18), filing: FilingState(rawValue: columns.text(19)) ?? .none,
            isByHand: columns.flag(20))
    }
}
