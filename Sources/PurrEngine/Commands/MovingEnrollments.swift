package import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// What moving one enrollment to the present version of its sequence does (spec S5.2).
package struct EnrollmentMove: Sendable, Encodable {
    package enum Outcome: String, Sendable, Hashable, Encodable {
        /// Its next step is the same, at the same time.
        case same
        /// Another step, or another time.
        case changed
        /// No step is left.
        case finishes
        /// Not moved; the detail says why.
        case stays
    }

    package let contact: String
    package let from: Int
    package let to: Int
    package let outcome: Outcome
    /// As people count, from 1, in the new version; null when there is none.
    @OrNull package var nextStep: Int?
    @OrNull package var nextStepId: String?
    /// Null while it is paused or held, when the rest of the delay counts from when it goes on; and while it waits
    /// for a task.
    @OrNull package var nextAt: Date?
    package let zone: String
    @OrNull package var detail: String?
}

extension Commands {
    /// Moves all that is under way in a sequence to its present version (spec S5.2).
    ///
    /// - Parameter isPreview: Says what would happen and changes nothing.
    package func moveEnrollments(of name: String, isPreview: Bool, as user: String? = nil) throws
        -> [EnrollmentMove]
    {
        try change { transaction in
            let sequence = try self.sequence(
                name, for: Viewer(user, in: transaction), in: transaction)
            let mover = EnrollmentMover(
                sequence: sequence, version: try version(of: sequence, in: transaction), now: now)
            var moves: [EnrollmentMove] = []
            for enrollment in try transaction.enrollmentsBehind(sequence) {
                moves.append(try mover.move(enrollment, isPreview: isPreview, in: transaction))
            }
            return moves
        }
    }
}

/// Moves single enrollments to a version.
struct EnrollmentMover {
    let sequence: SequenceRecord
    let version: SequenceVersion
    let now: Date

    private enum Next {
        case step(Step, at: Date)
        case end
        case stays(String)
    }

    func move(_ enrollment: EnrollmentRecord, isPreview: Bool, in transaction: Transaction) throws
        -> EnrollmentMove
    {
        let next = try next(of: enrollment, in: transaction)
        if !isPreview { try apply(next, to: enrollment, in: transaction) }
        var move = EnrollmentMove(
            contact: try transaction.contact(enrollment.contact)?.email.text ?? "",
            from: enrollment.version, to: sequence.version, outcome: outcome(next, enrollment),
            zone: enrollment.zone.identifier)
        switch next {
        case .step(let step, let at):
            move.nextStep = version.number(of: step.id)
            move.nextStepId = step.id.rawValue
            let awaits = try enrollment.awaitsTask.flatMap { try transaction.task($0) }
            let isHeld = awaits?.step == step.id
            move.nextAt = enrollment.state == .active && !isHeld ? at : nil
            if isHeld, let awaits { move.detail = "waits for task \(awaits.id)" }
            if enrollment.state != .active { move.detail = "is \(enrollment.state.rawValue)" }
        case .end: break
        case .stays(let why): move.detail = why
        }
        return move
    }

    private func outcome(_ next: Next, _ enrollment: EnrollmentRecord) -> EnrollmentMove.Outcome {
        switch next {
        case .stays: .stays
        case .end: .finishes
        case .step(let step, let at):
            step.id == enrollment.nextStep && at == (enrollment.nextAt ?? at) ? .same : .changed
        }
    }

    /// The first step that has not run, after the last one that has; it is due by its delay from that one.
    private func next(of enrollment: EnrollmentRecord, in transaction: Transaction) throws -> Next {
        let journal = try transaction.journal(of: enrollment.id)
        let tasks = try transaction.tasks(of: enrollment.id)
        if enrollment.isInDoubt
            || journal.contains(where: {
                [.sending, .unknown, .held].contains($0.state)
                    || ($0.state == .prepared && $0.unknownAt != nil)
            })
        {
            return .stays("a mail of it has an open outcome; decide that first")
        }
        if let open = enrollment.awaitsTask, let task = tasks.first(where: { $0.id == open }),
            version.step(task.step)?.task != nil, let step = version.step(task.step)
        {
            return .step(step, at: enrollment.nextAt ?? now)
        }
        // What ran, with when: a mail that left, a task that was made.
        var ran: [StepID: Date] = [:]
        for entry in journal where entry.state == .sent { ran[entry.step] = entry.sentAt ?? now }
        for task in tasks { ran[task.step] = task.doneAt ?? task.createdAt }
        let last = version.steps.lastIndex { ran[$0.id] != nil }
        guard let last else {
            // Nothing of it ran: it begins where it was to begin, or else at the first step.
            let step = enrollment.nextStep.flatMap { version.step($0) } ?? version.steps.first
            return step.map { .step($0, at: enrollment.nextAt ?? now) } ?? .end
        }
        guard let step = version.steps[(last + 1)...].first(where: { ran[$0.id] == nil }) else {
            return .end
        }
        let old = try transaction.document(of: sequence.id, version: enrollment.version)
            .flatMap { Document.value(SequenceVersion.self, from: $0) }
        let isSame =
            step.id == enrollment.nextStep && old?.step(step.id)?.delay == step.delay
            && (step.task == nil) == !enrollment.isTask
        if isSame { return .step(step, at: enrollment.nextAt ?? now) }
        let moment = ran[version.steps[last].id] ?? now
        let due = try Outcomes(mailbox: enrollment.mailbox, now: now).due(
            step, of: enrollment, in: sequence, after: moment, transaction)
        guard due <= now, step.task == nil else { return .step(step, at: max(due, now)) }
        let placement = Placement(enrollment: enrollment, sequence: sequence)
        return .step(step, at: placement.nextOpening(atOrAfter: now))
    }

    private func apply(_ next: Next, to enrollment: EnrollmentRecord, in transaction: Transaction) throws {
        if case .stays = next { return }
        // Bytes made of the older version must not leave: the machine makes them anew.
        try transaction.cancelPrepared(of: enrollment.id)
        try transaction.setVersion(sequence.version, of: enrollment.id)
        let words: String
        switch next {
        case .stays: return
        case .end:
            try transaction.finish(enrollment.id, at: now)
            words = "no step is left"
        case .step(let step, let at):
            if try keepsTask(enrollment, step, in: transaction) {
                words = "it waits for the same task"
                break
            }
            if enrollment.state == .active {
                try transaction.schedule(
                    enrollment.id, step: step, at: at, because: .delay, hasSent: !enrollment.isFirst)
            } else {
                let rest =
                    step.id == enrollment.nextStep
                    ? enrollment.remaining : max(0, at.timeIntervalSince(now))
                try transaction.note(
                    next: step, after: enrollment.id, in: rest, hasSent: !enrollment.isFirst)
            }
            words = "\(version.label(of: step.id)) comes next"
        }
        try transaction.append(
            Event(
                at: now, .moved, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                "Moved from version \(enrollment.version) to \(sequence.version): \(words).",
                evidence: ["by": "hand"]))
    }

    /// Whether the task it waits for is in the new version as well; one that is not need not be done any more.
    private func keepsTask(
        _ enrollment: EnrollmentRecord, _ step: Step, in transaction: Transaction
    ) throws -> Bool {
        guard let id = enrollment.awaitsTask, let task = try transaction.task(id) else { return false }
        if task.step == step.id { return true }
        _ = try transaction.setTask(id, from: [.open, .started], to: .canceled, doneAt: now)
        return false
    }
}
