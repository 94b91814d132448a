package import Foundation
internal import PurrEngine
internal import PurrMail
package import PurrSequences
internal import PurrStore

/// What a rehearsal showed.
package struct RehearsalReport: Sendable {
    /// In order of time.
    package let steps: [RehearsedStep]
    package let ends: [End]
    /// Why the mailbox stopped; nil when it did not.
    package let pause: String?

    /// Where an enrollment stands when nothing more happens.
    package struct End: Sendable {
        package let contact: String
        package let state: EnrollmentState
        package let reason: String
        package let detail: String
    }
}

/// One mail or task of a rehearsal.
package struct RehearsedStep: Sendable, Encodable {
    package let contact: String
    /// From 1.
    package let step: Int
    package let kind: StepKind
    /// When the mail left, or the task falls due.
    package let at: Date
    /// The same on the contact's clock, as `2026-11-24T17:00:00`.
    package let local: String
    package let zone: String
    /// What became of it.
    ///
    /// Of a mail `sent`, or what came back: `replied`, `bounced`, `away`, `unsubscribed`, `meetingBooked`,
    /// `markedAsSpam`. Of a task `done`, `skipped`, `open` or `canceled`.
    package var outcome: String
    package let why: String
    /// The beginning of ``why``: what the time was counted from.
    package let reason: String
    /// The template or the task's title.
    package let name: String

    private enum CodingKeys: String, CodingKey { case contact, step, kind, at, local, zone, outcome, why }
}

extension Rehearsal {
    func report() throws -> RehearsalReport {
        try store.read { transaction in
            var steps: [(order: Int64, step: RehearsedStep)] = []
            var ends: [RehearsalReport.End] = []
            var versions: [Int64: SequenceVersion] = [:]
            for enrollment in try transaction.enrollments(limit: 10_000_000) {
                let key = enrollment.sequence.rawValue << 20 | Int64(enrollment.version)
                let known =
                    try versions[key]
                    ?? transaction.document(of: enrollment.sequence, version: enrollment.version)
                    .flatMap { Document.value(SequenceVersion.self, from: $0) }
                guard let version = known, let contact = try transaction.contact(enrollment.contact) else {
                    continue
                }
                versions[key] = version
                var reader = RehearsedEnrollment(
                    enrollment: enrollment, contact: contact.email.text, version: version)
                steps += try reader.steps(in: transaction).map { (enrollment.id.rawValue, $0) }
                ends.append(
                    RehearsalReport.End(
                        contact: contact.email.text, state: enrollment.state, reason: enrollment.reason,
                        detail: enrollment.detail))
            }
            steps.sort { ($0.step.at, $0.order, $0.step.step) < ($1.step.at, $1.order, $1.step.step) }
            let record = try transaction.mailbox(mailbox)
            return RehearsalReport(
                steps: steps.map(\.step), ends: ends,
                pause: record?.isPaused == true ? record?.pauseReason : nil)
        }
    }
}

/// Tells one enrollment from what the engine has kept of it.
private struct RehearsedEnrollment {
    let enrollment: EnrollmentRecord
    let contact: String
    let version: SequenceVersion
    /// When each step ran, for what comes after it.
    private var ran: [StepID: Date] = [:]
    /// Why each step came when it did, by the engine's own record.
    private var reasons: [StepID: String] = [:]
    private var waits: [StepID: String] = [:]
    /// Why the minute of a mail was chosen, where it was (spec T7).
    private var minutes: [StepID: String] = [:]

    init(enrollment: EnrollmentRecord, contact: String, version: SequenceVersion) {
        self.enrollment = enrollment
        self.contact = contact
        self.version = version
    }

    mutating func steps(in transaction: Transaction) throws -> [RehearsedStep] {
        let mails = try transaction.journal(of: enrollment.id).filter { $0.state == .sent }
        let tasks = try transaction.tasks(of: enrollment.id)
        for mail in mails { ran[mail.step] = mail.sentAt }
        for task in tasks where ran[task.step] == nil {
            ran[task.step] = version.step(task.step)?.task?.holds == true ? task.doneAt : task.createdAt
        }
        let events = try transaction.events(of: enrollment.id)
        note(events)
        var rows: [RehearsedStep] = []
        for mail in mails where version.step(mail.step)?.task == nil {
            guard let at = mail.sentAt, let step = version.step(mail.step) else { continue }
            rows.append(
                row(step, at: at, outcome: "sent", detail: waits[step.id] ?? "", name: step.template ?? ""))
        }
        for task in tasks {
            guard let step = version.step(task.step) else { continue }
            rows.append(
                row(
                    step, at: task.dueAt, outcome: task.state.rawValue, detail: detail(of: task, step),
                    name: task.title))
        }
        rows.sort { ($0.at, $0.step) < ($1.at, $1.step) }
        for (fact, step, _) in try transaction.facts(of: enrollment.id) {
            let number = step.flatMap { version.number(of: $0) }
            if let index = rows.firstIndex(where: { $0.step == number }), rows[index].outcome == "sent" {
                rows[index].outcome = fact.rawValue
            }
        }
        for event in events {
            guard let outcome = Self.outcome(of: event),
                let index = rows.lastIndex(where: { $0.at <= event.at && $0.outcome == "sent" })
            else { continue }
            rows[index].outcome = outcome
        }
        return rows
    }

    private func row(_ step: Step, at instant: Date, outcome: String, detail: String, name: String)
        -> RehearsedStep
    {
        let wall = enrollment.zone.wall(of: instant)
        let reason = reasons[step.id] ?? "at the start"
        let why = [reason, minutes[step.id] ?? "", detail].filter { !$0.isEmpty }
        return RehearsedStep(
            contact: contact, step: version.number(of: step.id) ?? 0, kind: step.kind, at: instant,
            local: "\(wall.day)T\(Self.clock(wall.second, seconds: true))",
            zone: enrollment.zone.identifier,
            outcome: outcome, why: why.joined(separator: "; "), reason: reason, name: name)
    }

    /// What came back that no report counts.
    private static func outcome(of event: Event) -> String? {
        switch event.evidence["kind"] {
        case "outOfOffice": "away"
        case "complaint": "markedAsSpam"
        default: nil
        }
    }

    // MARK: Why

    private mutating func note(_ events: [Event]) {
        var next: StepID?
        for event in events {
            if event.kind == .scheduled {
                // A minute that was chosen anew names no step: it is that of the one scheduled last.
                if let id = event.evidence["step"].map({ StepID(rawValue: $0) }) {
                    next = id
                    reasons[id] = reason(id, event.evidence)
                }
                if let next { minutes[next] = Self.choice(in: event) }
            } else if event.kind == .waiting, let next {
                waits[next] = event.text.last == "." ? String(event.text.dropLast()) : event.text
            }
        }
    }

    /// The clause about the minute, in the words of `explain`.
    private static func choice(in event: Event) -> String? {
        guard event.evidence["minute"] != nil,
            let start = event.text.range(of: "; ", options: .backwards)?.upperBound
        else { return nil }
        let clause = event.text[start...]
        return String(clause.last == "." ? clause.dropLast() : clause)
    }

    private func reason(_ id: StepID, _ evidence: [String: String]) -> String {
        guard let index = version.steps.firstIndex(where: { $0.id == id }), index > 0 else {
            return "at the start"
        }
        let before = version.steps[index - 1]
        let wasDone = before.task?.holds == true ? " was done" : ""
        let moment = ran[before.id].map { " (\(Self.time($0, in: enrollment.zone)))" } ?? ""
        guard let delay = evidence["delay"].flatMap({ Int($0) }), delay > 0 else {
            return "right after step \(index)\(wasDone)\(moment)"
        }
        let noun =
            switch evidence["days"] {
            case "everyday": "day"
            case "businessDays": "business day"
            default: "weekday"
            }
        return "\(delay) \(noun)\(delay == 1 ? "" : "s") after step \(index)\(wasDone)\(moment)"
    }

    private func detail(of task: TaskRecord, _ step: Step) -> String {
        var words = waits[step.id].map { "\($0); " } ?? ""
        words += "made \(Self.time(task.createdAt, in: enrollment.zone))"
        if step.task?.holds == true { words += ", the sequence waits for it" }
        if let doneAt = task.doneAt {
            words += "; \(task.state.rawValue) \(Self.time(doneAt, in: enrollment.zone))"
        }
        return words
    }

    private static func time(_ instant: Date, in zone: Zone) -> String {
        let wall = zone.wall(of: instant)
        return
            "\("\(wall.day.weekday)".prefix(3).capitalized) \(wall.day) \(clock(wall.second, seconds: false))"
    }

    private static func clock(_ second: Int, seconds: Bool) -> String {
        let parts = [second / 3_600, second / 60 % 60] + (seconds ? [second % 60] : [])
        return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
