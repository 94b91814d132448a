import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrSequences
import PurrStore

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List everything that happened, oldest first.",
        discussion: """
            For one contact, `purr explain` tells it with the evidence below each line.

              purr history --since today
              purr history --kind answered --csv answers.csv
              purr history --contact ola@example.com
              purr history --json | jq -r '.[] | select(.kind == "held").contact'
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("From this day on: 2026-11-01, today, yesterday.", valueName: "day"))
    var since: String?
    @Option(help: ArgumentHelp("Only what happened to this contact.", valueName: "email")) var contact:
        String?
    @Option(
        help: ArgumentHelp("Only events of this kind, such as answered or held.", valueName: "kind"),
        completion: .list(Event.Kind.allCases.map(\.rawValue)))
    var kind: String?
    @Option(
        help: ArgumentHelp("Write a table for spreadsheets; - for stdout.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    func run() throws {
        let session = try global.session()
        let start = try since.map { text in
            let today = Output.zone.wall(of: session.now).day
            let first =
                switch text {
                case "today": today
                case "yesterday": today.adding(days: -1)
                default: try day(text, "--since")
                }
            return Output.zone.instant(of: first, second: 0)
        }
        let wanted = try kind.map { text in
            guard let kind = Event.Kind(rawValue: text) else {
                let known = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandError(
                    .usage, "\(Terminal.quoted(text)) is no kind of event; kinds are \(known).")
            }
            return kind
        }
        let person = try contact.map { try address($0) }
        func each(_ body: (HistoryLine) throws -> Void) throws {
            try session.commands.history(since: start, contact: person) { line in
                if wanted == nil || line.kind == wanted { try body(line) }
            }
        }
        if let csv { return try write(to: csv, each: each) }
        if output.json {
            var list = Output.List()
            try each { try list.append($0) }
            return list.end()
        }
        var isEmpty = true
        try each { line in
            isEmpty = false
            let who = line.contact ?? line.mailbox ?? ""
            let kind = filled(line.kind.rawValue, to: 12)
            let words = who.isEmpty ? line.text : "\(who): \(line.text)"
            let head = "\(Output.time(line.at))  \(Terminal.paint(kind, .grey))  "
            // A line each in files; a screen is read.
            print(head + (Terminal.screen == nil ? Terminal.oneLine(words) : wrapped(words, after: 36)))
        }
        if isEmpty {
            print(
                since == nil && kind == nil && contact == nil
                    ? "Nothing happened yet." : "Nothing of the kind happened.")
        }
    }

    private func write(to path: String, each: ((HistoryLine) throws -> Void) throws -> Void) throws {
        let file = try CSVFile(
            path,
            columns: ["at", "kind", "mailbox", "contact", "sequence", "enrollment", "text", "evidence"])
        try each { line in
            let evidence = line.evidence.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            try file.append([
                cell(line.at), .text(line.kind.rawValue), .text(line.mailbox ?? ""),
                .text(line.contact ?? ""), .text(line.sequence ?? ""),
                .text(line.enrollment.map(String.init) ?? ""), .text(line.text),
                .text(evidence.joined(separator: "; ")),
            ])
        }
        try file.end("event", isQuiet: output.json)
    }
}
