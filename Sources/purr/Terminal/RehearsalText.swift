import Foundation
import PurrFiles
import PurrSequences
import PurrSimulator

/// A rehearsal for people: day by day, then what it comes to.
struct RehearsalText {
    let report: RehearsalReport
    let sequence: SequenceDocument
    let hasBehaviour: Bool
    let hasLimits: Bool

    /// From how many contacts on those who get the same at the same minute share a line.
    private static let manyContacts = 30

    func print() {
        printWrapped(
            title: sequence.name,
            ": \(Output.count(sequence.steps.count, "step")), "
                + "\(Output.count(report.ends.count, "contact")). Nothing is sent: this is a rehearsal.")
        if !hasBehaviour {
            let tasks =
                report.steps.contains { $0.kind != .email }
                ? ", and each task is done when it falls due" : ""
            printWrapped("Nobody answers\(tasks) (--behaviour FILE says otherwise).")
        }
        var day = ""
        var lines: [Line] = []
        for step in report.steps {
            if step.local.prefix(10) != day {
                show(day, lines)
                lines = []
                day = String(step.local.prefix(10))
            }
            let line = Line(step)
            if report.ends.count >= Self.manyContacts,
                let index = lines.firstIndex(where: { $0.isSame(line) })
            {
                lines[index].contacts.append(step.contact)
            } else {
                lines.append(line)
            }
        }
        show(day, lines)
        summary()
    }

    /// What some contacts get at one minute.
    private struct Line {
        let clock: String
        let zone: String
        let step: Int
        let kind: StepKind
        let name: String
        let outcome: String
        let reason: String
        var contacts: [String]

        init(_ step: RehearsedStep) {
            clock = String(step.local.dropFirst(11).prefix(5))
            zone = step.zone
            self.step = step.step
            kind = step.kind
            name = step.name
            outcome = step.outcome
            reason = step.reason
            contacts = [step.contact]
        }

        func isSame(_ other: Line) -> Bool {
            clock == other.clock && zone == other.zone && step == other.step && outcome == other.outcome
        }
    }

    private func show(_ day: String, _ lines: [Line]) {
        guard !lines.isEmpty else { return }
        let weekday = LocalDay(day).map { "\("\($0.weekday)".prefix(3).capitalized) " } ?? ""
        Swift.print("\n\(Terminal.paint("\(weekday)\(day)", .bold))")
        let zones = Set(report.steps.map(\.zone))
        let rows = lines.map { line in
            [
                "  \(line.clock)\(zones.count > 1 ? " \(line.zone)" : "")",
                line.contacts.count == 1 ? line.contacts[0] : Output.count(line.contacts.count, "contact"),
                "\(line.step) \(line.kind == .email ? line.name : "\(line.kind.word): \(line.name)")",
                line.outcome, line.reason,
            ]
        }
        let table = Table(["AT", "", "", "", "WHY"], rows: rows, optional: ["WHY"]) { row, column in
            if column == 4 { return .grey }
            guard column == 3 else { return nil }
            return ["sent", "done", "skipped"].contains(lines[row].outcome) ? .green : .yellow
        }
        for line in table.lines(width: Terminal.screen ?? 130).dropFirst() { Swift.print(line) }
    }

    private func summary() {
        Swift.print("\n\(Terminal.paint("In all", .bold))")
        let mails = report.steps.filter { $0.kind == .email }
        let days = Dictionary(grouping: mails) { $0.local.prefix(10) }.mapValues(\.count)
        if let busiest = days.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), let last = mails.last {
            printWrapped(
                "\(Output.count(mails.count, "mail")) on \(Output.count(days.count, "day")), at most \(busiest.value) a day (\(busiest.key)); the last on \(last.local.prefix(10)).",
                indent: 2)
            let all = days.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            let shown = all.prefix(14).joined(separator: ", ")
            printWrapped(
                "Mails per day: \(shown)\(all.count > 14 ? ", … on \(all.count - 14) more days" : "")",
                indent: 2)
        }
        let tasks = Dictionary(grouping: report.steps.filter { $0.kind != .email }, by: \.outcome)
            .mapValues(\.count)
        if !tasks.isEmpty {
            let total = tasks.values.reduce(0, +)
            let parts = tasks.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            Swift.print("  \(Output.count(total, "task")): \(parts.joined(separator: ", ")).")
        }
        let ends = Dictionary(grouping: report.ends, by: \.words).mapValues(\.count)
        let parts = ends.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        printWrapped("Contacts: \(parts.joined(separator: ", ")).", indent: 2)
        for end in report.ends.filter({ $0.state == .held }).prefix(10) {
            printWrapped("Held: \(end.detail).", indent: 2)
        }
        if let pause = report.pause {
            Swift.print(
                Terminal.paint("  The mailbox would be paused, and everybody would wait: \(pause).", .red))
        }
        if !hasLimits {
            printWrapped(
                "Limits of the mailbox and the gaps between two mails are left out; --limits keeps them.",
                indent: 2)
        }
    }
}

extension RehearsalReport.End {
    /// Where the contact stands at the end, in a few words.
    fileprivate var words: String {
        switch state {
        case .finished: "finished"
        case .active: reason == "taskOpen" ? "waiting for a task" : "waiting"
        case .paused: "paused"
        case .held: "held (\(reason))"
        case .unenrolled: reason
        }
    }
}

extension StepKind {
    fileprivate var word: String {
        switch self {
        case .email: "e-mail"
        case .manualEmail: "manual e-mail"
        case .call: "call"
        case .general: "task"
        case .inMail: "InMail"
        case .connectionRequest: "connection request"
        }
    }
}
