import PurrEngine
import PurrSequences

/// A report as people read it.
struct ReportText {
    let report: SequenceReport

    init(_ report: SequenceReport) { self.report = report }

    func print() {
        Swift.print(Terminal.paint(title, .bold))
        let totals = report.totals
        guard totals.enrolled.count > 0 else { return Swift.print("Nobody was enrolled.") }
        Swift.print("")
        printTotals(totals)
        if report.tracking == .off {
            Swift.print(
                Terminal.paint("Openings and clicks were not tracked, so they say nothing.", .grey))
        }
        printSteps()
        printSequences()
        printTime()
        printStatus()
        printEnds()
        MinuteText(report.minutes).print()
    }

    private var title: String {
        let subject =
            report.sequence.map { "Sequence \($0)" } ?? report.campaign.map { "Campaign \($0)" }
            ?? "All sequences"
        let days =
            switch (report.from, report.to) {
            case (let from?, let to?): ", enrolled from \(from) to \(to)"
            case (let from?, nil): ", enrolled since \(from)"
            case (nil, let to?): ", enrolled up to \(to)"
            case (nil, nil): ""
            }
        return Terminal.oneLine(subject + days)
    }

    private func printTotals(_ totals: SequenceReport.Totals) {
        let lines = [
            ("contacts", totals.contacts), ("enrolled", totals.enrolled), ("mailed", totals.mailed),
            ("engaged", totals.engaged), ("no response", totals.noResponse), ("opened", totals.opened),
            ("clicked", totals.clicked), ("replied", totals.replied),
            ("meetings booked", totals.meetingsBooked), ("bounced", totals.bounced),
            ("unsubscribed", totals.unsubscribed),
        ]
        let isTracked = report.tracking == .on
        let width = lines.map { String($0.1.count).count }.max() ?? 1
        for (name, metric) in lines where isTracked || !["opened", "clicked"].contains(name) {
            let label = name.padding(15)
            let count = String(metric.count)
            let pad = String(repeating: " ", count: width - count.count)
            let rate = metric.rate ?? 0
            Swift.print("  \(label)  \(pad)\(count)  \(percent(rate))  \(bar(rate, width: 40))")
        }
    }

    private func printSteps() {
        guard !report.steps.isEmpty else { return }
        Swift.print("")
        func share(_ metric: SequenceReport.Metric) -> String {
            metric.count == 0
                ? "" : "\(metric.count)" + (metric.rate.map { " (\(percent($0).trimmed))" } ?? "")
        }
        let isTracked = report.tracking == .on
        Table(
            ["STEP", "KIND", "RAN"] + (isTracked ? ["OPENED", "CLICKED"] : [])
                + ["REPLIED", "MEETINGS", "BOUNCED", "OPTED OUT", "TASKS DONE", "ON TIME"],
            rows: report.steps.map { step in
                let label = step.step.map { "\($0) \(step.stepId)" } ?? "(gone) \(step.stepId)"
                return [label, step.kind?.rawValue ?? "", "\(step.executionCount)"]
                    + (isTracked ? [share(step.opened), share(step.clicked)] : []) + [
                        share(step.replied), share(step.meetingsBooked), share(step.bounced),
                        share(step.unsubscribed), share(step.tasksCompleted),
                        share(step.onTimeTaskCompletion),
                    ]
            }
        ).print()
    }

    private func printSequences() {
        guard report.sequence == nil, !report.sequences.isEmpty else { return }
        Swift.print("")
        Table(
            ["SEQUENCE", "CAMPAIGN", "ENROLLED", "OPEN", "REPLIED", "MEETINGS", "BOUNCED", "OPTED OUT"],
            rows: report.sequences.map { line in
                let totals = line.totals
                return [
                    line.sequence, line.campaign, "\(totals.enrolled.count)", "\(totals.open.count)",
                    "\(totals.replied.count) (\(percent(totals.replied.rate ?? 0).trimmed))",
                    "\(totals.meetingsBooked.count)", "\(totals.bounced.count)",
                    "\(totals.unsubscribed.count)",
                ]
            }
        ).print()
    }

    private func printTime() {
        guard let most = report.overTime.map(\.enrolled).max(), most > 0 else { return }
        let isByDay = report.overTime.allSatisfy { $0.from == $0.to }
        Swift.print("")
        Swift.print(Terminal.paint("ENROLLED BY \(isByDay ? "DAY" : "WEEK"), and replied", .grey))
        let width = String(most).count
        // A year of weeks fits; what is older is in --json.
        let shown = report.overTime.suffix(53)
        if shown.count < report.overTime.count {
            Swift.print(Terminal.paint("  earlier ones: --json", .grey))
        }
        for period in shown {
            let count = String(period.enrolled)
            let pad = String(repeating: " ", count: width - count.count)
            let replied = period.replied > 0 ? "  \(period.replied) replied" : ""
            let length = bar(Double(period.enrolled) / Double(most), width: 40)
            Swift.print("  \(period.from)  \(pad)\(count)  \(length)\(replied)")
        }
    }

    private func printStatus() {
        guard !report.status.isEmpty else { return }
        Swift.print("")
        let isOne = report.sequence != nil
        Table(
            (isOne ? ["WAITING BEFORE"] : []) + ["STATE", "WHY", "HOW MANY"],
            rows: report.status.map { line in
                let step = line.step.map { "step \($0) \(line.stepId)" } ?? line.stepId
                return (isOne ? [step] : []) + [line.state.rawValue, line.reason ?? "", "\(line.count)"]
            }
        ).print()
    }

    private func printEnds() {
        guard !report.endReasons.isEmpty else { return }
        Swift.print("")
        let reasons = report.endReasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let words = reasons.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        for line in wrapped("Unenrolled: \(words).", indent: 0) { Swift.print(line) }
    }

    /// Right-aligned in six columns.
    private func percent(_ rate: Double) -> String {
        let tenths = Int((rate * 1_000).rounded())
        let text = tenths == 1_000 ? "100 %" : "\(tenths / 10).\(tenths % 10) %"
        return String(repeating: " ", count: max(0, 6 - text.count)) + text
    }

    /// In eighths of a column, so that a single one shows.
    private func bar(_ share: Double, width: Int) -> String {
        let eighths = Int((min(1, max(0, share)) * Double(width) * 8).rounded())
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let drawn = share > 0 ? max(1, eighths) : 0
        return Terminal.paint(
            String(repeating: "█", count: drawn / 8) + parts[drawn % 8], .green)
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
