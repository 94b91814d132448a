internal import Foundation
package import PurrSequences
internal import PurrStore

/// One planned mail or task, with its time and reason (spec S7.3).
///
/// In JSON the enrollment's own keys, and `kind`, `task` and `why` beside them.
package struct PlannedStep: Sendable, Encodable {
    /// The enrollment; its next step and time are those planned here.
    package let enrollment: EnrollmentReport
    /// What the step is; nil when its sequence is damaged.
    package let kind: StepKind?
    /// The task, where it is made already and waits to be done.
    package let task: Int64?
    /// Why then, in a sentence.
    package let why: String

    private enum CodingKeys: String, CodingKey { case kind, task, why }

    package func encode(to encoder: any Encoder) throws {
        try enrollment.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(task, forKey: .task)
        try container.encode(why, forKey: .why)
    }
}

extension Commands {
    /// What is planned to be sent and to be done, soonest first (spec S7.3).
    ///
    /// Each enrollment plans one step at a time, since the next depends on when this one runs; tasks stand here
    /// from their making until they are done.
    package func upcoming(limit: Int) throws -> [PlannedStep] {
        try look { transaction in
            var reader = try EnrollmentReader(transaction, now: now)
            let records = try transaction.mailboxes().flatMap {
                try transaction.upcoming(of: $0.id, limit: limit)
            }
            var planned: [PlannedStep] = []
            // One that a task holds is shown as that task.
            for record in records where record.awaitsTask == nil {
                let report = try reader.report(record)
                let step = try reader.version(of: record)?.step(record.nextStep ?? StepID(rawValue: ""))
                planned.append(
                    PlannedStep(
                        enrollment: report, kind: step?.kind, task: nil, why: next(report, record)))
            }
            for task in try transaction.tasks(TaskFilter(), limit: limit) {
                guard let record = try transaction.enrollment(task.enrollment) else { continue }
                planned.append(try self.planned(task, of: record, reader: &reader))
            }
            return Array(
                planned.sorted {
                    ($0.enrollment.nextAt ?? .distantPast, $0.enrollment.id)
                        < ($1.enrollment.nextAt ?? .distantPast, $1.enrollment.id)
                }.prefix(limit))
        }
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
