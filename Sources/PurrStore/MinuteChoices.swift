package import Foundation
package import PurrSequences

/// By which rule the minute of a step was chosen (spec T5).
package enum ChoiceArm: String, Sendable, Hashable, Codable, CaseIterable {
    /// By the model.
    case best
    /// The wall time of the mail before, although there was evidence: so that the model can be measured.
    case holdout
    /// The same, because there was no evidence.
    case none
}

/// What came of the mails of one arm.
package struct ArmResult: Sendable, Hashable, Codable {
    /// Mails that were sent as planned.
    package var sent = 0
    /// Those that a person opened, clicked or answered within four hours.
    package var noticed = 0
    /// Those that were answered at any time.
    package var answered = 0

    package init() {}
}

extension Transaction {
    /// Keeps how the minute of a step was chosen; a later choice takes its place.
    package func noteChoice(
        of step: StepID, in enrollment: EnrollmentID, arm: ChoiceArm, at instant: Date, score: Double
    ) throws {
        try execute(
            """
            INSERT INTO minute_choice (enrollment_id, step_id, arm, at, score) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (enrollment_id, step_id) DO UPDATE
               SET arm = excluded.arm, at = excluded.at, score = excluded.score
            """, enrollment.rawValue, step.rawValue, arm.rawValue, instant.milliseconds,
            Int64((score * 1_000).rounded()))
    }

    /// By which rule a step's minute was chosen, and which it is.
    package func choice(of step: StepID, in enrollment: EnrollmentID) throws -> (arm: ChoiceArm, at: Date)?
    {
        try row(
            "SELECT arm, at FROM minute_choice WHERE enrollment_id = ?1 AND step_id = ?2",
            enrollment.rawValue, step.rawValue
        ).flatMap { row in ChoiceArm(rawValue: row.text(0)).map { ($0, row.instant(1)) } }
    }

    /// How many mails a mailbox is to send in a stretch of time.
    package func plannedCount(of mailbox: MailboxID, in range: Range<Date>) throws -> Int {
        try row(
            """
            SELECT count(*)
              FROM enrollment
             WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 0
               AND mailbox_id = ?1 AND is_first IN (0, 1) AND next_at >= ?2 AND next_at < ?3
            """, mailbox.rawValue, range.lowerBound.milliseconds, range.upperBound.milliseconds
        )?.int(0) ?? 0
    }

    /// What came of chosen minutes, by arm.
    ///
    /// Mail that left more than an hour after its minute is left out: limits chose that time.
    package func armResults(of sequences: [SequenceID]) throws -> [ChoiceArm: ArmResult] {
        // All at once: one by one, each would look at the choices of all the others.
        let ids = sequences.isEmpty ? "-1" : sequences.map { "\($0.rawValue)" }.joined(separator: ", ")
        let found = try rows(
            """
            SELECT m.arm,
                   count(*),
                   sum(CASE WHEN EXISTS (SELECT 1 FROM sighting s
                                          WHERE s.enrollment_id = j.enrollment_id AND s.step_id = j.step_id
                                            AND s.enrollment_id > 0 AND s.reason = ''
                                            AND s.at >= j.sent_at AND s.at < j.sent_at + 14400000)
                              OR EXISTS (SELECT 1 FROM fact f
                                          WHERE f.enrollment_id = j.enrollment_id AND f.step_id = j.step_id
                                            AND f.kind = 'replied'
                                            AND f.at >= j.sent_at AND f.at < j.sent_at + 14400000)
                            THEN 1 ELSE 0 END),
                   sum(CASE WHEN EXISTS (SELECT 1 FROM fact f
                                          WHERE f.enrollment_id = j.enrollment_id AND f.step_id = j.step_id
                                            AND f.kind = 'replied')
                            THEN 1 ELSE 0 END)
              FROM minute_choice m
              JOIN journal j ON j.enrollment_id = m.enrollment_id AND j.step_id = m.step_id
              JOIN enrollment e ON e.id = m.enrollment_id
             WHERE j.state = 'sent' AND j.sent_at < m.at + 3600000 AND e.sequence_id IN (\(ids))
             GROUP BY m.arm
            """)
        var results: [ChoiceArm: ArmResult] = [:]
        for row in found {
            guard let arm = ChoiceArm(rawValue: row.text(0)) else { continue }
            var result = ArmResult()
            (result.sent, result.noticed, result.answered) = (row.int(1), row.int(2), row.int(3))
            results[arm] = result
        }
        return results
    }
}
