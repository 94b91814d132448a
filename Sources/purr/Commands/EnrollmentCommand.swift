import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrSequences

struct EnrollmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrollment", abstract: "See who is in which sequence.",
        subcommands: [EnrollmentList.self])

    @OptionGroup var global: GlobalOptions
}

struct EnrollmentList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List enrollments, oldest first.",
        discussion: """
            active: due now, or under way; waiting: goes on by itself; paused and held: waits for you.

              purr enrollment list --state held
              purr enrollment list --json | jq -r '.[] | select(.reason == "replied").contact'
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(
        help: ArgumentHelp(
            "Only these: active, waiting, paused, held, finished, unenrolled.", valueName: "state"),
        completion: .list(EnrollmentReport.State.allCases.map(\.rawValue)))
    var state: String?
    @Option(help: ArgumentHelp("Only this sequence.", valueName: "name")) var sequence: String?
    @Option(
        help: ArgumentHelp("Write a table for spreadsheets; - for stdout.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    func run() throws {
        let session = try global.session()
        let wanted = try state.map { text in
            guard let state = EnrollmentReport.State(rawValue: text) else {
                let known = EnrollmentReport.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandError(.usage, "\(Terminal.quoted(text)) is no state; states are \(known).")
            }
            return state
        }
        if let sequence { _ = try session.commands.sequence(named: sequence) }
        func each(_ body: (EnrollmentReport) throws -> Void) throws {
            try session.commands.enrollments(in: wanted) { report in
                if sequence == nil || report.sequence == sequence { try body(report) }
            }
        }
        if let csv { return try write(to: csv, each: each) }
        if output.json {
            var list = Output.List()
            try each { try list.append($0) }
            return list.end()
        }
        var reports: [EnrollmentReport] = []
        var isHeaded = false
        func flush() {
            guard !reports.isEmpty else { return }
            EnrollmentTable.print(reports, isHeaded: !isHeaded)
            isHeaded = true
            reports = []
        }
        try each { report in
            reports.append(report)
            if reports.count >= 1_000 { flush() }
        }
        flush()
        if !isHeaded {
            print(
                wanted == nil && sequence == nil
                    ? "Nobody is enrolled yet. Start with: purr enroll SEQUENCE EMAIL --from ADDRESS."
                    : "None.")
        }
    }

    private func write(to path: String, each: ((EnrollmentReport) throws -> Void) throws -> Void) throws {
        let file = try CSVFile(
            path,
            columns: [
                "id", "contact", "sequence", "version", "from", "zone", "state", "reason", "detail", "sent",
                "nextStep", "nextAt", "enrolledAt", "endedAt",
            ])
        try each { report in
            try file.append([
                .number(Int(report.id)), .text(report.contact), .text(report.sequence),
                .number(report.version), .text(report.from), .text(report.zone),
                .text(report.state.rawValue), .text(report.reason ?? ""), .text(report.detail ?? ""),
                .number(report.sent.count), .text(report.nextStep.map(String.init) ?? ""),
                cell(report.nextAt), cell(report.enrolledAt), cell(report.endedAt),
            ])
        }
        try file.end("enrollment", isQuiet: output.json)
    }
}

/// Enrollments as a table.
enum EnrollmentTable {
    static func print(_ reports: [EnrollmentReport], isHeaded: Bool = true) {
        let table = Table(
            ["CONTACT", "SEQUENCE", "STATE", "REASON", "SENT", "NEXT", "AT"],
            rows: reports.map { report in
                [
                    report.contact, report.sequence, report.state.rawValue, report.reason ?? "",
                    report.sent.isEmpty
                        ? ""
                        : report.sent.map { $0.step.map(String.init) ?? $0.stepId }.joined(separator: ","),
                    report.nextStep.map { "step \($0)" } ?? "",
                    report.nextAt.map { Output.shortTime($0) } ?? "",
                ]
            },
            colour: { row, column in column == 2 ? reports[row].state.colour : nil })
        for line in table.lines().dropFirst(isHeaded ? 0 : 1) { Swift.print(line) }
    }
}

extension EnrollmentReport.State {
    var colour: Terminal.Colour? {
        switch self {
        case .active, .waiting: nil
        case .paused, .held: .yellow
        case .finished: .green
        case .unenrolled: .grey
        }
    }
}
