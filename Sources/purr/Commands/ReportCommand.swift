import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrSequences

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Count what came of a sequence, a campaign, or everything.",
        discussion: """
            Without a name: all sequences. Every number counts enrollments, and every rate is its share of them; a \
            step's are shares of its executions. What happened late, or to people or sequences deleted since, counts \
            all the same.

              purr report intro
              purr report intro --from 2026-11-01 --to 2026-11-30
              purr report --campaign spring --csv spring.csv
              purr report intro --json | jq .totals.replied
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name (default: all).") var sequence: String?
    @Option(help: ArgumentHelp("The sequences of this campaign.", valueName: "name")) var campaign: String?
    @Option(help: ArgumentHelp("Only who was enrolled on this day or later.", valueName: "day"))
    var from: String?
    @Option(help: ArgumentHelp("Only who was enrolled on this day or earlier.", valueName: "day"))
    var to: String?
    @Option(
        help: ArgumentHelp("Write a table for spreadsheets; - for stdout.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        guard sequence == nil || campaign == nil else {
            throw CommandError(.usage, "Name a sequence or a campaign, not both.")
        }
        let session = try global.session()
        var request = ReportRequest(zone: Output.zone)
        request.sequence = sequence
        request.campaign = campaign
        request.from = try from.map { try day($0, "--from") }
        request.to = try to.map { try day($0, "--to") }
        if let from = request.from, let to = request.to, to < from {
            throw CommandError(.usage, "--to \(to) is before --from \(from).")
        }
        request.user = viewer.name
        let report = try session.commands.report(request)
        if let csv { try write(report, to: csv) }
        if output.json { return try Output.json(report) }
        if csv == nil { ReportText(report).print() }
    }

    private func write(_ report: SequenceReport, to path: String) throws {
        let file = try CSVFile(path, columns: ReportTable.columns)
        for row in ReportTable.rows(report) { try file.append(row) }
        // With JSON on stdout nothing else may stand there.
        try file.end("row", isQuiet: output.json)
    }
}

/// A day given as an option.
func day(_ text: String, _ option: String) throws -> LocalDay {
    guard let day = LocalDay(text) else {
        throw CommandError(
            .usage, "\(option) \(Terminal.quoted(text)) is no day; write one such as 2026-11-01.")
    }
    return day
}
