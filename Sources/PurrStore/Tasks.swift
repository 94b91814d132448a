package import Foundation
package import PurrSequences

/// One piece of work for a human.
package struct TaskRecord: Sendable {
    package let id: TaskID
    package let enrollment: EnrollmentID
    package let step: StepID
    package let mailbox: MailboxID
    package let contact: ContactID
    package let owner: UserID?
    package let kind: TaskKind
    package let title: String
    package let notes: String
    package let priority: TaskPriority
    package let queue: String
    /// The contact's page, for tasks on LinkedIn; empty where none is known.
    package let link: String
    package let state: TaskState
    package let createdAt: Date
    package let dueAt: Date
    /// When it was done or skipped.
    package let doneAt: Date?
}

/// A task before it is stored.
package struct TaskDraft: Sendable {
    package let enrollment: EnrollmentRecord
    package let step: Step
    package let kind: TaskKind
    package let title: String
    package let notes: String
    package let link: String
    package let dueAt: Date

    package init(
        enrollment: EnrollmentRecord, step: Step, kind: TaskKind, title: String, notes: String,
        link: String, dueAt: Date
    ) {
        self.enrollment = enrollment
        self.step = step
        self.kind = kind
        self.title = title
        self.notes = notes
        self.link = link
        self.dueAt = dueAt
    }
}

/// Which tasks to list.
package struct TaskFilter: Sendable {
    package var states: [TaskState] = [.open, .started]
    package var queue: String?
    package var owner: UserID?
    package var contact: ContactID?
    package var dueBefore: Date?

    package init() {}
}

extension Transaction {
    private static let taskColumns = """
        id, enrollment_id, step_id, mailbox_id, contact_id, owner_id, kind, title, notes, priority, queue, link, state,
        created_at, due_at, done_at
        """

    /// The mailbox's enrollment whose next step is work for a human and due to be made.
    package func dueTask(of mailbox: MailboxID, at now: Date) throws -> EnrollmentRecord? {
        try row(
            """
            SELECT \(Self.enrollmentColumns)
              FROM enrollment
             WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 1 AND awaits_task = 0
               AND mailbox_id = ?1 AND next_at <= ?2
             ORDER BY next_at
             LIMIT 1
            """, mailbox.rawValue, now.milliseconds
        ).flatMap(EnrollmentRecord.init(columns:))
    }

    /// When the mailbox's next task is to be made.
    package func nextTaskDue(of mailbox: MailboxID) throws -> Date? {
        try row(
            """
            SELECT next_at
              FROM enrollment
             WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 1 AND awaits_task = 0 AND mailbox_id = ?1
             ORDER BY next_at
             LIMIT 1
            """, mailbox.rawValue
        )?.instant(0)
    }

    /// Makes the task of one (enrollment, step).
    ///
    /// - Returns: Nil when it was made before.
    package func insert(_ draft: TaskDraft, at now: Date) throws -> TaskID? {
        let task = draft.step.task
        return try row(
            """
            INSERT INTO task
                   (enrollment_id, step_id, mailbox_id, contact_id, owner_id, kind, title, notes, priority, queue, link,
                    created_at, due_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (enrollment_id, step_id) DO NOTHING
            RETURNING id
            """, draft.enrollment.id.rawValue, draft.step.id.rawValue, draft.enrollment.mailbox.rawValue,
            draft.enrollment.contact.rawValue, draft.enrollment.owner?.rawValue ?? 0, draft.kind.rawValue,
            draft.title,
            draft.notes, (task?.priority ?? .none).rawValue, task?.queue ?? "", draft.link,
            now.milliseconds,
            draft.dueAt.milliseconds
        ).map { TaskID(rawValue: $0.integer(0)) }
    }

    package func task(_ id: TaskID) throws -> TaskRecord? {
        try row("SELECT \(Self.taskColumns) FROM task WHERE id = ?1", id.rawValue).flatMap(
            TaskRecord.init(columns:))
    }

    package func task(of enrollment: EnrollmentID, step: StepID) throws -> TaskRecord? {
        try row(
            "SELECT \(Self.taskColumns) FROM task WHERE enrollment_id = ?1 AND step_id = ?2",
            enrollment.rawValue,
            step.rawValue
        ).flatMap(TaskRecord.init(columns:))
    }

    /// An enrollment's tasks, oldest first.
    package func tasks(of enrollment: EnrollmentID) throws -> [TaskRecord] {
        try rows(
            "SELECT \(Self.taskColumns) FROM task WHERE enrollment_id = ?1 ORDER BY id", enrollment.rawValue
        )
        .compactMap(TaskRecord.init(columns:))
    }

    /// Tasks by due time and priority, a page at a time.
    package func tasks(_ filter: TaskFilter, limit: Int = 1_000_000) throws -> [TaskRecord] {
        let states = filter.states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try rows(
            """
            SELECT \(Self.taskColumns)
              FROM task
             WHERE state IN (\(states))
               AND (?1 = '' OR queue = ?1)
               AND (?2 = 0 OR owner_id = ?2)
               AND (?3 = 0 OR contact_id = ?3)
               AND (?4 = 0 OR due_at < ?4)
             ORDER BY due_at, CASE priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END, id
             LIMIT ?5
            """, filter.queue ?? "", filter.owner?.rawValue ?? 0, filter.contact?.rawValue ?? 0,
            filter.dueBefore?.milliseconds ?? 0, limit
        ).compactMap(TaskRecord.init(columns:))
    }

    /// Moves a task on from one of the states named.
    ///
    /// - Parameter doneAt: Nil for a task that is to be done still.
    /// - Returns: Whether anything changed.
    package func setTask(_ id: TaskID, from states: [TaskState], to state: TaskState, doneAt: Date?) throws
        -> Bool
    {
        let from = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try row(
            "UPDATE task SET state = ?2, done_at = ?3 WHERE id = ?1 AND state IN (\(from)) RETURNING id",
            id.rawValue, state.rawValue, doneAt?.milliseconds ?? 0) != nil
    }

    /// What is left to do for an enrollment that ended need not be done.
    package func cancelTasks(of enrollment: EnrollmentID, at now: Date) throws {
        try execute(
            "UPDATE task SET state = 'canceled', done_at = ?2 WHERE enrollment_id = ?1 AND state IN ('open', 'started')",
            enrollment.rawValue, now.milliseconds)
    }

    /// Lets an enrollment wait until a task is completed (spec S1.3).
    package func await(_ task: TaskID, enrollment: EnrollmentID) throws {
        try execute(
            """
            UPDATE enrollment SET awaits_task = ?2, is_task = 1, reason = ?3, detail = ''
             WHERE id = ?1 AND state IN ('active', 'paused', 'held')
            """, enrollment.rawValue, task.rawValue, WaitReason.taskOpen.rawValue)
    }

    /// Open manual e-mail tasks for the contacts behind these addresses, of one mailbox.
    package func openManualEmails(to keys: [String], mailbox: MailboxID) throws -> [TaskRecord] {
        try keys.flatMap { key in
            try rows(
                """
                SELECT \(Self.taskColumns)
                  FROM task
                 WHERE kind = 'manualEmail' AND state IN ('open', 'started') AND mailbox_id = ?2
                   AND contact_id IN (SELECT id FROM contact WHERE email_key = ?1 OR canonical_key = ?1
                                       UNION
                                      SELECT contact_id FROM contact_address WHERE address_key = ?1)
                 ORDER BY id
                """, key, mailbox.rawValue
            ).compactMap(TaskRecord.init(columns:))
        }
    }
}

extension TaskRecord {
    fileprivate init?(columns: Columns) {
        guard let kind = TaskKind(rawValue: columns.text(6)),
            let state = TaskState(rawValue: columns.text(12))
        else {
            return nil
        }
        self.init(
            id: TaskID(rawValue: columns.integer(0)),
            enrollment: EnrollmentID(rawValue: columns.integer(1)),
            step: StepID(rawValue: columns.text(2)), mailbox: MailboxID(rawValue: columns.integer(3)),
            contact: ContactID(rawValue: columns.integer(4)),
            owner: columns.integer(5) == 0 ? nil : UserID(rawValue: columns.integer(5)), kind: kind,
            title: columns.text(7), notes: columns.text(8),
            priority: TaskPriority(rawValue: columns.text(9)) ?? .none, queue: columns.text(10),
            link: columns.text(11), state: state, createdAt: columns.instant(13),
            dueAt: columns.instant(14),
            doneAt: columns.optionalInstant(15))
    }
}
