package import Foundation
internal import PurrMail
package import PurrSequences
package import PurrStore

/// A workflow as people look at it.
package struct WorkflowSummary: Sendable, Encodable {
    package let name: String
    package let sequence: String
    package let state: Workflow.State
    /// The chosen form; null for any form, and for page views.
    @OrNull package var form: String?
    /// Whether any form sets it off.
    package let anyForm: Bool
    /// The condition on pages; null for forms.
    @OrNull package var page: String?
    /// `enroll` or `unenroll`.
    package let action: String
    @OrNull package var mailbox: String?
    @OrNull package var from: String?
    /// Minutes before it enrolls; null where it does not.
    @OrNull package var delay: Int?
    package let again: Bool
    /// How often it ran, by what came of it.
    package let runs: [String: Int]

    init(_ record: WorkflowRecord, sequence: String, runs: [WorkflowRun.State: Int]) {
        name = record.name
        self.sequence = sequence
        state = record.state
        self.runs = Dictionary(
            runs.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
        switch record.workflow.trigger {
        case .form(let id):
            form = id
            anyForm = id == nil
        case .page(let condition):
            page = condition.description
            anyForm = false
        }
        switch record.workflow.action {
        case .unenroll:
            action = "unenroll"
            again = false
        case .enroll(let enrolling):
            action = "enroll"
            mailbox = enrolling.mailbox.text
            from = (enrolling.from ?? enrolling.mailbox).text
            delay = enrolling.delay
            again = enrolling.isAgain
        }
    }
}

/// What is to be different about a workflow; nil leaves a thing as it is.
package struct WorkflowChange: Sendable, Hashable {
    package var trigger: Workflow.Trigger?
    package var action: Workflow.Action?

    package init() {}
}

extension Commands {
    /// The workflows of one sequence, or of all that the viewer sees.
    package func workflows(of sequence: String? = nil, as user: String? = nil) throws -> [WorkflowSummary] {
        try look { transaction in
            let viewer = try Viewer(user, in: transaction)
            let sequences = try sequence.map { [try self.sequence($0, for: viewer, in: transaction)] }
            return try (sequences ?? transaction.sequences().filter(viewer.sees)).flatMap { found in
                try transaction.workflows(of: found.id).map {
                    WorkflowSummary(
                        $0, sequence: found.name, runs: try transaction.runCounts(of: $0.id))
                }
            }
        }
    }

    /// Makes a workflow.
    package func addWorkflow(
        _ name: String, to sequence: String, _ workflow: Workflow, state: Workflow.State = .draft,
        as user: String? = nil
    ) throws -> WorkflowSummary {
        try change { transaction in
            let found = try self.sequence(
                sequence, for: Viewer(user, in: transaction), in: transaction)
            guard try transaction.workflow(named: name, of: found.id) == nil else {
                throw CommandError(
                    .badData,
                    "\"\(sequence)\" has a workflow \"\(name)\" already. To change it: purr workflow edit \(sequence) \"\(name)\"."
                )
            }
            let named = NamedWorkflow(name: name, state: state, workflow: workflow)
            try check(named, of: found, in: transaction)
            try transaction.save(named, of: found.id, at: now)
            return try summary(name, of: found, in: transaction)
        }
    }

    /// Changes what sets a workflow off, or what it does; what waits to be done is done as it then says.
    package func editWorkflow(
        _ name: String, of sequence: String, _ change: WorkflowChange, as user: String? = nil
    ) throws -> WorkflowSummary {
        try alter(name, of: sequence, as: user) { record in
            var workflow = record.workflow
            workflow.trigger = change.trigger ?? workflow.trigger
            workflow.action = change.action ?? workflow.action
            return NamedWorkflow(name: record.name, state: record.state, workflow: workflow)
        }
    }

    /// Switches a workflow on or off; off, what it was to do later is not done.
    package func setWorkflow(
        _ name: String, of sequence: String, _ state: Workflow.State, as user: String? = nil
    ) throws -> WorkflowSummary {
        try alter(name, of: sequence, as: user) {
            NamedWorkflow(name: $0.name, state: state, workflow: $0.workflow)
        }
    }

    package func renameWorkflow(
        _ name: String, of sequence: String, to new: String, as user: String? = nil
    ) throws -> WorkflowSummary {
        try change { transaction in
            let (found, record) = try workflow(name, of: sequence, as: user, in: transaction)
            if new != name, try transaction.workflow(named: new, of: found.id) != nil {
                throw CommandError(.badData, "\"\(sequence)\" has a workflow \"\(new)\" already.")
            }
            try check(workflowName: new)
            try transaction.rename(record.id, to: new)
            return try summary(new, of: found, in: transaction)
        }
    }

    /// Deletes a workflow; what it did stays on record.
    package func deleteWorkflow(_ name: String, of sequence: String, as user: String? = nil) throws {
        try change { transaction in
            let (_, record) = try workflow(name, of: sequence, as: user, in: transaction)
            try transaction.delete(record.id, at: now)
        }
    }

    /// One workflow with what it did lately, the latest first.
    package func workflow(
        _ name: String, of sequence: String, as user: String? = nil
    ) throws -> (summary: WorkflowSummary, runs: [WorkflowRunReport]) {
        try look { transaction in
            let (found, record) = try workflow(name, of: sequence, as: user, in: transaction)
            let runs = try transaction.runs(of: record.id, limit: 20).map { run in
                WorkflowRunReport(
                    contact: try transaction.contact(run.contact)?.email.text ?? "",
                    state: run.state, detail: run.detail, dueAt: run.dueAt, doneAt: run.doneAt)
            }
            return (try summary(name, of: found, in: transaction), runs)
        }
    }

    private func alter(
        _ name: String, of sequence: String, as user: String?,
        _ body: (WorkflowRecord) -> NamedWorkflow
    ) throws -> WorkflowSummary {
        try change { transaction in
            let (found, record) = try workflow(name, of: sequence, as: user, in: transaction)
            let named = body(record)
            try check(named, of: found, in: transaction)
            try transaction.save(named, of: found.id, at: now)
            if named.state != .on {
                try transaction.cancelRuns(
                    of: record.id, because: "The workflow was switched off.", at: now)
            }
            return try summary(name, of: found, in: transaction)
        }
    }

    private func workflow(
        _ name: String, of sequence: String, as user: String?, in transaction: Transaction
    ) throws -> (SequenceRecord, WorkflowRecord) {
        let found = try self.sequence(sequence, for: Viewer(user, in: transaction), in: transaction)
        guard let record = try transaction.workflow(named: name, of: found.id) else {
            throw CommandError(
                .badData,
                "\"\(sequence)\" has no workflow \"\(name)\". See: purr workflow list \(sequence).")
        }
        return (found, record)
    }

    private func summary(_ name: String, of sequence: SequenceRecord, in transaction: Transaction) throws
        -> WorkflowSummary
    {
        guard let record = try transaction.workflow(named: name, of: sequence.id) else {
            throw CommandError(.software, "The workflow could not be stored.")
        }
        return WorkflowSummary(
            record, sequence: sequence.name, runs: try transaction.runCounts(of: record.id))
    }
}

/// What a workflow did about one contact, or is to do.
package struct WorkflowRunReport: Sendable, Encodable {
    package let contact: String
    package let state: WorkflowRun.State
    /// For a person.
    package let detail: String
    package let dueAt: Date
    @OrNull package var doneAt: Date?
}
