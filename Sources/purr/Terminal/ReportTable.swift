import PurrEngine
import PurrSequences
import PurrFiles

/// A report as a table for spreadsheets: a row for each sequence, then one for each of its steps.
enum ReportTable {
    private static let totals = [
        "contacts", "enrolled", "mailed", "engaged", "noResponse", "opened", "clicked", "replied",
        "meetingsBooked", "bounced", "unsubscribed", "open", "finished", "unenrolled",
    ]

    static let columns =
        ["sequence", "step", "stepId", "kind"] + totals.flatMap { [$0, $0 + "Rate"] }
        + ["executionCount", "calls", "tasksCompleted", "onTimeTaskCompletion", "onTimeTaskCompletionRate"]

    static func rows(_ report: SequenceReport) -> [[CSVWriter.Cell]] {
        guard let name = report.sequence else {
            return report.sequences.map { row($0.sequence, $0.totals) }
        }
        return [row(name, report.totals)] + report.steps.map { row(name, $0) }
    }

    private static func cells(_ metric: SequenceReport.Metric) -> [CSVWriter.Cell] {
        [.number(metric.count), .fraction(metric.rate)]
    }

    private static let none = CSVWriter.Cell.text("")

    private static func row(_ name: String, _ totals: SequenceReport.Totals) -> [CSVWriter.Cell] {
        let metrics = [
            totals.contacts, totals.enrolled, totals.mailed, totals.engaged, totals.noResponse,
            totals.opened, totals.clicked, totals.replied, totals.meetingsBooked, totals.bounced,
            totals.unsubscribed, totals.open, totals.finished, totals.unenrolled,
        ]
        return [.text(name), none, none, none] + metrics.flatMap(cells)
            + [CSVWriter.Cell](repeating: none, count: 5)
    }

    private static func row(_ name: String, _ step: SequenceReport.StepLine) -> [CSVWriter.Cell] {
        let metrics = [
            "opened": step.opened, "clicked": step.clicked, "replied": step.replied,
            "meetingsBooked": step.meetingsBooked, "bounced": step.bounced,
            "unsubscribed": step.unsubscribed,
        ]
        return [
            .text(name), step.step.map { .number($0) } ?? none, .text(step.stepId),
            .text(step.kind?.rawValue ?? ""),
        ] + totals.flatMap { metrics[$0].map(cells) ?? [none, none] } + [
            .number(step.executionCount), .number(step.calls), .number(step.tasksCompleted.count),
            .number(step.onTimeTaskCompletion.count), .fraction(step.onTimeTaskCompletion.rate),
        ]
    }
}
