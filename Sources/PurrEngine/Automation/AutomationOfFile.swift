internal import PurrFiles
internal import PurrSequences
internal import PurrStore

extension Commands {
    /// Makes the workflows of a file those of its sequence, for everybody at once (spec S5.1, S6.2).
    ///
    /// Where the file says nothing of automation, they stay.
    ///
    /// - Returns: Whether anything changed.
    func apply(
        automationOf file: SequenceDocument, named name: String, to id: SequenceID,
        in transaction: Transaction
    ) throws -> Bool {
        guard let workflows = file.automation, let sequence = try transaction.sequence(id) else {
            return false
        }
        for (index, workflow) in workflows.enumerated() {
            do { try check(workflow, of: sequence, in: transaction) } catch let error as CommandError {
                let lines = file.workflowLines
                throw FileProblem(
                    file: name, line: lines.indices.contains(index) ? lines[index] : nil, text: error.text)
            }
        }
        let before = try transaction.workflows(of: id)
        for known in before where !workflows.contains(where: { $0.name == known.name }) {
            try transaction.delete(known.id, at: now)
        }
        for workflow in workflows {
            try transaction.save(workflow, of: id, at: now)
            guard workflow.state != .on,
                let known = try transaction.workflow(named: workflow.name, of: id)
            else { continue }
            try transaction.cancelRuns(
                of: known.id, because: "The workflow was switched off.", at: now)
        }
        let after = try transaction.workflows(of: id)
        return before.map { [$0.name, $0.state.rawValue, Document.text(of: $0.workflow)] }
            != after.map { [$0.name, $0.state.rawValue, Document.text(of: $0.workflow)] }
    }
}
