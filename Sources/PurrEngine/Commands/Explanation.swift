package import Foundation
package import PurrMail
internal import PurrSequences
package import PurrStore

/// Everything that happened to one enrollment and why, with the evidence that is kept (spec S7.3).
package struct Explanation: Sendable, Encodable {
    package struct Line: Sendable, Encodable {
        package let at: Date
        package let kind: Event.Kind
        package let text: String
        package let evidence: [String: String]
    }

    package let enrollment: EnrollmentReport
    package let events: [Line]
    /// What comes next and why then, in a sentence.
    package let next: String
}

extension Commands {
    /// Explains what a contact went through, oldest enrollment first.
    package func explain(_ email: EmailAddress, sequence: String? = nil) throws -> [Explanation] {
        try look { transaction in
            guard let contact = try transaction.contact(email) else {
                throw CommandError(.badData, "\(email) is not a contact. See: purr contact list.")
            }
            var reader = try EnrollmentReader(transaction, now: now)
            return try transaction.enrollments(of: contact.id).compactMap { record in
                let report = try reader.report(record)
                guard sequence == nil || report.sequence == sequence else { return nil }
                let events = try transaction.events(of: record.id)
                    .map {
                        Explanation.Line(at: $0.at, kind: $0.kind, text: $0.text, evidence: $0.evidence)
                    }
                let guarding = try transaction.mailboxGuard(of: record.mailbox)
                let next =
                    record.state == .active && guarding.trouble != nil
                    ? "Nothing is sent from this mailbox: \(guarding.detail) \(MailboxGuard.advice)"
                    : next(report, record)
                return Explanation(enrollment: report, events: events, next: next)
            }
        }
    }

    func next(_ report: EnrollmentReport, _ record: EnrollmentRecord) -> String {
        let step = report.nextStep.map { "Step \($0)" } ?? "The next step"
        func clock(_ instant: Date) -> String {
            let wall = record.zone.wall(of: instant)
            return "on \(wall.day) at \(wall.second.asClock) in \(record.zone)"
        }
        switch report.state {
        case .active:
            return record.isTask
                ? "\(step) is due now: its task is made."
                : "\(step) is due now: it goes as soon as all folders are known to hold no answer."
        case .waiting:
            let when = report.nextAt.map(clock) ?? ""
            return switch report.reason.flatMap(WaitReason.init(rawValue:)) {
            case .delay, nil: record.isTask ? "\(step) is a task, made \(when)." : "\(step) goes \(when)."
            case .window: "\(step) goes \(when), when the send window opens."
            case .limit:
                "\(step) goes \(when), when the mailbox's limits allow it\(report.detail.map { " (\($0))" } ?? "")."
            case .returnDate:
                "\(step) goes \(when), when they are back\(report.detail.map { " (\($0))" } ?? "")."
            case .mailboxUnreachable:
                "\(step) waits for the mailbox: \(report.detail ?? "it cannot be used")."
            case .temporaryFailure:
                "\(step) is tried again \(when): \(report.detail ?? "the server asked for patience")."
            case .taskOpen: "The sequence waits until its task is done: purr task list."
            case .outcome: "\(step) is in doubt: \(report.detail ?? "its outcome is looked for")."
            }
        case .paused: return "\(step) waits until it is resumed: purr resume \(report.contact)."
        case .held: return "\(step) waits for you. \(report.advice ?? "")"
        case .finished: return "Nothing more is sent: all steps ran."
        case .unenrolled: return "Nothing more is sent\(report.detail.map { ": \($0)" } ?? "")."
        }
    }
}
