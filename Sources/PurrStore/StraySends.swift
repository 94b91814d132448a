package import Foundation
package import PurrMail
package import PurrSequences

/// A mail of Purr's that lies in Sent and that the journal does not know as sent.
package struct StraySend: Sendable, Hashable {
    package let messageID: MessageID
    package let threadRoot: MessageID
    /// The value of the field `X-Purr-Step`.
    package let mark: String
    /// Whether the mark was made with our key.
    package let isSigned: Bool
    package let sender: EmailAddress
    package let recipient: EmailAddress
    package let recipientName: String
    package let subject: String
    package let inReplyTo: MessageID?
    package let references: [MessageID]
    package let sentAt: Date

    package init(
        messageID: MessageID, threadRoot: MessageID, mark: String, isSigned: Bool, sender: EmailAddress,
        recipient: EmailAddress, recipientName: String, subject: String, inReplyTo: MessageID?,
        references: [MessageID], sentAt: Date
    ) {
        self.messageID = messageID
        self.threadRoot = threadRoot
        self.mark = mark
        self.isSigned = isSigned
        self.sender = sender
        self.recipient = recipient
        self.recipientName = recipientName
        self.subject = subject
        self.inReplyTo = inReplyTo
        self.references = references
        self.sentAt = sentAt
    }
}

extension Transaction {
    /// Enters a mail; one that is known may prove to be signed, where another key is at hand this time.
    ///
    /// - Returns: Whether that was news.
    package func insert(_ stray: StraySend, of mailbox: MailboxID) throws -> Bool {
        try row(
            """
            INSERT INTO stray_send
                   (mailbox_id, message_id, thread_root, mark, is_signed, sender, recipient, recipient_name,
                    subject, in_reply_to, reference_ids, sent_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT (mailbox_id, message_id) DO UPDATE SET is_signed = 1
             WHERE excluded.is_signed > stray_send.is_signed
            RETURNING id
            """, mailbox.rawValue, stray.messageID.text, stray.threadRoot.text, stray.mark,
            stray.isSigned ? 1 : 0, stray.sender.text, stray.recipient.text, stray.recipientName,
            stray.subject, stray.inReplyTo?.text ?? "",
            stray.references.map(\.text).joined(separator: " "), stray.sentAt.milliseconds) != nil
    }

    /// Mail of Purr's that the journal does not have yet, the oldest first.
    package func straySends(of mailbox: MailboxID) throws -> [StraySend] {
        try rows(
            """
            SELECT message_id, thread_root, mark, is_signed, sender, recipient, recipient_name, subject,
                   in_reply_to, reference_ids, sent_at
              FROM stray_send
             WHERE mailbox_id = ?1 AND is_placed = 0
             ORDER BY sent_at, id
            """, mailbox.rawValue
        ).compactMap { row in
            guard let id = MessageID(row.text(0)), let root = MessageID(row.text(1)),
                let sender = EmailAddress(row.text(4)), let recipient = EmailAddress(row.text(5))
            else { return nil }
            return StraySend(
                messageID: id, threadRoot: root, mark: row.text(2), isSigned: row.flag(3), sender: sender,
                recipient: recipient, recipientName: row.text(6), subject: row.text(7),
                inReplyTo: MessageID(row.text(8)),
                references: row.text(9).split(separator: " ").compactMap { MessageID($0) },
                sentAt: row.instant(10))
        }
    }

    package func setPlaced(_ stray: StraySend, of mailbox: MailboxID) throws {
        try execute(
            "UPDATE stray_send SET is_placed = 1 WHERE mailbox_id = ?1 AND message_id = ?2",
            mailbox.rawValue, stray.messageID.text)
    }

    /// The enrollment whose mails carry a thread root.
    package func enrollment(withThreadRoot root: MessageID) throws -> EnrollmentRecord? {
        try row(
            "SELECT enrollment_id FROM message_id WHERE id_key = ?1 AND journal_id = 0", root.matchingKey
        ).flatMap { try enrollment(EnrollmentID(rawValue: $0.integer(0))) }
            ?? row("SELECT id FROM enrollment WHERE thread_root = ?1", root.text)
            .flatMap { try enrollment(EnrollmentID(rawValue: $0.integer(0))) }
    }

    /// Enters a mail that was found in Sent as sent, whatever the journal had of its step before.
    ///
    /// - Returns: False when the step's mail counts as sent already.
    package func enter(
        _ stray: StraySend, of enrollment: EnrollmentID, step: StepID, mailbox: MailboxID
    ) throws -> Bool {
        let id = try row(
            """
            INSERT INTO journal
                   (enrollment_id, step_id, mailbox_id, state, message_id, in_reply_to, reference_ids, subject,
                    sender, recipient, bytes, sent_at, filing)
            VALUES (?1, ?2, ?3, 'sent', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'seen')
            ON CONFLICT (enrollment_id, step_id) DO UPDATE
               SET state = 'sent', message_id = excluded.message_id, in_reply_to = excluded.in_reply_to,
                   reference_ids = excluded.reference_ids, subject = excluded.subject,
                   recipient = excluded.recipient, sent_at = excluded.sent_at, filing = 'seen'
             WHERE journal.state <> 'sent'
            RETURNING id
            """, enrollment.rawValue, step.rawValue, mailbox.rawValue, stray.messageID.text,
            stray.inReplyTo?.text ?? "", stray.references.map(\.text).joined(separator: " "),
            stray.subject, stray.sender.text, stray.recipient.text, Data(), stray.sentAt.milliseconds
        )?.integer(0)
        guard let id else { return false }
        try remember(stray.messageID, "sent", of: enrollment, journal: id)
        try remember(stray.threadRoot, "root", of: enrollment, journal: 0)
        try noteSubject(stray.subject, to: stray.recipient.text, of: enrollment, at: stray.sentAt)
        return true
    }

    /// Has a message judged again when its folder is next read.
    package func judgeAgain(_ id: InboundID) throws {
        try execute("UPDATE inbound SET state = 'pending' WHERE id = ?1 AND state = 'judged'", id.rawValue)
    }

    /// Has a mailbox's folders read again from the beginning, and judged again what concerned nobody.
    package func readAgain(_ mailbox: MailboxID) throws {
        try execute(
            "UPDATE folder SET uid_validity = 0, read_through = 0 WHERE mailbox_id = ?1", mailbox.rawValue)
        try execute(
            """
            DELETE FROM inbound
             WHERE mailbox_id = ?1 AND state = 'judged'
               AND NOT EXISTS (SELECT 1 FROM inbound_match m WHERE m.inbound_id = inbound.id)
            """, mailbox.rawValue)
    }
}

extension Transaction {
    /// Whether a mail was found in Sent rather than sent by this database.
    package func isStray(_ id: MessageID, of mailbox: MailboxID) throws -> Bool {
        try row(
            "SELECT id FROM stray_send WHERE mailbox_id = ?1 AND message_id = ?2", mailbox.rawValue, id.text
        ) != nil
    }
}
