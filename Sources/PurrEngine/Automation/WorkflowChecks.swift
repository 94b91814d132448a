internal import PurrMail
internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

// Whether a workflow can do what it says.
extension Commands {
    func check(workflowName name: String) throws {
        guard !name.isEmpty, name.utf8.count <= 100, !name.contains(where: \.isNewline),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw CommandError(.badData, "A workflow's name is one line of 1 to 100 bytes.")
        }
    }

    /// Refuses a workflow that could not do its work, or that would set itself off.
    func check(_ named: NamedWorkflow, of sequence: SequenceRecord, in transaction: Transaction) throws {
        try check(workflowName: named.name)
        if case .form(let id?) = named.workflow.trigger {
            guard !id.isEmpty, id.utf8.count <= 200, !id.contains(where: \.isNewline) else {
                throw CommandError(.badData, "A form's id is one line of 1 to 200 bytes.")
            }
        }
        guard case .enroll(let enrolling) = named.workflow.action else { return }
        guard let mailbox = try transaction.mailbox(sending: enrolling.mailbox) else {
            throw CommandError(
                .badData,
                "The workflow \"\(named.name)\" sends from \(enrolling.mailbox), which is not a connected mailbox. See: purr mailbox list."
            )
        }
        if let from = enrolling.from, try transaction.mailbox(sending: from)?.id != mailbox.id {
            throw CommandError(
                .badData,
                "The workflow \"\(named.name)\" sends as \(from), which is no address of \(mailbox.address). Its addresses: purr mailbox list."
            )
        }
        guard (0...Workflow.Enrolling.longestDelay).contains(enrolling.delay) else {
            throw CommandError(
                .badData,
                "The workflow \"\(named.name)\" waits \(enrolling.delay) minutes; 0 to \(Workflow.Enrolling.longestDelay) (a year) can be waited."
            )
        }
        if case .page(let condition) = named.workflow.trigger,
            let link = try ownLink(fitting: condition, of: sequence, in: transaction)
        {
            throw CommandError(
                .badData,
                "The workflow \"\(named.name)\" would point to itself: \"\(sequence.name)\" sends the link \(link.url) (step \(link.step)), and whoever opens it would be enrolled in \"\(sequence.name)\" again. Leave that page out: and is not \"\(link.url)\"."
            )
        }
    }

    /// A link in the sequence's own mails that the condition fits.
    private func ownLink(
        fitting condition: URLCondition, of sequence: SequenceRecord, in transaction: Transaction
    ) throws -> (url: String, step: Int)? {
        guard
            let version = try transaction.document(of: sequence.id, version: sequence.version)
                .flatMap({ Document.value(SequenceVersion.self, from: $0) })
        else { return nil }
        for (index, step) in version.steps.enumerated() {
            guard let name = step.template, let template = try? version.templates[name]?.checked() else {
                continue
            }
            if let url = template.pages.first(where: condition.holds(for:)) { return (url, index + 1) }
        }
        return nil
    }
}
