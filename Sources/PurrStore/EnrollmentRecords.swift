package import Foundation
package import PurrMail
package import PurrSequences

/// One contact going through one sequence.
package struct EnrollmentRecord: Sendable {
    package let id: EnrollmentID
    package let contact: ContactID
    package let sequence: SequenceID
    package let version: Int
    package let mailbox: MailboxID
    package let sender: EmailAddress
    package let zone: Zone
    package let state: EnrollmentState
    /// A ``WaitReason``, ``HoldReason`` or ``EndReason``, by state.
    package let reason: String
    /// For a person.
    package let detail: String
    package let nextStep: StepID?
    package let nextAt: Date?
    /// When the step was to go before limits and failures moved it.
    package let plannedAt: Date?
    package let remaining: TimeInterval
    package let isFirst: Bool
    package let isInDoubt: Bool
    package let threadRoot: String
    package let createdAt: Date
    package let endedAt: Date?
    /// Who enrolled the contact; nil where nobody is known.
    package let owner: UserID?
    /// When the first step was to run.
    package let startAt: Date
    /// Whether the next step is work for a human.
    package let isTask: Bool
    /// The task that holds it (spec S1.3).
    package let awaitsTask: TaskID?
    /// Goes at the slower pace (spec S8.1).
    package let isBulk: Bool
    /// How many mails are still to be approved before they leave.
    package let reviewLeft: Int
    package let approvedStep: StepID?
    /// A recent exchange with the contact was waved through (spec S3.6).
    package let mayBeRecent: Bool
    /// Another copy of the database may have sent its next mail (spec sending M5.4).
    package let mayHaveLeft: Bool
}

/// An enrollment before it is stored.
package struct EnrollmentDraft: Sendable {
    package var contact: ContactID
    package var sequence: SequenceID
    package var version: Int
    package var mailbox: MailboxID
    package var sender: EmailAddress
    package var zone: Zone
    package var idempotencyKey = ""
    package var firstStep: Step
    package var start: Date
    package var threadRoot: String
    package var owner: UserID?
    package var isBulk = false
    package var reviewLeft = 0
    package var mayBeRecent = false

    package init(
        contact: ContactID, sequence: SequenceID, version: Int, mailbox: MailboxID, sender: EmailAddress,
        zone: Zone,
        firstStep: Step, start: Date, threadRoot: String
    ) {
        self.contact = contact
        self.sequence = sequence
        self.version = version
        self.mailbox = mailbox
        self.sender = sender
        self.zone = zone
        self.firstStep = firstStep
        self.start = start
        self.threadRoot = threadRoot
    }
}

extension Transaction {
    static let enrollmentColumns = """
        id, contact_id, sequence_id, version, mailbox_id, sender, zone, state, reason, detail, next_step,
        next_at, planned_at, remaining, is_first, is_in_doubt, thread_root, created_at, ended_at, owner_id, start_at,
        is_task, awaits_task, is_bulk, review_left, approved_step, may_be_recent,
        may_have_left
        """

    /// Stores an enrollment that begins with its first step at its start; in a paused sequence, or of a paused
    /// user, it is paused as well.
    ///
    /// - Returns: Nil when the same idempotency key was used for it before (spec S3.5).
    package func insert(_ draft: EnrollmentDraft, at now: Date) throws -> EnrollmentID? {
        let pause = try standingPause(sequence: draft.sequence, owner: draft.owner)
        return try row(
            """
            INSERT INTO enrollment
                   (contact_id, sequence_id, version, mailbox_id, sender, zone, idempotency_key, state, reason,
                    next_step, next_at, planned_at, is_first, thread_root, created_at, owner_id, start_at, is_task,
                    is_bulk, review_left, may_be_recent, detail, remaining)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?17, ?18, ?8, ?9, ?9, 1, ?10, ?11, ?12, ?9, ?13, ?14, ?15, ?16, ?19, ?20)
            ON CONFLICT DO NOTHING
            RETURNING id
            """, draft.contact.rawValue, draft.sequence.rawValue, draft.version, draft.mailbox.rawValue,
            draft.sender.text, draft.zone.identifier, draft.idempotencyKey, draft.firstStep.id.rawValue,
            draft.start.milliseconds, draft.threadRoot, now.milliseconds, draft.owner?.rawValue ?? 0,
            draft.firstStep.task == nil ? 0 : 1, draft.isBulk ? 1 : 0, draft.reviewLeft,
            draft.mayBeRecent ? 1 : 0, (pause == nil ? EnrollmentState.active : .paused).rawValue,
            pause?.rawValue ?? WaitReason.delay.rawValue, pause?.words ?? "",
            pause == nil ? 0 : max(0, draft.start.milliseconds - now.milliseconds)
        ).map { EnrollmentID(rawValue: $0.integer(0)) }
    }

    /// The mailbox's enrollment that is to go next among those due; follow-ups before first mails (spec S8.1).
    package func dueEnrollment(of mailbox: MailboxID, at now: Date) throws -> EnrollmentRecord? {
        try row(Self.dueEnrollmentSQL, mailbox.rawValue, now.milliseconds, 0).flatMap(
            EnrollmentRecord.init(columns:))
            ?? row(Self.dueEnrollmentSQL, mailbox.rawValue, now.milliseconds, 1).flatMap(
                EnrollmentRecord.init(columns:))
    }

    /// Served by the partial index `enrollment_due`; a test reads the query plan.
    package static let dueEnrollmentSQL = """
        SELECT \(enrollmentColumns)
          FROM enrollment
         WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 0
           AND mailbox_id = ?1 AND is_first = ?3 AND next_at <= ?2
         ORDER BY next_at
         LIMIT 1
        """

    /// When the mailbox's next enrollment is due.
    package func nextDue(of mailbox: MailboxID) throws -> Date? {
        let soonest = try [0, 1].compactMap { isFirst in
            try row(
                """
                SELECT next_at
                  FROM enrollment
                 WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 0 AND mailbox_id = ?1 AND is_first = ?2
                 ORDER BY next_at
                 LIMIT 1
                """, mailbox.rawValue, isFirst
            )?.instant(0)
        }
        return soonest.min()
    }

    package func enrollment(_ id: EnrollmentID) throws -> EnrollmentRecord? {
        try row("SELECT \(Self.enrollmentColumns) FROM enrollment WHERE id = ?1", id.rawValue)
            .flatMap(EnrollmentRecord.init(columns:))
    }

    package func enrollment(idempotencyKey: String, contact: ContactID, sequence: SequenceID) throws
        -> EnrollmentRecord?
    {
        try row(
            """
            SELECT \(Self.enrollmentColumns)
              FROM enrollment
             WHERE idempotency_key = ?1 AND idempotency_key <> '' AND contact_id = ?2 AND sequence_id = ?3
            """, idempotencyKey, contact.rawValue, sequence.rawValue
        ).flatMap(EnrollmentRecord.init(columns:))
    }

    /// Everything a contact is or was enrolled in, oldest first.
    package func enrollments(of contact: ContactID) throws -> [EnrollmentRecord] {
        try rows(
            "SELECT \(Self.enrollmentColumns) FROM enrollment WHERE contact_id = ?1 ORDER BY id",
            contact.rawValue
        )
        .compactMap(EnrollmentRecord.init(columns:))
    }

    /// All enrollments, a page at a time.
    package func enrollments(after id: EnrollmentID? = nil, limit: Int) throws -> [EnrollmentRecord] {
        try rows(
            "SELECT \(Self.enrollmentColumns) FROM enrollment WHERE id > ?1 ORDER BY id LIMIT ?2",
            id?.rawValue ?? 0,
            limit
        ).compactMap(EnrollmentRecord.init(columns:))
    }

    /// The open enrollments of one mailbox, a page at a time.
    package func openEnrollments(of mailbox: MailboxID) throws -> [EnrollmentRecord] {
        try rows(
            """
            SELECT \(Self.enrollmentColumns)
              FROM enrollment
             WHERE mailbox_id = ?1 AND state IN ('active', 'paused', 'held')
             ORDER BY id
            """, mailbox.rawValue
        ).compactMap(EnrollmentRecord.init(columns:))
    }

    /// The open enrollments of a sequence whose contacts share a company or, failing that, an e-mail domain.
    ///
    /// - Parameter domain: Nil where the domain is a mail provider's and says nothing of a company.
    package func openEnrollments(in sequence: SequenceID, company: String, domain: String?) throws
        -> [EnrollmentID]
    {
        try rows(
            """
            SELECT e.id, c.company, c.email_key
              FROM enrollment e
              JOIN contact c ON c.id = e.contact_id
             WHERE e.sequence_id = ?1 AND e.state IN ('active', 'paused', 'held')
             ORDER BY e.id
            """, sequence.rawValue
        ).filter { row in
            let isSameCompany = !company.isEmpty && row.text(1) == company
            return isSameCompany || domain.map { row.text(2).hasSuffix("@" + $0) } ?? false
        }.map { EnrollmentID(rawValue: $0.integer(0)) }
    }

    package func enrollmentCounts() throws -> [(state: String, reason: String, count: Int)] {
        try rows(
            "SELECT state, reason, count(*) FROM enrollment GROUP BY state, reason ORDER BY state, reason"
        )
        .map { ($0.text(0), $0.text(1), $0.int(2)) }
    }

    // MARK: Changes of state. Each names the states it leaves, so that doing it twice changes nothing.

    /// Schedules the step that comes next.
    ///
    /// - Parameter hasSent: Whether a mail of it has left, so that it goes with the follow-ups from now on.
    package func schedule(
        _ id: EnrollmentID, step: Step, at instant: Date, because reason: WaitReason, hasSent: Bool = true
    ) throws {
        try execute(
            """
            UPDATE enrollment
               SET next_step = ?2, next_at = ?3, planned_at = ?3, reason = ?4, detail = '', is_in_doubt = 0,
                   is_task = ?5, awaits_task = 0, is_first = CASE WHEN ?6 = 1 THEN 0 ELSE is_first END
             WHERE id = ?1 AND state = 'active'
            """, id.rawValue, step.id.rawValue, instant.milliseconds, reason.rawValue,
            step.task == nil ? 0 : 1,
            hasSent ? 1 : 0)
    }

    /// As ``schedule(_:step:at:because:)`` for one that was stopped meanwhile: what comes next, whenever it goes on.
    package func note(next step: Step, after id: EnrollmentID, in time: TimeInterval, hasSent: Bool = true)
        throws
    {
        // Rounded up: a task whose midnight came a part of a millisecond early was made the day before.
        try execute(
            """
            UPDATE enrollment
               SET next_step = ?2, remaining = ?3, is_in_doubt = 0, is_task = ?4, awaits_task = 0,
                   is_first = CASE WHEN ?5 = 1 THEN 0 ELSE is_first END
             WHERE id = ?1 AND state IN ('paused', 'held')
            """, id.rawValue, step.id.rawValue, Int64((time * 1000).rounded(.up)), step.task == nil ? 0 : 1,
            hasSent ? 1 : 0)
    }

    /// Moves the next step without changing which one it is.
    package func postpone(
        _ id: EnrollmentID, to instant: Date, because reason: WaitReason, detail: String = ""
    ) throws {
        try execute(
            "UPDATE enrollment SET next_at = ?2, reason = ?3, detail = ?4 WHERE id = ?1 AND state = 'active'",
            id.rawValue, instant.milliseconds, reason.rawValue, detail)
    }

    /// Moves the next step and counts its lateness from there.
    package func replan(
        _ id: EnrollmentID, to instant: Date, because reason: WaitReason, detail: String = ""
    ) throws {
        try execute(
            """
            UPDATE enrollment SET next_at = ?2, planned_at = ?2, reason = ?3, detail = ?4
             WHERE id = ?1 AND state = 'active'
            """, id.rawValue, instant.milliseconds, reason.rawValue, detail)
    }

    /// Says that a mail of it has an open outcome, so that nothing of it is due; or that it no longer has.
    package func setInDoubt(_ isInDoubt: Bool, _ id: EnrollmentID) throws {
        try execute("UPDATE enrollment SET is_in_doubt = ?2 WHERE id = ?1", id.rawValue, isInDoubt ? 1 : 0)
    }

    /// Says that another copy of the database may have sent the next mail, or that a person knows it has not.
    package func setMayHaveLeft(_ mayHaveLeft: Bool, _ id: EnrollmentID) throws {
        try execute(
            "UPDATE enrollment SET may_have_left = ?2 WHERE id = ?1", id.rawValue, mayHaveLeft ? 1 : 0)
    }

    /// - Returns: Whether anything changed.
    @discardableResult
    package func hold(_ id: EnrollmentID, because reason: HoldReason, detail: String, at now: Date) throws
        -> Bool
    {
        try row(
            """
            UPDATE enrollment
               SET state = 'held', reason = ?2, detail = ?3,
                   remaining = CASE WHEN next_at > ?4 THEN next_at - ?4 ELSE 0 END
             WHERE id = ?1 AND state = 'active'
            RETURNING id
            """, id.rawValue, reason.rawValue, detail, now.milliseconds) != nil
    }

    /// - Returns: Whether anything changed.
    @discardableResult
    package func pause(_ id: EnrollmentID, at now: Date) throws -> Bool {
        try row(
            """
            UPDATE enrollment
               SET state = 'paused', reason = 'manual', detail = ?2,
                   remaining = CASE WHEN next_at > ?3 THEN next_at - ?3 ELSE 0 END
             WHERE id = ?1 AND state = 'active'
            RETURNING id
            """, id.rawValue, PauseReason.manual.words, now.milliseconds) != nil
    }

    /// - Returns: Whether anything changed.
    @discardableResult
    package func unenroll(_ id: EnrollmentID, because reason: EndReason, detail: String, at now: Date)
        throws -> Bool
    {
        let changed =
            try row(
                """
                UPDATE enrollment
                   SET state = 'unenrolled', reason = ?2, detail = ?3, next_at = 0, ended_at = ?4
                 WHERE id = ?1 AND state IN ('active', 'paused', 'held')
                RETURNING id
                """, id.rawValue, reason.rawValue, detail, now.milliseconds) != nil
        if changed {
            try cancelPrepared(of: id)
            try cancelTasks(of: id, at: now)
        }
        return changed
    }

    /// Puts an enrollment back to a step, at its present time.
    package func setNext(_ step: Step, of id: EnrollmentID) throws {
        try execute(
            """
            UPDATE enrollment SET next_step = ?2, is_task = ?3
             WHERE id = ?1 AND state IN ('active', 'paused', 'held')
            """, id.rawValue, step.id.rawValue, step.task == nil ? 0 : 1)
    }

    /// - Returns: Whether anything changed.
    @discardableResult
    package func finish(_ id: EnrollmentID, at now: Date) throws -> Bool {
        try row(
            """
            UPDATE enrollment
               SET state = 'finished', reason = '', detail = '', next_step = '', next_at = 0, is_first = 0,
                   is_in_doubt = 0, ended_at = ?2
             WHERE id = ?1 AND state IN ('active', 'paused', 'held')
            RETURNING id
            """, id.rawValue, now.milliseconds) != nil
    }
}

extension EnrollmentRecord {
    init?(columns: Columns) {
        guard let sender = EmailAddress(columns.text(5)) else { return nil }
        let step = columns.text(10)
        self.init(
            id: EnrollmentID(rawValue: columns.integer(0)),
            contact: ContactID(rawValue: columns.integer(1)),
            sequence: SequenceID(rawValue: columns.integer(2)), version: columns.int(3),
            mailbox: MailboxID(rawValue: columns.integer(4)), sender: sender,
            zone: Zone(identifier: columns.text(6)) ?? .utc,
            state: EnrollmentState(rawValue: columns.text(7)) ?? .held, reason: columns.text(8),
            detail: columns.text(9), nextStep: step.isEmpty ? nil : StepID(rawValue: step),
            nextAt: columns.optionalInstant(11), plannedAt: columns.optionalInstant(12),
            remaining: Double(columns.integer(13)) / 1000, isFirst: columns.flag(14),
            isInDoubt: columns.flag(15),
            threadRoot: columns.text(16), createdAt: columns.instant(17),
            endedAt: columns.optionalInstant(18),
            owner: columns.integer(19) == 0 ? nil : UserID(rawValue: columns.integer(19)),
            startAt: columns.instant(20), isTask: columns.flag(21),
            awaitsTask: columns.integer(22) == 0 ? nil : TaskID(rawValue: columns.integer(22)),
            isBulk: columns.flag(23), reviewLeft: columns.int(24),
            approvedStep: columns.text(25).isEmpty ? nil : StepID(rawValue: columns.text(25)),
            mayBeRecent: columns.flag(26), mayHaveLeft: columns.flag(27))
    }
}
