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
        let keys = Set(
            try [contact.email.key, contact.email.canonicalKey] + secondAddresses(of: contact.id))
        try eraseEvents(of: contact, keys: keys, standIn: standIn)
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

    /// Takes the contact's addresses out of what was written down about their enrollments.
    private func eraseEvents(of contact: Contact, keys: Set<String>, standIn: EmailAddress) throws {
        for enrollment in try enrollments(of: contact.id) {
            let events = try rows(
                "SELECT id, text, evidence FROM event WHERE enrollment_id = ?1", enrollment.id.rawValue)
            for event in events {
                var (text, evidence) = (event.text(1), event.text(2))
                for key in keys.sorted() {
                    text = text.replacingOccurrences(
                        of: key, with: standIn.text, options: .caseInsensitive)
                    evidence = evidence.replacingOccurrences(
                        of: key, with: standIn.text, options: .caseInsensitive)
                }
                guard text != event.text(1) || evidence != event.text(2) else { continue }
                try execute(
                    "UPDATE event SET text = ?2, evidence = ?3 WHERE id = ?1", event.integer(0), text,
                    evidence)
            }
        }
    }
}
