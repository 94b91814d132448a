internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// Does what workflows say when something has set them off (spec S6.2).
struct WorkflowRunner {
    let commands: Commands

    private var now: Date { commands.now }

    /// Runs every workflow that is on and that this sets off; one with a delay is put down for later.
    func setOff(
        by occurrence: Workflow.Occurrence, signal: SignalRecord, contact: Contact,
        entropy: inout any RandomNumberGenerator & Sendable, in transaction: Transaction
    ) throws -> [WorkflowEffect] {
        var effects: [WorkflowEffect] = []
        for record in try transaction.workflowsOn() where record.workflow.isSetOff(by: occurrence) {
            var mailbox: MailboxID?
            var due = now
            if case .enroll(let enrolling) = record.workflow.action {
                mailbox = try transaction.mailbox(sending: enrolling.mailbox)?.id
                due = max(now, signal.at.addingTimeInterval(Double(enrolling.delay) * 60))
            }
            guard
                let run = try transaction.insertRun(
                    of: record.id, by: signal.id, contact: contact.id, mailbox: mailbox, dueAt: due)
            else { continue }
            // Without its mailbox no worker would ever do it: what is wrong is said at once.
            guard due <= now || mailbox == nil else {
                effects.append(try effect(of: record, .waits(until: due), in: transaction))
                continue
            }
            effects.append(try finish(run, entropy: &entropy, in: transaction))
        }
        return effects
    }

    /// Does what a run is to do, if its workflow still says so.
    func finish(
        _ run: WorkflowRun, entropy: inout any RandomNumberGenerator & Sendable,
        in transaction: Transaction
    ) throws -> WorkflowEffect {
        func end(
            _ state: WorkflowRun.State, _ result: WorkflowEffect.Result, _ detail: String,
            of record: WorkflowRecord?, enrollment: EnrollmentID? = nil
        ) throws -> WorkflowEffect {
            try transaction.endRun(
                run.id, as: state, detail: detail, enrollment: enrollment, at: now)
            return try effect(of: record, result, in: transaction)
        }
        let record = try transaction.workflow(run.workflow)
        guard let record, record.state == .on,
            let sequence = try transaction.sequence(record.sequence), !sequence.isDeleted
        else {
            let words = "The workflow is not on any more."
            return try end(.canceled, .refused(words), words, of: record)
        }
        guard let contact = try transaction.contact(run.contact), !contact.isDeleted else {
            let words = "The contact was deleted."
            return try end(.canceled, .refused(words), words, of: record)
        }
        switch record.workflow.action {
        case .unenroll:
            let count = try unenroll(contact, from: sequence, record, in: transaction)
            return try end(
                .done, .unenrolled(count), count == 0 ? "They were not in the sequence." : "Unenrolled.",
                of: record)
        case .enroll(let enrolling):
            let result: EnrollmentResult
            do {
                result = try enroll(
                    contact, in: sequence, enrolling, run, entropy: &entropy, transaction)
            } catch let error as CommandError {
                return try end(.refused, .refused(error.text), error.text, of: record)
            }
            switch result {
            case .enrolled(let id, _, _):
                try transaction.append(
                    Event(
                        at: now, .triggered, mailbox: try transaction.enrollment(id)?.mailbox,
                        enrollment: id, "The workflow “\(record.name)” enrolled them.",
                        evidence: ["workflow": record.name, "signal": "\(run.signal)"]))
                return try end(.done, .enrolled, "Enrolled.", of: record, enrollment: id)
            case .known(let id):
                return try end(.done, .enrolled, "Enrolled before.", of: record, enrollment: id)
            case .refused(let reason, let words):
                return try end(
                    .refused, .refused(words), "\(reason.rawValue): \(words)", of: record)
            }
        }
    }

    private func enroll(
        _ contact: Contact, in sequence: SequenceRecord, _ enrolling: Workflow.Enrolling,
        _ run: WorkflowRun, entropy: inout any RandomNumberGenerator & Sendable,
        _ transaction: Transaction
    ) throws -> EnrollmentResult {
        guard let mailbox = try transaction.mailbox(sending: enrolling.mailbox) else {
            throw CommandError(.badData, "\(enrolling.mailbox) is not a connected mailbox any more.")
        }
        let sender = enrolling.from ?? enrolling.mailbox
        guard try transaction.mailbox(sending: sender)?.id == mailbox.id else {
            throw CommandError(.badData, "\(sender) is not an address of \(mailbox.address) any more.")
        }
        var request = EnrollmentRequest(
            sequence: sequence.name, contacts: [contact.email], sender: sender)
        request.idempotencyKey = "workflow-run:\(run.id)"
        request.isAgain = enrolling.isAgain
        let results = try commands.enroll(request, entropy: &entropy, in: transaction)
        guard let result = results.first?.result else {
            throw CommandError(.software, "Nobody was enrolled.")
        }
        return result
    }

    /// - Returns: How many enrollments ended.
    private func unenroll(
        _ contact: Contact, from sequence: SequenceRecord, _ record: WorkflowRecord,
        in transaction: Transaction
    ) throws -> Int {
        var count = 0
        for enrollment in try transaction.enrollments(of: contact.id)
        where enrollment.sequence == sequence.id && enrollment.state.isOpen {
            let detail = "the workflow “\(record.name)” unenrolled them"
            guard
                try transaction.unenroll(enrollment.id, because: .workflow, detail: detail, at: now)
            else { continue }
            try transaction.append(
                Event(
                    at: now, .canceled, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                    "The workflow “\(record.name)” unenrolled them; nothing more is sent.",
                    evidence: ["workflow": record.name]))
            count += 1
        }
        return count
    }

    private func effect(
        of record: WorkflowRecord?, _ result: WorkflowEffect.Result, in transaction: Transaction
    ) throws -> WorkflowEffect {
        WorkflowEffect(
            workflow: record?.name ?? "",
            sequence: try record.flatMap { try transaction.sequence($0.sequence) }?.name ?? "",
            result: result)
    }
}
