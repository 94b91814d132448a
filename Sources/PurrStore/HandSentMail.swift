package import Foundation
package import PurrMail
package import PurrSequences

// Mail of a sequence that a person sends: drafts, and what was found in Sent (spec S1, manual e-mail).
extension Transaction {
    /// Stores the filled draft of a manual e-mail, to be put into Drafts.
    ///
    /// - Returns: Nil when the step's mail was sent already.
    package func prepareDraft(
        _ mail: PreparedMail, enrollment: EnrollmentID, step: StepID, mailbox: MailboxID
    ) throws -> JournalID? {
        let id = try row(
            """
            INSERT INTO journal
                   (enrollment_id, step_id, mailbox_id, state, message_id, in_reply_to, reference_ids, subject,
                    sender, recipient, bytes, filing, is_by_hand)
            VALUES (?1, ?2, ?3, 'draft', ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'due', 1)
            ON CONFLICT (enrollment_id, step_id) DO UPDATE
               SET state = 'draft', bytes = excluded.bytes, in_reply_to = excluded.in_reply_to,
                   reference_ids = excluded.reference_ids, subject = excluded.subject,
                   message_id = excluded.message_id, recipient = excluded.recipient, filing = 'due',
                   -- One that lies in Drafts already is looked for before it is filed again.
                   attempts = CASE WHEN journal.state = 'draft' THEN 1 ELSE 0 END,
                   is_by_hand = 1
             WHERE journal.state IN ('draft', 'cancelled')
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

    /// Drafts that are to be put into the mailbox, oldest first.
    package func unfiledDrafts(of mailbox: MailboxID, limit: Int) throws -> [JournalEntry] {
        try rows(
            """
            SELECT \(Self.journalColumns)
              FROM journal
             WHERE mailbox_id = ?1 AND filing = 'due' AND sent_at = 0 AND state = 'draft'
             ORDER BY id
             LIMIT ?2
            """, mailbox.rawValue, limit
        ).compactMap(JournalEntry.init(columns:))
    }

    /// Counts an attempt to file a draft, so that the next one looks for it first.
    package func countDraftAttempt(of id: JournalID) throws {
        try execute(
            "UPDATE journal SET attempts = attempts + 1 WHERE id = ?1 AND state = 'draft'", id.rawValue)
    }

    /// The draft is known not to lie in the mailbox: it may be filed.
    package func forgetDraftAttempts(of id: JournalID) throws {
        try execute("UPDATE journal SET attempts = 0 WHERE id = ?1 AND state = 'draft'", id.rawValue)
    }

    /// Records that the user sent the mail of a step, as it was found in Sent.
    ///
    /// - Returns: The entry, or nil when the step's mail was known to be sent.
    package func recordSentByHand(
        _ id: MessageID, inReplyTo: MessageID?, references: [MessageID], subject: String,
        sender: EmailAddress,
        recipient: EmailAddress, task: TaskRecord, at instant: Date
    ) throws -> JournalID? {
        let entry = try row(
            """
            INSERT INTO journal
                   (enrollment_id, step_id, mailbox_id, state, message_id, wire_id, in_reply_to, reference_ids, subject,
                    sender, recipient, bytes, sent_at, filing, is_by_hand)
            VALUES (?1, ?2, ?3, 'sent', ?4, '', ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'seen', 1)
            ON CONFLICT (enrollment_id, step_id) DO UPDATE
               SET state = 'sent', sent_at = excluded.sent_at, filing = 'seen', subject = excluded.subject,
                   in_reply_to = excluded.in_reply_to, reference_ids = excluded.reference_ids, is_by_hand = 1,
                   wire_id = CASE WHEN journal.message_id = excluded.message_id THEN '' ELSE excluded.message_id END
             WHERE journal.state IN ('draft', 'cancelled')
            RETURNING id
            """, task.enrollment.rawValue, task.step.rawValue, task.mailbox.rawValue, id.text,
            inReplyTo?.text ?? "",
            references.map(\.text).joined(separator: " "), subject, sender.text, recipient.text, Data(),
            instant.milliseconds
        ).map { JournalID(rawValue: $0.integer(0)) }
        guard let entry else { return nil }
        try remember(id, "wire", of: task.enrollment, journal: entry.rawValue)
        try noteSubject(subject, to: recipient.text, of: task.enrollment, at: instant)
        return entry
    }

    /// When the enrollment's latest mail left.
    package func lastSent(of enrollment: EnrollmentID) throws -> Date? {
        try row(
            "SELECT max(sent_at) FROM journal WHERE enrollment_id = ?1 AND state = 'sent'",
            enrollment.rawValue
        )?.optionalInstant(0)
    }

    /// A draft that was not filed yet is not filed any more.
    package func cancelDraft(of enrollment: EnrollmentID, step: StepID) throws {
        try execute(
            """
            UPDATE journal SET state = 'cancelled', filing = 'none'
             WHERE enrollment_id = ?1 AND step_id = ?2 AND state = 'draft' AND filing = 'due'
            """, enrollment.rawValue, step.rawValue)
    }
}
