package import Foundation
package import PurrSequences

/// What a contact did about a step: what reports count (spec S7.1).
package enum Fact: String, Sendable, Hashable, Codable, CaseIterable {
    case opened, clicked, replied, meetingBooked, bounced, unsubscribed
}

extension Transaction {
    /// Notes what a contact did, once for each step; ends and deletions never take it back (spec S4.3).
    ///
    /// - Parameter step: Nil when no step can be named.
    /// - Returns: Whether it was the first time.
    @discardableResult
    package func note(_ fact: Fact, of enrollment: EnrollmentID, step: StepID?, at instant: Date) throws
        -> Bool
    {
        let isNew =
            try row(
                "SELECT at FROM fact WHERE enrollment_id = ?1 AND step_id = ?2 AND kind = ?3",
                enrollment.rawValue, step?.rawValue ?? "", fact.rawValue) == nil
        try execute(
            """
            INSERT INTO fact (enrollment_id, step_id, kind, at, last_at) VALUES (?1, ?2, ?3, ?4, ?4)
            ON CONFLICT (enrollment_id, step_id, kind) DO UPDATE
               SET last_at = CASE WHEN excluded.last_at > fact.last_at THEN excluded.last_at ELSE fact.last_at END
            """, enrollment.rawValue, step?.rawValue ?? "", fact.rawValue, instant.milliseconds)
        return isNew
    }

    /// Takes back what a message said that a person has judged otherwise (spec replies R3.e).
    package func withdraw(_ fact: Fact, of enrollment: EnrollmentID, step: StepID?) throws {
        try execute(
            "DELETE FROM fact WHERE enrollment_id = ?1 AND step_id = ?2 AND kind = ?3", enrollment.rawValue,
            step?.rawValue ?? "", fact.rawValue)
    }

    /// The step whose mail has one of these ids, or else the enrollment's latest mail before that time.
    package func step(of enrollment: EnrollmentID, idKeys: [String], before instant: Date) throws -> StepID?
    {
        for idKey in idKeys.prefix(32) {
            let named = try row(
                """
                SELECT j.step_id
                  FROM message_id m
                  JOIN journal j ON j.id = m.journal_id
                 WHERE m.id_key = ?1 AND m.enrollment_id = ?2
                """, idKey, enrollment.rawValue)
            if let named { return StepID(rawValue: named.text(0)) }
        }
        return try lastMail(of: enrollment, before: instant)?.step
    }

    /// The enrollment's latest mail before that time; nil when none left.
    package func lastMail(of enrollment: EnrollmentID, before instant: Date) throws -> (
        step: StepID, at: Date
    )? {
        try row(
            """
            SELECT step_id, sent_at
              FROM journal
             WHERE enrollment_id = ?1 AND state = 'sent' AND sent_at <= ?2
             ORDER BY sent_at DESC
             LIMIT 1
            """, enrollment.rawValue, instant.milliseconds
        ).map { (StepID(rawValue: $0.text(0)), $0.instant(1)) }
    }

    package func facts(of enrollment: EnrollmentID) throws -> [(fact: Fact, step: StepID?, at: Date)] {
        try rows(
            "SELECT kind, step_id, at FROM fact WHERE enrollment_id = ?1 ORDER BY at", enrollment.rawValue
        )
        .compactMap { row in
            Fact(rawValue: row.text(0)).map {
                ($0, row.text(1).isEmpty ? nil : StepID(rawValue: row.text(1)), row.instant(2))
            }
        }
    }
}
