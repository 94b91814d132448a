internal import Foundation
internal import PurrSequences
internal import PurrStore

/// What follows from a task having been done, skipped or taken up again (spec S1.3).
struct TaskCompletion {
    let task: TaskRecord
    let now: Date

    /// Ends the task and lets the sequence go on where it waited for it.
    ///
    /// - Parameter moment: When it was done: what the next delay counts from.
    /// - Returns: Whether anything changed.
    func complete(
        as state: TaskState, at moment: Date, _ words: String, evidence: [String: String] = [:],
        in transaction: Transaction
    ) throws -> Bool {
        guard try transaction.setTask(task.id, from: [.open, .started], to: state, doneAt: moment) else {
            return false
        }
        var evidence = evidence
        evidence["task"] = "\(task.id)"
        try transaction.append(
            Event(
                at: now, state == .skipped ? .taskSkipped : .taskDone, mailbox: task.mailbox,
                enrollment: task.enrollment,
                words, evidence: evidence))
        if state == .skipped { try transaction.cancelDraft(of: task.enrollment, step: task.step) }
        try goOn(from: moment, in: transaction)
        return true
    }

    private func goOn(from moment: Date, in transaction: Transaction) throws {
        guard let enrollment = try transaction.enrollment(task.enrollment), enrollment.awaitsTask == task.id
        else { return }
        try Outcomes(mailbox: task.mailbox, now: now).advance(
            task.enrollment, past: task.step, at: moment, in: transaction)
    }

    /// Opens a task again; the sequence waits for it once more where its next step has not run yet.
    ///
    /// - Returns: Nil when it is open already; else whether the sequence waits for it.
    func reopen(in transaction: Transaction) throws -> Bool? {
        guard try transaction.setTask(task.id, from: [.done, .skipped], to: .open, doneAt: nil) else {
            return nil
        }
        try transaction.append(
            Event(
                at: now, .taskReopened, mailbox: task.mailbox, enrollment: task.enrollment,
                "The task “\(task.title)” was opened again.", evidence: ["task": "\(task.id)"]))
        guard let enrollment = try transaction.enrollment(task.enrollment), enrollment.state.isOpen,
            !enrollment.isInDoubt,
            let version = try transaction.document(of: enrollment.sequence, version: enrollment.version)
                .flatMap({ Document.value(SequenceVersion.self, from: $0) }),
            let step = version.step(task.step), step.task?.holds == true,
            let next = version.step(after: task.step), next.id == enrollment.nextStep,
            try transaction.journalEntry(of: enrollment.id, step: next.id).map({
                $0.state == .prepared || $0.state == .cancelled
            }) ?? true
        else { return false }
        try transaction.setNext(step, of: enrollment.id)
        try transaction.await(task.id, enrollment: enrollment.id)
        return true
    }
}
