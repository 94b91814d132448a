package import Foundation
package import PurrSequences

/// What a contact went through, over all sequences (spec S7.2).
package struct ContactHistory: Sendable, Hashable {
    package var isInSequence = false
    /// How many different sequences.
    package var sequences = 0
    /// The name of the one enrolled in last; empty for none.
    package var latestSequence = ""
    package var enrolled: Date?
    package var finished: Date?
    package var unenrolled: Date?
    /// Finished or unenrolled.
    package var ended: Date?
    package var opened: Date?
    package var clicked: Date?
    package var replied: Date?

    package init() {}
}

extension Transaction {
    /// The histories of the contacts whose addresses lie between two keys, the first left out.
    ///
    /// Contacts that were never enrolled are left out.
    package func contactHistories(after first: String, through last: String) throws -> [ContactID:
        ContactHistory]
    {
        var histories: [ContactID: ContactHistory] = [:]
        for row in try rows(
            """
            SELECT e.contact_id,
                   count(*) FILTER (WHERE e.state IN ('active', 'paused', 'held')),
                   count(DISTINCT e.sequence_id),
                   max(e.created_at),
                   max(CASE WHEN e.state = 'finished' THEN e.ended_at ELSE 0 END),
                   max(CASE WHEN e.state = 'unenrolled' THEN e.ended_at ELSE 0 END),
                   max(e.ended_at), max(e.id)
              FROM contact c
              JOIN enrollment e ON e.contact_id = c.id
             WHERE c.email_key > ?1 AND c.email_key <= ?2
             GROUP BY e.contact_id
            """, first, last)
        {
            var history = ContactHistory()
            history.isInSequence = row.int(1) > 0
            history.sequences = row.int(2)
            history.enrolled = row.optionalInstant(3)
            history.finished = row.optionalInstant(4)
            history.unenrolled = row.optionalInstant(5)
            history.ended = row.optionalInstant(6)
            history.latestSequence =
                try self.row(
                    "SELECT s.name FROM enrollment e JOIN sequence s ON s.id = e.sequence_id WHERE e.id = ?1",
                    row.integer(7))?.text(0) ?? ""
            histories[ContactID(rawValue: row.integer(0))] = history
        }
        for row in try rows(
            """
            SELECT e.contact_id, f.kind, max(f.last_at)
              FROM contact c
              JOIN enrollment e ON e.contact_id = c.id
              JOIN fact f ON f.enrollment_id = e.id
             WHERE c.email_key > ?1 AND c.email_key <= ?2
             GROUP BY e.contact_id, f.kind
            """, first, last)
        {
            let contact = ContactID(rawValue: row.integer(0))
            switch Fact(rawValue: row.text(1)) {
            case .opened: histories[contact]?.opened = row.optionalInstant(2)
            case .clicked: histories[contact]?.clicked = row.optionalInstant(2)
            case .replied: histories[contact]?.replied = row.optionalInstant(2)
            default: continue
            }
        }
        return histories
    }
}
