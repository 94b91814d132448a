package import Foundation
package import PurrSequences

extension Transaction {
    /// Ends all that is under way in a sequence, because it is deleted.
    ///
    /// - Returns: How many ended.
    package func endAll(in sequence: SequenceID, at now: Date) throws -> Int {
        let open = try rows(
            """
            SELECT id, mailbox_id
              FROM enrollment
             WHERE sequence_id = ?1 AND state IN ('active', 'paused', 'held')
             ORDER BY id
            """, sequence.rawValue)
        for row in open {
            let id = EnrollmentID(rawValue: row.integer(0))
            try unenroll(id, because: .sequenceDeleted, detail: "the sequence was deleted", at: now)
            try append(
                Event(
                    at: now, .canceled, mailbox: MailboxID(rawValue: row.integer(1)), enrollment: id,
                    "The sequence was deleted, so nothing more is sent.", evidence: ["by": "hand"]))
        }
        return open.count
    }

    /// Brings a deleted sequence back under a free name.
    package func restoreSequence(_ sequence: SequenceID, as name: String) throws {
        try execute(
            "UPDATE sequence SET deleted_at = 0, name = ?2 WHERE id = ?1", sequence.rawValue, name)
    }
}
