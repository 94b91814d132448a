package import Foundation
package import PurrSequences

// What people look at: ordered and counted as they read it.
extension Transaction {
    /// The mailbox's active enrollments in the order of their next step, a mail in doubt included; without those
    /// that a task holds, which come when it is done.
    package func upcoming(of mailbox: MailboxID, limit: Int) throws -> [EnrollmentRecord] {
        try rows(
            """
            SELECT \(Self.enrollmentColumns)
              FROM enrollment
             WHERE mailbox_id = ?1 AND state = 'active' AND next_step <> '' AND awaits_task = 0
             ORDER BY next_at, id
             LIMIT ?2
            """, mailbox.rawValue, limit
        ).compactMap(EnrollmentRecord.init(columns:))
    }

    /// All enrollments in one state, a page at a time.
    package func enrollments(
        in state: EnrollmentState, after id: EnrollmentID? = nil, limit: Int
    ) throws -> [EnrollmentRecord] {
        try rows(
            """
            SELECT \(Self.enrollmentColumns)
              FROM enrollment
             WHERE state = ?1 AND id > ?2
             ORDER BY id
             LIMIT ?3
            """, state.rawValue, id?.rawValue ?? 0, limit
        ).compactMap(EnrollmentRecord.init(columns:))
    }

    /// How many enrollments of each sequence are in each state.
    package func enrollmentCountsBySequence() throws -> [(sequence: SequenceID, state: String, count: Int)]
    {
        try rows("SELECT sequence_id, state, count(*) FROM enrollment GROUP BY sequence_id, state")
            .map { (SequenceID(rawValue: $0.integer(0)), $0.text(1), $0.int(2)) }
    }

    /// How many enrollments of one sequence are in each state, by the index of its enrollments alone.
    package func enrollmentCounts(of sequence: SequenceID) throws -> [(state: String, count: Int)] {
        try rows(Self.enrollmentCountsSQL, sequence.rawValue).map { ($0.text(0), $0.int(1)) }
    }

    /// Served by the index `enrollment_sequence`; a test reads the query plan.
    package static let enrollmentCountsSQL =
        "SELECT state, count(*) FROM enrollment WHERE sequence_id = ?1 GROUP BY state"

    /// How many active enrollments are due now, or have a mail with an open outcome: what else is active waits.
    package func dueCount(at now: Date) throws -> (due: Int, inDoubt: Int) {
        let row = try row(
            """
            SELECT count(*) FILTER (WHERE is_in_doubt = 0 AND awaits_task = 0 AND next_at <= ?1),
                   count(*) FILTER (WHERE is_in_doubt = 1)
              FROM enrollment
             WHERE state = 'active'
            """, now.milliseconds)
        return (row?.int(0) ?? 0, row?.int(1) ?? 0)
    }

    /// How many mails each mailbox sent since then.
    package func sentCounts(since: Date) throws -> [MailboxID: Int] {
        var counts: [MailboxID: Int] = [:]
        for row in try rows(
            "SELECT mailbox_id, count(*) FROM journal WHERE state = 'sent' AND sent_at >= ?1 GROUP BY mailbox_id",
            since.milliseconds)
        {
            counts[MailboxID(rawValue: row.integer(0))] = row.int(1)
        }
        return counts
    }
}
