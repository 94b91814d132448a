package import Foundation
package import PurrSequences

/// A workflow of a sequence as it is kept.
package struct WorkflowRecord: Sendable, Hashable {
    package let id: WorkflowID
    package let sequence: SequenceID
    package let name: String
    package let state: Workflow.State
    package let workflow: Workflow
}

/// What a workflow did about one signal, or is to do.
package struct WorkflowRun: Sendable, Hashable {
    package enum State: String, Sendable, Codable, CaseIterable {
        case waiting, done
        /// The contact could not be enrolled; the detail says why.
        case refused
        /// The workflow was switched off, or its sequence or mailbox is gone.
        case canceled
    }

    package let id: WorkflowRunID
    package let workflow: WorkflowID
    package let signal: SignalID
    package let contact: ContactID
    package let state: State
    /// For a person.
    package let detail: String
    package let dueAt: Date
    package let doneAt: Date?
}

extension Transaction {
    private static let workflowColumns = "w.id, w.sequence_id, w.name, w.state, w.document"

    /// The workflows of one sequence, by name; those of a deleted sequence are still kept.
    package func workflows(of sequence: SequenceID) throws -> [WorkflowRecord] {
        try rows(
            "SELECT \(Self.workflowColumns) FROM workflow w WHERE w.sequence_id = ?1 ORDER BY w.name",
            sequence.rawValue
        ).compactMap(WorkflowRecord.init(columns:))
    }

    /// The workflows that are on, of sequences that are not deleted, oldest first.
    package func workflowsOn() throws -> [WorkflowRecord] {
        try rows(
            """
            SELECT \(Self.workflowColumns)
              FROM workflow w
              JOIN sequence s ON s.id = w.sequence_id
             WHERE w.state = 'on' AND s.deleted_at = 0
             ORDER BY w.id
            """
        ).compactMap(WorkflowRecord.init(columns:))
    }

    package func workflow(_ id: WorkflowID) throws -> WorkflowRecord? {
        try row("SELECT \(Self.workflowColumns) FROM workflow w WHERE w.id = ?1", id.rawValue).flatMap(
            WorkflowRecord.init(columns:))
    }

    package func workflow(named name: String, of sequence: SequenceID) throws -> WorkflowRecord? {
        try row(
            "SELECT \(Self.workflowColumns) FROM workflow w WHERE w.sequence_id = ?1 AND w.name = ?2",
            sequence.rawValue, name
        ).flatMap(WorkflowRecord.init(columns:))
    }

    /// Stores a workflow, in place of the one of its name.
    package func save(_ workflow: NamedWorkflow, of sequence: SequenceID, at now: Date) throws {
        try execute(
            """
            INSERT INTO workflow (sequence_id, name, state, document, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (sequence_id, name) DO UPDATE SET state = excluded.state, document = excluded.document
            """, sequence.rawValue, workflow.name, workflow.state.rawValue,
            JSONText.encoded(workflow.workflow), now.milliseconds)
    }

    package func rename(_ workflow: WorkflowID, to name: String) throws {
        try execute("UPDATE workflow SET name = ?2 WHERE id = ?1", workflow.rawValue, name)
    }

    /// Deletes a workflow; what it did stays on record, and what it was to do is not done.
    package func delete(_ workflow: WorkflowID, at now: Date) throws {
        try cancelRuns(of: workflow, because: "The workflow was deleted.", at: now)
        try execute("DELETE FROM workflow WHERE id = ?1", workflow.rawValue)
    }

    // MARK: Runs

    private static let runColumns =
        "id, workflow_id, signal_id, contact_id, state, detail, due_at, done_at"

    /// Notes that a signal set a workflow off.
    ///
    /// - Returns: Nil when it did before.
    package func insertRun(
        of workflow: WorkflowID, by signal: SignalID, contact: ContactID, mailbox: MailboxID?,
        dueAt: Date
    ) throws -> WorkflowRun? {
        try row(
            """
            INSERT INTO workflow_run (workflow_id, signal_id, contact_id, mailbox_id, state, due_at)
            VALUES (?1, ?2, ?3, ?4, 'waiting', ?5)
            ON CONFLICT (workflow_id, signal_id) DO NOTHING
            RETURNING \(Self.runColumns)
            """, workflow.rawValue, signal.rawValue, contact.rawValue, mailbox?.rawValue ?? 0,
            dueAt.milliseconds
        ).flatMap(WorkflowRun.init(columns:))
    }

    /// The mailbox's run that is to be done next among those due.
    package func dueRun(of mailbox: MailboxID, at now: Date) throws -> WorkflowRun? {
        try row(Self.dueRunSQL, mailbox.rawValue, now.milliseconds).flatMap(WorkflowRun.init(columns:))
    }

    /// Served by the partial index `workflow_run_due`; a test reads the query plan.
    package static let dueRunSQL = """
        SELECT \(runColumns)
          FROM workflow_run
         WHERE state = 'waiting' AND mailbox_id = ?1 AND due_at <= ?2
         ORDER BY due_at
         LIMIT 1
        """

    /// When the mailbox's next run is due.
    package func nextRunDue(of mailbox: MailboxID) throws -> Date? {
        try row(
            """
            SELECT due_at
              FROM workflow_run
             WHERE state = 'waiting' AND mailbox_id = ?1
             ORDER BY due_at
             LIMIT 1
            """, mailbox.rawValue
        )?.instant(0)
    }

    /// Ends a run that waits.
    ///
    /// - Returns: Whether it waited.
    @discardableResult
    package func endRun(
        _ id: WorkflowRunID, as state: WorkflowRun.State, detail: String, enrollment: EnrollmentID?,
        at now: Date
    ) throws -> Bool {
        try row(
            """
            UPDATE workflow_run SET state = ?2, detail = ?3, enrollment_id = ?4, done_at = ?5
             WHERE id = ?1 AND state = 'waiting'
            RETURNING id
            """, id.rawValue, state.rawValue, detail, enrollment?.rawValue ?? 0, now.milliseconds) != nil
    }

    /// Ends all runs of a workflow that wait.
    package func cancelRuns(of workflow: WorkflowID, because detail: String, at now: Date) throws {
        try execute(
            """
            UPDATE workflow_run SET state = 'canceled', detail = ?2, done_at = ?3
             WHERE workflow_id = ?1 AND state = 'waiting'
            """, workflow.rawValue, detail, now.milliseconds)
    }

    /// Ends all runs that wait for a mailbox, or for a contact.
    package func cancelRuns(
        mailbox: MailboxID? = nil, contact: ContactID? = nil, because detail: String, at now: Date
    ) throws {
        try execute(
            """
            UPDATE workflow_run SET state = 'canceled', detail = ?3, done_at = ?4
             WHERE state = 'waiting' AND ((?1 <> 0 AND mailbox_id = ?1) OR (?2 <> 0 AND contact_id = ?2))
            """, mailbox?.rawValue ?? 0, contact?.rawValue ?? 0, detail, now.milliseconds)
    }

    /// How often a workflow was set off, by what came of it.
    package func runCounts(of workflow: WorkflowID) throws -> [WorkflowRun.State: Int] {
        try rows(
            "SELECT state, count(*) FROM workflow_run WHERE workflow_id = ?1 GROUP BY state",
            workflow.rawValue
        ).reduce(into: [:]) { counts, row in
            if let state = WorkflowRun.State(rawValue: row.text(0)) { counts[state] = row.int(1) }
        }
    }

    /// What a workflow did lately, or is to do, the latest first.
    package func runs(of workflow: WorkflowID, limit: Int) throws -> [WorkflowRun] {
        try rows(
            "SELECT \(Self.runColumns) FROM workflow_run WHERE workflow_id = ?1 ORDER BY id DESC LIMIT ?2",
            workflow.rawValue, limit
        ).compactMap(WorkflowRun.init(columns:))
    }

    /// What workflows that are on are to do later, the soonest first.
    package func waitingRuns(limit: Int) throws -> [WorkflowRun] {
        try rows(Self.waitingRunsSQL, limit).compactMap(WorkflowRun.init(columns:))
    }

    /// Served by the partial index `workflow_run_due`; a test reads the query plan.
    package static let waitingRunsSQL = """
        SELECT \(runColumns.split(separator: ", ").map { "r.\($0)" }.joined(separator: ", "))
          FROM workflow_run r
          JOIN workflow w ON w.id = r.workflow_id
          JOIN sequence s ON s.id = w.sequence_id
         WHERE r.state = 'waiting' AND w.state = 'on' AND s.deleted_at = 0
         ORDER BY r.due_at, r.id
         LIMIT ?1
        """
}

extension WorkflowRecord {
    fileprivate init?(columns: Columns) {
        guard let workflow = JSONText.decoded(Workflow.self, columns.text(4)) else { return nil }
        self.init(
            id: WorkflowID(rawValue: columns.integer(0)),
            sequence: SequenceID(rawValue: columns.integer(1)), name: columns.text(2),
            state: Workflow.State(rawValue: columns.text(3)) ?? .draft, workflow: workflow)
    }
}

extension WorkflowRun {
    fileprivate init?(columns: Columns) {
        guard let state = State(rawValue: columns.text(4)) else { return nil }
        self.init(
            id: WorkflowRunID(rawValue: columns.integer(0)),
            workflow: WorkflowID(rawValue: columns.integer(1)),
            signal: SignalID(rawValue: columns.integer(2)),
            contact: ContactID(rawValue: columns.integer(3)), state: state, detail: columns.text(5),
            dueAt: columns.instant(6), doneAt: columns.optionalInstant(7))
    }
}
