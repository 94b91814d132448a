package import Foundation
package import PurrSequences

// With whom the mailbox exchanges mail, apart from sequences (spec S3.6).
extension Transaction {
    /// Notes when persons last wrote to the mailbox, or its user to them.
    ///
    /// - Parameter times: By address key.
    package func noteCorrespondents(_ times: [String: Date], ofMailbox mailbox: MailboxID, isIncoming: Bool)
        throws
    {
        let (column, other) = isIncoming ? ("wrote_at", "written_at") : ("written_at", "wrote_at")
        for (key, instant) in times.sorted(by: { $0.key < $1.key }) {
            try execute(
                """
                INSERT INTO correspondent (mailbox_id, address_key, \(column), \(other)) VALUES (?1, ?2, ?3, 0)
                ON CONFLICT (mailbox_id, address_key) DO UPDATE SET \(column) = excluded.\(column)
                 WHERE excluded.\(column) > correspondent.\(column)
                """, mailbox.rawValue, key, instant.milliseconds)
        }
    }

    /// When somebody and the mailbox's user last wrote to each other by hand, whoever wrote.
    package func lastExchange(with keys: [String], mailbox: MailboxID, before instant: Date) throws -> Date?
    {
        try keys.compactMap { key in
            try row(
                """
                SELECT CASE WHEN wrote_at > written_at THEN wrote_at ELSE written_at END
                  FROM correspondent
                 WHERE mailbox_id = ?1 AND address_key = ?2
                """, mailbox.rawValue, key
            )?.optionalInstant(0)
        }.filter { $0 <= instant }.max()
    }
}
