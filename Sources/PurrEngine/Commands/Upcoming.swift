package import Foundation
package import PurrSequences
internal import PurrMail
internal import PurrStore

/// Something planned, with its time and reason (spec S7.3).
///
/// In JSON each has the same keys; what a workflow is to do, and a mail to a user, has no enrollment, and null for
/// what would follow from one.
package enum Planned: Sendable, Encodable {
    case step(PlannedStep)
    case workflow(PlannedRun)
    case notice(PlannedNotice)

    /// When; nil where only its owner knows.
    package var at: Date? {
        switch self {
        case .step(let step): step.enrollment.nextAt
        case .workflow(let run): run.at
        case .notice(let notice): notice.at
        }
    }

    /// Whom it is about; of a mail to a user, its recipient.
    package var contact: String {
        switch self {
        case .step(let step): step.enrollment.contact
        case .workflow(let run): run.contact
        case .notice(let notice): notice.recipient
        }
    }

    /// Why then, in a sentence.
    package var why: String {
        switch self {
        case .step(let step): step.why
        case .workflow(let run): run.why
        case .notice(let notice): notice.why
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .step(let step): try step.encode(to: encoder)
        case .workflow(let run): try run.encode(to: encoder)
        case .notice(let notice): try notice.encode(to: encoder)
        }
    }
}

/// One planned mail or task.
///
/// In JSON the enrollment's own keys, and `kind`, `task`, `workflow`, `notice` and `why` beside them.
package struct PlannedStep: Sendable, Encodable {
    /// The enrollment; its next step and time are those planned here.
    package let enrollment: EnrollmentReport
    /// What the step is; nil when its sequence is damaged.
    package let kind: StepKind?
    /// The task, where it is made already and waits to be done.
    package let task: Int64?
    /// Why then, in a sentence.
    package let why: String

    private enum CodingKeys: String, CodingKey { case kind, task, workflow, notice, why }

    package func encode(to encoder: any Encoder) throws {
        try enrollment.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(task, forKey: .task)
        try container.encodeNil(forKey: .workflow)
        try container.encodeNil(forKey: .notice)
        try container.encode(why, forKey: .why)
    }
}

/// What a workflow is to do about somebody after its delay (spec S6.2).
package struct PlannedRun: Sendable, Encodable {
    package enum Action: String, Sendable, Encodable { case enroll, unenroll }

    package let contact: String
    package let sequence: String
    /// From which address they will be written to; nil where they are unenrolled.
    package let from: String?
    /// The workflow's name.
    package let workflow: String
    package let action: Action
    package let at: Date
    /// Why then, in a sentence.
    package let why: String

    private struct Flow: Encodable {
        let name: String
        let action: Action
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: PlannedKeys.self)
        for key in PlannedKeys.allCases { try container.encodeNil(forKey: key) }
        try container.encode(contact, forKey: .contact)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(from, forKey: .from)
        try container.encode(EnrollmentReport.State.waiting, forKey: .state)
        try container.encode(WaitReason.delay, forKey: .reason)
        try container.encode(at, forKey: .nextAt)
        try container.encode([EnrollmentReport.Sent](), forKey: .sent)
        try container.encode(Flow(name: workflow, action: action), forKey: .workflow)
        try container.encode(why, forKey: .why)
    }
}

/// A mail to one of Purr's own users that is to leave (spec S2.6): a digest, a reminder, an alarm, a test.
package struct PlannedNotice: Sendable, Encodable {
    package let recipient: String
    /// `digest`, `reminder`, `alarm` or `test`.
    package let kind: String
    package let subject: String
    package let at: Date
    /// Why then, in a sentence.
    package var why: String { "A mail to you (\(kind)): \(subject)." }

    private struct Letter: Encodable {
        let kind: String
        let to: String
        let subject: String
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: PlannedKeys.self)
        for key in PlannedKeys.allCases { try container.encodeNil(forKey: key) }
        try container.encode(at, forKey: .nextAt)
        try container.encode([EnrollmentReport.Sent](), forKey: .sent)
        try container.encode(Letter(kind: kind, to: recipient, subject: subject), forKey: .notice)
        try container.encode(why, forKey: .why)
    }
}

/// The keys that each thing planned has in JSON.
private enum PlannedKeys: String, CodingKey, CaseIterable {
    case id, contact, sequence, version, from, zone, state, reason, detail, advice, nextStep, nextStepId
    case nextAt, sent, enrolledAt, endedAt, kind, task, workflow, notice, why
}

extension Commands {
    /// What is planned to be sent and to be done, soonest first (spec S7.3).
    ///
    /// Each enrollment plans one step at a time, since the next depends on when this one runs; tasks stand here
    /// from their making until they are done, and what workflows are to do until they have done it.
    package func upcoming(limit: Int) throws -> [Planned] {
        try look { try planned(limit: limit, in: $0) }
    }

    func planned(limit: Int, in transaction: Transaction) throws -> [Planned] {
        var reader = try EnrollmentReader(transaction, now: now)
        let mailboxes = try transaction.mailboxes()
        var steps: [PlannedStep] = []
        // One that a task holds is shown as that task.
        for record in try mailboxes.flatMap({ try transaction.upcoming(of: $0.id, limit: limit) }) {
            let report = try reader.report(record)
            let step = try reader.version(of: record)?.step(record.nextStep ?? StepID(rawValue: ""))
            steps.append(
                PlannedStep(enrollment: report, kind: step?.kind, task: nil, why: next(report, record)))
        }
        for task in try transaction.tasks(TaskFilter(), limit: limit) {
            guard let record = try transaction.enrollment(task.enrollment) else { continue }
            steps.append(try planned(task, of: record, reader: &reader))
        }
        steps.sort {
            ($0.enrollment.nextAt ?? .distantPast, $0.enrollment.id)
                < ($1.enrollment.nextAt ?? .distantPast, $1.enrollment.id)
        }
        let runs = try transaction.waitingRuns(limit: limit).compactMap {
            try planned($0, in: transaction)
        }
        let notices = try mailboxes.flatMap {
            try transaction.preparedNotices(of: $0.id, limit: limit)
        }.map {
            PlannedNotice(
                recipient: $0.recipient.text, kind: $0.kind.rawValue, subject: $0.subject, at: $0.dueAt)
        }
        // Sorting is stable: at the same instant, steps come before what workflows do.
        let all = steps.map(Planned.step) + runs.map(Planned.workflow) + notices.map(Planned.notice)
        return Array(all.sorted { ($0.at ?? .distantPast) < ($1.at ?? .distantPast) }.prefix(limit))
    }

    private func planned(_ run: WorkflowRun, in transaction: Transaction) throws -> PlannedRun? {
        guard let flow = try transaction.workflow(run.workflow),
            let sequence = try transaction.sequence(flow.sequence),
            let contact = try transaction.contact(run.contact), !contact.isDeleted
        else { return nil }
        let (action, from): (PlannedRun.Action, String?) =
            switch flow.workflow.action {
            case .enroll(let enrolling): (.enroll, (enrolling.from ?? enrolling.mailbox).text)
            case .unenroll: (.unenroll, nil)
            }
        let signal = try transaction.signal(run.signal)
        let cause = signal?.kind == .page ? "they looked at a page" : "they sent a form"
        let minutes = signal.map { Int(run.dueAt.timeIntervalSince($0.at) / 60) } ?? 0
        let delay = minutes == 1 ? "1 minute" : "\(minutes) minutes"
        return PlannedRun(
            contact: contact.email.text, sequence: sequence.name, from: from, workflow: flow.name,
            action: action, at: run.dueAt,
            why: "The workflow “\(flow.name)” \(action.rawValue)s them, \(delay) after \(cause).")
    }

    private func planned(
        _ task: TaskRecord, of record: EnrollmentRecord, reader: inout EnrollmentReader
    ) throws -> PlannedStep {
        var report = try reader.report(record)
        report.nextStepId = task.step.rawValue
        report.nextStep = try reader.version(of: record)?.number(of: task.step)
        report.nextAt = task.dueAt
        let wall = record.zone.wall(of: task.dueAt)
        let when = "\(wall.day) at \(wall.second.asClock) in \(record.zone)"
        let due = task.dueAt < now ? "has been due since \(when)" : "is due on \(when)"
        let rest =
            record.awaitsTask == task.id ? "the sequence waits for it" : "the sequence goes on meanwhile"
        return PlannedStep(
            enrollment: report, kind: task.kind.stepKind, task: task.id.rawValue,
            why: "Task \(task.id) (\(task.title)) \(due); \(rest).")
    }
}
