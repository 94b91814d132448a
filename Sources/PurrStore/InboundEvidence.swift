package import Foundation
package import PurrSequences

/// Whose a message is, as it is kept.
package struct KnownMatch: Sendable, Hashable {
    package let enrollment: EnrollmentID
    /// The number of the rung in spec replies R2.
    package let rung: Int
    /// For people.
    package let evidence: String
    package let isOnlyNoted: Bool

    package init(enrollment: EnrollmentID, rung: Int, evidence: String, isOnlyNoted: Bool) {
        self.enrollment = enrollment
        self.rung = rung
        self.evidence = evidence
        self.isOnlyNoted = isOnlyNoted
    }
}

/// One thing that a message did, so that it can be taken back (spec replies R3.e).
package struct InboundEffectRecord: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// An enrollment was unenrolled.
        case ended
        case held
        /// Its next step was moved.
        case waiting
        /// ``subject`` is an address key.
        case suppressed
        /// ``subject`` is the fact, a space and the step.
        case fact
        /// ``subject`` is the second address, ``enrollment`` one of its contact's.
        case address
        /// ``subject`` is the number of the task.
        case task
    }

    package let id: Int64
    package let kind: Kind
    package let enrollment: EnrollmentID?
    package let subject: String
    /// How the enrollment stood before.
    package let earlier: EarlierState?
    package let at: Date
}

/// How an enrollment stood before a message changed it.
package struct EarlierState: Sendable, Codable, Hashable {
    package let state: EnrollmentState
    package let reason: String
    package let detail: String
    /// Milliseconds since 1970; 0 for none.
    package let nextAt: Int64
    /// Seconds of delay that were left while it was paused or held.
    package let remaining: Double
    /// The tasks that were open.
    package let tasks: [Int64]

    package init(_ enrollment: EnrollmentRecord, openTasks: [TaskID]) {
        state = enrollment.state
        reason = enrollment.reason
        detail = enrollment.detail
        nextAt = enrollment.nextAt?.milliseconds ?? 0
        remaining = enrollment.remaining
        tasks = openTasks.map(\.rawValue)
    }

    /// What was left of the delay at that time, in seconds.
    package func rest(at instant: Date) -> Double {
        state == .active ? max(0, Double(nextAt - instant.milliseconds) / 1000) : max(0, remaining)
    }
}

extension Transaction {
    // MARK: Whose it is

    package func record(_ matches: [KnownMatch], of inbound: InboundID) throws {
        for match in matches {
            try execute(
                """
                INSERT INTO inbound_match (inbound_id, enrollment_id, rung, evidence, is_only_noted)
                VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (inbound_id, enrollment_id) DO UPDATE
                   SET rung = excluded.rung, evidence = excluded.evidence, is_only_noted = excluded.is_only_noted
                """, inbound.rawValue, match.enrollment.rawValue, match.rung, match.evidence,
                match.isOnlyNoted ? 1 : 0)
        }
    }

    package func matches(of inbound: InboundID) throws -> [KnownMatch] {
        try rows(
            """
            SELECT enrollment_id, rung, evidence, is_only_noted
              FROM inbound_match
             WHERE inbound_id = ?1
             ORDER BY rung, enrollment_id
            """, inbound.rawValue
        ).map {
            KnownMatch(
                enrollment: EnrollmentID(rawValue: $0.integer(0)), rung: $0.int(1), evidence: $0.text(2),
                isOnlyNoted: $0.flag(3))
        }
    }

    // MARK: What it did

    package func record(
        _ kind: InboundEffectRecord.Kind, of inbound: InboundID, enrollment: EnrollmentID?,
        subject: String = "", earlier: EarlierState? = nil, at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO inbound_effect (inbound_id, kind, enrollment_id, subject, earlier, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, inbound.rawValue, kind.rawValue, enrollment?.rawValue ?? 0, subject,
            earlier.map { JSONText.encoded($0) } ?? "", now.milliseconds)
    }

    /// What a message did and nobody has taken back, the latest first.
    package func effects(of inbound: InboundID) throws -> [InboundEffectRecord] {
        try rows(
            """
            SELECT id, kind, enrollment_id, subject, earlier, at
              FROM inbound_effect
             WHERE inbound_id = ?1 AND undone_at = 0
             ORDER BY id DESC
            """, inbound.rawValue
        ).compactMap { row in
            InboundEffectRecord.Kind(rawValue: row.text(1)).map {
                InboundEffectRecord(
                    id: row.integer(0), kind: $0,
                    enrollment: row.integer(2) == 0 ? nil : EnrollmentID(rawValue: row.integer(2)),
                    subject: row.text(3), earlier: JSONText.decoded(EarlierState.self, row.text(4)),
                    at: row.instant(5))
            }
        }
    }

    /// Whether a message ever ended something for that reason, taken back since or not.
    package func hasEnded(by inbound: InboundID, because reason: EndReason) throws -> Bool {
        try row(
            "SELECT 1 FROM inbound_effect WHERE inbound_id = ?1 AND kind = 'ended' AND subject = ?2 LIMIT 1",
            inbound.rawValue, reason.rawValue) != nil
    }

    package func setUndone(_ effect: InboundEffectRecord, at now: Date) throws {
        try execute(
            "UPDATE inbound_effect SET undone_at = ?2 WHERE id = ?1", effect.id, now.milliseconds)
    }

    // MARK: Taking it back

    /// Puts an enrollment that a message ended back into the state before it, its clock stopped.
    ///
    /// - Parameters:
    ///   - reason: Why it had ended: what ended it for another reason since stays.
    ///   - rest: Seconds of its delay that were left.
    /// - Returns: Whether anything changed.
    package func reinstate(
        _ id: EnrollmentID, endedBecause reason: EndReason, as earlier: EarlierState, rest: Double
    ) throws -> Bool {
        // What was active goes on through the paused state, so that resuming places it anew.
        let state = earlier.state == .active ? EnrollmentState.paused : earlier.state
        let changed =
            try row(
                """
                UPDATE enrollment
                   SET state = ?3, reason = ?4, detail = ?5, remaining = ?6, ended_at = 0
                 WHERE id = ?1 AND state = 'unenrolled' AND reason = ?2
                RETURNING id
                """, id.rawValue, reason.rawValue, state.rawValue, earlier.reason, earlier.detail,
                Int64(rest * 1000)) != nil
        guard changed else { return false }
        for task in earlier.tasks {
            try execute(
                "UPDATE task SET state = 'open', done_at = 0 WHERE id = ?1 AND state = 'canceled'", task)
        }
        return true
    }

    /// Lifts a suppression that a message brought about; one that is older or newer stays.
    package func liftSuppression(_ key: String, since instant: Date) throws -> Bool {
        try row(
            "DELETE FROM suppression WHERE address_key = ?1 AND at = ?2 RETURNING address_key", key,
            instant.milliseconds) != nil
    }

    package func removeAddress(_ key: String, of contact: ContactID) throws {
        try execute(
            "DELETE FROM contact_address WHERE address_key = ?1 AND contact_id = ?2", key, contact.rawValue)
    }

    /// Gives a paused enrollment at least so much delay to wait when it goes on.
    package func prolong(_ id: EnrollmentID, to rest: Double) throws {
        try execute(
            "UPDATE enrollment SET remaining = ?2 WHERE id = ?1 AND state = 'paused' AND remaining < ?2",
            id.rawValue, Int64(rest * 1000))
    }

    /// Other messages that concern a contact and were read as a reason to end their enrollments, oldest first.
    package func endingMessages(of contact: ContactID, except inbound: InboundID? = nil) throws
        -> [InboundID]
    {
        try rows(
            """
            SELECT DISTINCT i.id, i.received_at
              FROM enrollment e
              JOIN inbound_match m ON m.enrollment_id = e.id
              JOIN inbound i ON i.id = m.inbound_id
             WHERE e.contact_id = ?1 AND i.id <> ?2 AND m.is_only_noted = 0 AND i.state = 'judged'
               AND i.kind IN ('human', 'calendar', 'unsubscribe', 'left', 'complaint', 'bounce')
             ORDER BY i.received_at, i.id
            """, contact.rawValue, inbound?.rawValue ?? 0
        ).map { InboundID(rawValue: $0.integer(0)) }
    }
}
