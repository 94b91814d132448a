package import Foundation
package import PurrSequences

/// Which enrollments a report is about.
package struct NumbersScope: Sendable, Hashable {
    /// Nil for all sequences, deleted ones included.
    package var sequences: [SequenceID]?
    /// Only enrollments made at this time or later.
    package var from: Date?
    /// Only enrollments made before this time.
    package var until: Date?

    package init(sequences: [SequenceID]? = nil, from: Date? = nil, until: Date? = nil) {
        self.sequences = sequences
        self.from = from
        self.until = until
    }

    /// The condition on enrollments `e`, whose `?1` and `?2` are ``lowest`` and ``highest``.
    fileprivate var condition: String {
        let times = "e.created_at >= ?1 AND e.created_at < ?2"
        guard let sequences else { return times }
        let ids = sequences.isEmpty ? "-1" : sequences.map { "\($0.rawValue)" }.joined(separator: ", ")
        return "e.sequence_id IN (\(ids)) AND \(times)"
    }

    fileprivate var lowest: Int64 { from?.milliseconds ?? 0 }
    fileprivate var highest: Int64 { until?.milliseconds ?? 9_000_000_000_000_000 }
}

/// What became of one sequence's enrollments: each number counts enrollments (spec S7.1).
package struct SequenceNumbers: Sendable, Hashable {
    package var enrolled = 0
    /// Of which a mail left, by machine or by hand.
    package var mailed = 0
    /// Open still.
    package var open = 0
    package var finished = 0
    /// Finished without an answer or a meeting.
    package var noResponse = 0
    package var unenrolled = 0
    /// With at least one fact of interest: opened, clicked, replied, meeting booked.
    package var engaged = 0
    /// With at least one such fact, on whatever step.
    package var facts: [Fact: Int] = [:]
    /// Ended early, by reason.
    package var endReasons: [String: Int] = [:]

    package init() {}
}

/// What one step did.
package struct StepNumbers: Sendable, Hashable {
    /// Mails that left and tasks that were made.
    package var executions = 0
    package var facts: [Fact: Int] = [:]
    package var calls = 0
    package var tasksCompleted = 0
    package var tasksOnTime = 0

    package init() {}
}

/// How many open enrollments stand alike before a step.
package struct StandingCount: Sendable, Hashable {
    package let step: StepID
    package let state: EnrollmentState
    package let reason: String
    package let mailbox: MailboxID
    package let isInDoubt: Bool
    /// Whether a task holds them (spec S1.3).
    package let awaitsTask: Bool
    /// Whether its time has come.
    package let isDue: Bool
    package let count: Int
}

// Facts outlive what they are about: nothing here looks at contacts or at whether a sequence is deleted, so
// ends and deletions change no number (spec S4.3).
extension Transaction {
    /// How many different contacts the enrollments have.
    package func contactCount(in scope: NumbersScope) throws -> Int {
        try row(
            "SELECT count(DISTINCT e.contact_id) FROM enrollment e WHERE \(scope.condition)", scope.lowest,
            scope.highest)?.int(0) ?? 0
    }

    /// The same for each sequence in which somebody was enrolled.
    package func contactCounts(in scope: NumbersScope) throws -> [SequenceID: Int] {
        var counts: [SequenceID: Int] = [:]
        for row in try rows(
            """
            SELECT e.sequence_id, count(DISTINCT e.contact_id)
              FROM enrollment e
             WHERE \(scope.condition)
             GROUP BY e.sequence_id
            """, scope.lowest, scope.highest)
        {
            counts[SequenceID(rawValue: row.integer(0))] = row.int(1)
        }
        return counts
    }

    /// The numbers of each sequence in which somebody was enrolled.
    package func sequenceNumbers(in scope: NumbersScope) throws -> [SequenceID: SequenceNumbers] {
        var numbers: [SequenceID: SequenceNumbers] = [:]
        let states = try rows(
            """
            SELECT e.sequence_id, count(*),
                   count(*) FILTER (WHERE EXISTS (SELECT 1 FROM journal j
                                                   WHERE j.enrollment_id = e.id AND j.state = 'sent')),
                   count(*) FILTER (WHERE e.state IN ('active', 'paused', 'held')),
                   count(*) FILTER (WHERE e.state = 'finished'),
                   count(*) FILTER (WHERE e.state = 'unenrolled'),
                   count(*) FILTER (WHERE e.state = 'finished'
                                      AND NOT EXISTS (SELECT 1 FROM fact f
                                                       WHERE f.enrollment_id = e.id
                                                         AND f.kind IN ('replied', 'meetingBooked'))),
                   count(*) FILTER (WHERE EXISTS (SELECT 1 FROM fact f
                                                   WHERE f.enrollment_id = e.id
                                                     AND f.kind IN ('opened', 'clicked', 'replied', 'meetingBooked')))
              FROM enrollment e
             WHERE \(scope.condition)
             GROUP BY e.sequence_id
            """, scope.lowest, scope.highest)
        for row in states {
            var one = SequenceNumbers()
            (one.enrolled, one.mailed, one.open) = (row.int(1), row.int(2), row.int(3))
            (one.finished, one.unenrolled) = (row.int(4), row.int(5))
            (one.noResponse, one.engaged) = (row.int(6), row.int(7))
            numbers[SequenceID(rawValue: row.integer(0))] = one
        }
        for row in try rows(
            """
            SELECT e.sequence_id, f.kind, count(DISTINCT f.enrollment_id)
              FROM enrollment e
              JOIN fact f ON f.enrollment_id = e.id
             WHERE \(scope.condition)
             GROUP BY e.sequence_id, f.kind
            """, scope.lowest, scope.highest)
        {
            guard let fact = Fact(rawValue: row.text(1)) else { continue }
            numbers[SequenceID(rawValue: row.integer(0))]?.facts[fact] = row.int(2)
        }
        for row in try rows(
            """
            SELECT e.sequence_id, e.reason, count(*)
              FROM enrollment e
             WHERE \(scope.condition) AND e.state = 'unenrolled'
             GROUP BY e.sequence_id, e.reason
            """, scope.lowest, scope.highest)
        {
            numbers[SequenceID(rawValue: row.integer(0))]?.endReasons[row.text(1)] = row.int(2)
        }
        return numbers
    }

    /// The numbers of each step that ran, or of which a fact is known.
    package func stepNumbers(in scope: NumbersScope) throws -> [StepID: StepNumbers] {
        var numbers: [StepID: StepNumbers] = [:]
        for row in try rows(
            """
            SELECT j.step_id, count(*)
              FROM enrollment e
              JOIN journal j ON j.enrollment_id = e.id
             WHERE \(scope.condition) AND j.state = 'sent' AND j.is_by_hand = 0
             GROUP BY j.step_id
            """, scope.lowest, scope.highest)
        {
            numbers[StepID(rawValue: row.text(0)), default: StepNumbers()].executions += row.int(1)
        }
        for row in try rows(
            """
            SELECT t.step_id, count(*),
                   count(*) FILTER (WHERE t.state = 'done' AND t.kind = 'call'),
                   count(*) FILTER (WHERE t.state = 'done'),
                   count(*) FILTER (WHERE t.state = 'done' AND t.done_at <= t.due_at)
              FROM enrollment e
              JOIN task t ON t.enrollment_id = e.id
             WHERE \(scope.condition) AND substr(t.step_id, 1, 7) <> '@reply-'
             GROUP BY t.step_id
            """, scope.lowest, scope.highest)
        {
            var step = numbers[StepID(rawValue: row.text(0)), default: StepNumbers()]
            step.executions += row.int(1)
            (step.calls, step.tasksCompleted, step.tasksOnTime) = (row.int(2), row.int(3), row.int(4))
            numbers[StepID(rawValue: row.text(0))] = step
        }
        for row in try rows(
            """
            SELECT f.step_id, f.kind, count(*)
              FROM enrollment e
              JOIN fact f ON f.enrollment_id = e.id
             WHERE \(scope.condition) AND f.step_id <> ''
             GROUP BY f.step_id, f.kind
            """, scope.lowest, scope.highest)
        {
            guard let fact = Fact(rawValue: row.text(1)) else { continue }
            numbers[StepID(rawValue: row.text(0)), default: StepNumbers()].facts[fact] = row.int(2)
        }
        return numbers
    }

    /// How many contacts were enrolled, and answered, in each quarter of an hour.
    ///
    /// Every offset of a time zone is a whole number of quarters, so that quarters add up to days anywhere.
    package func quarterHours(in scope: NumbersScope) throws -> [(at: Date, enrolled: Int, replied: Int)] {
        try rows(
            """
            SELECT e.created_at / 900000, count(*),
                   count(*) FILTER (WHERE EXISTS (SELECT 1 FROM fact f
                                                   WHERE f.enrollment_id = e.id AND f.kind = 'replied'))
              FROM enrollment e
             WHERE \(scope.condition)
             GROUP BY e.created_at / 900000
             ORDER BY 1
            """, scope.lowest, scope.highest
        ).map { (Date(milliseconds: $0.integer(0) * 900_000), $0.int(1), $0.int(2)) }
    }

    /// How many open enrollments wait before each step, and by what.
    package func standings(in scope: NumbersScope, at now: Date) throws -> [StandingCount] {
        try rows(
            """
            SELECT e.next_step, e.state, e.reason, e.mailbox_id, e.is_in_doubt,
                   CASE WHEN e.awaits_task <> 0 THEN 1 ELSE 0 END,
                   CASE WHEN e.next_at <= ?3 THEN 1 ELSE 0 END, count(*)
              FROM enrollment e
             WHERE \(scope.condition) AND e.state IN ('active', 'paused', 'held')
             GROUP BY e.next_step, e.state, e.reason, e.mailbox_id, e.is_in_doubt,
                      CASE WHEN e.awaits_task <> 0 THEN 1 ELSE 0 END,
                      CASE WHEN e.next_at <= ?3 THEN 1 ELSE 0 END
             ORDER BY count(*) DESC, e.next_step, e.reason
            """, scope.lowest, scope.highest, now.milliseconds
        ).compactMap { row in
            EnrollmentState(rawValue: row.text(1)).map {
                StandingCount(
                    step: StepID(rawValue: row.text(0)), state: $0, reason: row.text(2),
                    mailbox: MailboxID(rawValue: row.integer(3)), isInDoubt: row.flag(4),
                    awaitsTask: row.flag(5), isDue: row.flag(6), count: row.int(7))
            }
        }
    }

    /// All sequences by name, deleted ones included: their numbers stay.
    package func sequencesEver() throws -> [SequenceRecord] {
        try rows("SELECT \(Self.sequenceColumns) FROM sequence ORDER BY name").map(record)
    }
}
