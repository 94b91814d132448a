package import Foundation
package import PurrMail
package import PurrSequences

// What is left of a contact who was deleted: numbers (spec S4.1, S4.3).
extension Transaction {
    /// Whether a mail to the contact is being handed over, or its outcome is open.
    package func hasOpenOutcome(_ contact: ContactID) throws -> Bool {
        try row(
            """
            SELECT j.id
              FROM journal j
              JOIN enrollment e ON e.id = j.enrollment_id
             WHERE e.contact_id = ?1 AND j.state IN ('sending', 'unknown')
             LIMIT 1
            """, contact.rawValue) != nil
    }

    /// Erases what is personal about a contact; enrollments, their states and what reports count stay, and so
    /// does a suppressed address, so that nothing is ever sent there.
    ///
    /// - Parameter standIn: What stands where the address stood.
    package func erase(_ contact: Contact, standIn: EmailAddress, at now: Date) throws {
        let id = contact.id.rawValue
        // What was there is overwritten and not only unlinked, to the end of this process's work.
        _ = try row("PRAGMA secure_delete = ON")
        let others = try secondAddresses(of: contact.id)
        let keys = Set(
            [contact.email.key, contact.email.canonicalKey] + others
                + others.compactMap { EmailAddress($0)?.canonicalKey })
        // Some stand with no enrollment, such as a mailbox's own; the index finds them.
        try eraseEvents(
            of: try enrollments(of: contact.id).map(\.id.rawValue) + [0], keys: keys, standIn: standIn.text)
        try eraseAttention(of: contact, keys: keys)
        try eraseWeb(of: contact, keys: keys)
        try eraseJudgements(of: contact)
        try eraseServerWords(keys: keys, standIn: standIn.text)
        for key in keys.sorted() {
            try execute(
                """
                UPDATE inbound
                   SET header = ?2, sender = '', subject = '', message_id = '', excerpt = '', judgement = ''
                 WHERE sender = ?1 AND state <> 'pending'
                """, key, Data())
            try execute("DELETE FROM correspondent WHERE address_key = ?1", key)
            try execute(
                """
                UPDATE stray_send
                   SET sender = '', recipient = '', recipient_name = '', subject = ''
                 WHERE lower(recipient) = ?1
                """, key)
        }
        // What came from elsewhere and concerns nobody else: reports about them, answers from other addresses.
        try execute(
            """
            UPDATE inbound
               SET header = ?2, sender = '', subject = '', message_id = '', excerpt = '', judgement = ''
             WHERE state <> 'pending'
               AND id IN (SELECT m.inbound_id FROM inbound_match m JOIN enrollment e ON e.id = m.enrollment_id
                           WHERE e.contact_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM inbound_match m JOIN enrollment e ON e.id = m.enrollment_id
                                WHERE m.inbound_id = inbound.id AND e.contact_id <> ?1)
            """, contact.id.rawValue, Data())
        let mine = "enrollment_id IN (SELECT id FROM enrollment WHERE contact_id = ?1)"
        try execute(
            """
            UPDATE journal
               SET recipient = ?2, subject = '', bytes = ?3, reply = '',
                   filing = CASE WHEN filing = 'due' THEN 'none' ELSE filing END
             WHERE \(mine)
            """, id, standIn.text, Data())
        try execute("DELETE FROM enrollment_edit WHERE \(mine)", id)
        try execute("DELETE FROM company_subject WHERE \(mine)", id)
        try execute("UPDATE inbound_match SET evidence = '' WHERE \(mine)", id)
        try execute("UPDATE inbound_effect SET subject = '' WHERE kind = 'address' AND \(mine)", id)
        try execute(
            """
            UPDATE notice
               SET subject = '', bytes = ?2, state = CASE WHEN state = 'prepared' THEN 'dropped' ELSE state END
             WHERE task_id IN (SELECT id FROM task WHERE contact_id = ?1)
            """, id, Data())
        // A digest names everybody who had something to do that day; once it has gone, nobody reads it again.
        try execute(
            "UPDATE notice SET bytes = ?1 WHERE state IN ('sent', 'failed', 'dropped')", Data())
        try execute(
            "UPDATE task SET title = ?2, notes = '', link = '' WHERE contact_id = ?1", id, standIn.text)
        try execute("UPDATE enrollment SET detail = '' WHERE contact_id = ?1", id)
        try execute("UPDATE signal SET document = '{}' WHERE contact_id = ?1", id)
        try execute("DELETE FROM contact_address WHERE contact_id = ?1", id)
        try execute(
            """
            UPDATE contact
               SET email = ?2, email_key = ?3, canonical_key = ?3, first_name = '', last_name = '', company = '',
                   time_zone = '', properties = '{}', deleted_at = ?4
             WHERE id = ?1
            """, id, standIn.text, "#\(id)", now.milliseconds)
    }

    /// Forgets when the contact is attentive; what reports count of the minutes chosen for them stays, without them.
    private func eraseAttention(of contact: Contact, keys: Set<String>) throws {
        let mine = "enrollment_id IN (SELECT id FROM enrollment WHERE contact_id = ?1)"
        for key in keys.sorted() {
            try execute("DELETE FROM attention WHERE level = 'contact' AND key = ?1", key)
            try execute("DELETE FROM sighting WHERE address_key = ?1 AND enrollment_id = 0", key)
            try execute(
                """
                UPDATE sighting
                   SET address_key = ?2, key = 'erased/' || id, agent = '', east = 0, is_taken = 1
                 WHERE address_key = ?1
                """, key, "#\(contact.id)")
        }
        // Somebody else to whom the mail was passed on may have opened it.
        try execute(
            """
            UPDATE sighting
               SET address_key = ?2, key = 'erased/' || id, agent = '', east = 0, is_taken = 1
             WHERE \(mine)
            """, contact.id.rawValue, "#\(contact.id)")
    }

    /// Takes out of what came in by the web whatever says who it was; how often something was fetched stays.
    ///
    /// Links in mails to them lead nowhere from then on, and opting out by one still works.
    private func eraseWeb(of contact: Contact, keys: Set<String>) throws {
        let mails = """
            web_mail_id IN (SELECT w.id FROM web_mail w JOIN enrollment e ON e.id = w.enrollment_id
                             WHERE e.contact_id = ?1)
            """
        try execute("UPDATE web_link SET target = '' WHERE \(mails)", contact.id.rawValue)
        try execute("UPDATE web_visit SET agent = '' WHERE \(mails)", contact.id.rawValue)
        try execute("UPDATE workflow_run SET detail = '' WHERE contact_id = ?1", contact.id.rawValue)
        // What came before they were a contact belongs to nobody, and names them all the same.
        for key in keys.sorted() {
            try execute(
                "UPDATE signal SET document = '{}' WHERE contact_id = 0 AND instr(lower(document), ?1) > 0",
                key)
        }
    }

    /// Takes their words out of what a person said of their messages.
    private func eraseJudgements(of contact: Contact) throws {
        try execute(
            """
            UPDATE reclassification SET from_judgement = '', to_judgement = ''
             WHERE inbound_id IN (SELECT m.inbound_id
                                    FROM inbound_match m
                                    JOIN enrollment e ON e.id = m.enrollment_id
                                   WHERE e.contact_id = ?1)
               AND NOT EXISTS (SELECT 1
                                 FROM inbound_match m
                                 JOIN enrollment e ON e.id = m.enrollment_id
                                WHERE m.inbound_id = reclassification.inbound_id AND e.contact_id <> ?1)
            """, contact.id.rawValue)
    }

    /// Takes addresses out of what servers said last of mailboxes: a refusal may name the recipient.
    private func eraseServerWords(keys: Set<String>, standIn: String) throws {
        let columns = ["reason", "failure", "free_why", "slow_why"]
        for mailbox in try rows("SELECT id, \(columns.joined(separator: ", ")) FROM mailbox") {
            for (index, column) in columns.enumerated() {
                let words = mailbox.text(index + 1)
                let erased = keys.sorted().reduce(words) {
                    $0.replacingOccurrences(of: $1, with: standIn, options: .caseInsensitive)
                }
                guard erased != words else { continue }
                try execute(
                    "UPDATE mailbox SET \(column) = ?2 WHERE id = ?1", mailbox.integer(0), erased)
            }
        }
    }

    /// Forgets what a message says that came after all whom it concerns were deleted.
    ///
    /// What it asked for is done by then; its id stays, so that it is not read again.
    package func eraseIfNobodyIsLeft(_ inbound: InboundID) throws {
        guard
            let sender = try row(
                """
                SELECT i.sender
                  FROM inbound i
                 WHERE i.id = ?1 AND i.state <> 'pending'
                   AND EXISTS (SELECT 1 FROM inbound_match m WHERE m.inbound_id = i.id)
                   AND NOT EXISTS (SELECT 1
                                     FROM inbound_match m
                                     JOIN enrollment e ON e.id = m.enrollment_id
                                     JOIN contact c ON c.id = e.contact_id
                                    WHERE m.inbound_id = i.id AND c.deleted_at = 0)
                """, inbound.rawValue)?.text(0)
        else { return }
        _ = try row("PRAGMA secure_delete = ON")
        let enrollments = try rows(
            "SELECT enrollment_id FROM inbound_match WHERE inbound_id = ?1", inbound.rawValue
        ).map { $0.integer(0) }
        let keys = Set([sender.lowercased()].filter { !$0.isEmpty })
        try eraseEvents(of: enrollments, keys: keys, standIn: "deleted@deleted.invalid")
        try execute("UPDATE inbound_match SET evidence = '' WHERE inbound_id = ?1", inbound.rawValue)
        try execute(
            """
            UPDATE inbound
               SET header = ?2, sender = '', subject = '', message_id = '', excerpt = '', judgement = ''
             WHERE id = ?1
            """, inbound.rawValue, Data())
    }

    /// Takes addresses out of what was written down about enrollments.
    private func eraseEvents(of enrollments: [Int64], keys: Set<String>, standIn: String) throws {
        for id in enrollments {
            let events = try rows("SELECT id, text, evidence FROM event WHERE enrollment_id = ?1", id)
            for event in events {
                var (text, evidence) = (event.text(1), event.text(2))
                for key in keys.sorted() {
                    text = text.replacingOccurrences(of: key, with: standIn, options: .caseInsensitive)
                    evidence = evidence.replacingOccurrences(
                        of: key, with: standIn, options: .caseInsensitive)
                }
                guard text != event.text(1) || evidence != event.text(2) else { continue }
                try execute(
                    "UPDATE event SET text = ?2, evidence = ?3 WHERE id = ?1", event.integer(0), text,
                    evidence)
            }
        }
    }
}
