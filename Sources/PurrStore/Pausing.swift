package import Foundation
package import PurrSequences

// Pauses of a sequence, and of everything of a user's (spec S4.4).
extension Transaction {
    /// The pause that holds for an enrollment besides its own; the sequence's goes first.
    package func standingPause(sequence: SequenceID, owner: UserID?) throws -> PauseReason? {
        let row = try row(
            """
            SELECT (SELECT count(*) FROM sequence WHERE id = ?1 AND paused_at > 0),
                   (SELECT count(*) FROM account WHERE id = ?2 AND paused_at > 0)
            """, sequence.rawValue, owner?.rawValue ?? 0)
        guard let row else { return nil }
        return row.int(0) > 0 ? .sequence : row.int(1) > 0 ? .everything : nil
    }

    /// Pauses or resumes a sequence as such; its enrollments are changed apart.
    package func setPaused(_ sequence: SequenceID, since instant: Date?) throws {
        try execute(
            "UPDATE sequence SET paused_at = ?2 WHERE id = ?1", sequence.rawValue,
            instant?.milliseconds ?? 0)
    }

    /// Pauses or resumes a user as such; their enrollments are changed apart.
    package func setPaused(_ user: UserID, since instant: Date?) throws {
        try execute(
            "UPDATE account SET paused_at = ?2 WHERE id = ?1", user.rawValue, instant?.milliseconds ?? 0)
    }

    package func isPaused(_ user: UserID) throws -> Bool {
        try row("SELECT paused_at FROM account WHERE id = ?1", user.rawValue)?.optionalInstant(0) != nil
    }

    /// Pauses all that is under way in a sequence, or of an owner, each with what is left of its delay.
    ///
    /// - Parameters:
    ///   - sequence: Nil for every sequence.
    ///   - owner: Nil for every owner.
    /// - Returns: How many were paused.
    package func pauseAll(
        in sequence: SequenceID?, of owner: UserID?, because reason: PauseReason, at now: Date
    ) throws -> Int {
        let condition = "state = 'active' AND (?1 = 0 OR sequence_id = ?1) AND (?2 = 0 OR owner_id = ?2)"
        try execute(
            """
            INSERT INTO event (at, kind, mailbox_id, enrollment_id, text, evidence)
            SELECT ?3, 'paused', mailbox_id, id, ?4, ?5 FROM enrollment WHERE \(condition)
            """, sequence?.rawValue ?? 0, owner?.rawValue ?? 0, now.milliseconds,
            "Paused: \(reason.words).", JSONText.encoded(["by": "hand"]))
        return try rows(
            """
            UPDATE enrollment
               SET state = 'paused', reason = ?4, detail = ?5,
                   remaining = CASE WHEN next_at > ?3 THEN next_at - ?3 ELSE 0 END
             WHERE \(condition)
            RETURNING id
            """, sequence?.rawValue ?? 0, owner?.rawValue ?? 0, now.milliseconds, reason.rawValue,
            reason.words
        ).count
    }

    /// Some of those that a pause keeps from going on.
    package func enrollments(
        paused reason: PauseReason, in sequence: SequenceID?, of owner: UserID?,
        after id: EnrollmentID?, limit: Int
    ) throws -> [EnrollmentRecord] {
        try rows(
            """
            SELECT \(Self.enrollmentColumns)
              FROM enrollment
             WHERE state = 'paused' AND reason = ?1 AND (?2 = 0 OR sequence_id = ?2)
               AND (?3 = 0 OR owner_id = ?3) AND id > ?4
             ORDER BY id
             LIMIT ?5
            """, reason.rawValue, sequence?.rawValue ?? 0, owner?.rawValue ?? 0, id?.rawValue ?? 0, limit
        ).compactMap(EnrollmentRecord.init(columns:))
    }

    /// Gives a pause another reason, so that it ends with that.
    package func setPauseReason(_ reason: PauseReason, of id: EnrollmentID) throws {
        try execute(
            "UPDATE enrollment SET reason = ?2, detail = ?3 WHERE id = ?1 AND state = 'paused'",
            id.rawValue, reason.rawValue, reason.words)
    }

    /// Lets a paused or held enrollment go on at `instant`; where its sequence or its owner is paused, it stays
    /// paused with that, and goes on with it.
    ///
    /// - Parameter now: What the rest of the delay counts from; nil when it is to go on at once.
    /// - Returns: Whether anything changed.
    @discardableResult
    package func resume(
        _ id: EnrollmentID, from state: EnrollmentState, at instant: Date, now: Date? = nil
    ) throws -> Bool {
        guard let enrollment = try enrollment(id), enrollment.state == state else { return false }
        if let pause = try standingPause(sequence: enrollment.sequence, owner: enrollment.owner) {
            let rest = max(0, instant.timeIntervalSince(now ?? instant))
            try execute(
                """
                UPDATE enrollment SET state = 'paused', reason = ?2, detail = ?3, remaining = ?4
                 WHERE id = ?1
                """, id.rawValue, pause.rawValue, pause.words, Int64(rest * 1000))
            return true
        }
        try execute(
            """
            UPDATE enrollment
               SET state = 'active', reason = CASE WHEN awaits_task <> 0 THEN 'taskOpen' ELSE 'delay' END,
                   detail = '', next_at = ?2, planned_at = ?2, remaining = 0
             WHERE id = ?1
            """, id.rawValue, instant.milliseconds)
        return true
    }
}
