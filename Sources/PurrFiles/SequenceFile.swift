package import PurrSequences
import Yams

/// A sequence as a file says it.
package struct SequenceDocument: Hashable, Sendable {
    package let name: String
    package let settings: SequenceSettings
    /// Checked: nothing of ``PurrSequences/problems(in:templateLimit:withoutSubject:)`` is left, subjects
    /// aside, because the templates are not known here.
    package let steps: [Step]
    /// The line on which each step begins, for complaints that need the templates.
    package let lines: [Int]
    /// The version the file was made from; nil where it does not say.
    package var version: Int?
    /// The workflows; nil where the file says nothing of automation.
    package var automation: [NamedWorkflow]?
    /// The line on which each workflow begins.
    package var workflowLines: [Int] = []
}

extension SequenceDocument {
    /// A sequence that does not come from a file.
    package init(
        name: String, settings: SequenceSettings, steps: [Step], version: Int?,
        automation: [NamedWorkflow]?
    ) {
        self.init(
            name: name, settings: settings, steps: steps, lines: [], version: version,
            automation: automation)
    }
}

/// Reads a sequence from YAML.
///
/// ```yaml
/// name: intro
/// settings: { followUpDays: weekdays, sendWindow: "09:00-16:30" }
/// steps:
///   - email: hello
///   - { email: nudge, after: 3, replyTo: 1 }
/// ```
///
/// `after` counts days, `replyTo` is the number of a step, counted from 1, or its `id`. A step without `id`
/// is named for its template.
package enum SequenceFile {
    /// - Parameters:
    ///   - text: The whole file.
    ///   - name: The file's name, for complaints.
    ///   - templateLimit: The most e-mail templates one sequence may use.
    package static func read(
        _ text: String, name: String, templateLimit: Int = 10
    ) throws(FileProblem) -> SequenceDocument {
        let reader = YAMLReader(file: name)
        let entries = try reader.entries(
            of: try reader.root(of: FileText(text).text), in: "a sequence",
            keys: ["name", "version", "settings", "steps", "automation"])
        var sequenceName: String?
        var version: Int?
        var settings = SequenceSettings()
        var steps: (steps: [Step], lines: [Int])?
        var automation: (workflows: [NamedWorkflow], lines: [Int])?
        for entry in entries {
            switch entry.key {
            case "name": sequenceName = try self.name(entry, reader)
            case "settings": settings = try self.settings(entry, reader)
            case "version": version = try reader.number(entry)
            case "automation": automation = try self.automation(entry, reader)
            default: steps = try self.steps(entry, reader)
            }
        }
        guard let sequenceName else {
            throw reader.problem(1, "The sequence has no name; add \"name: intro\".")
        }
        guard let steps else {
            throw reader.problem(
                1, "The sequence has no steps; add \"steps:\" with one \"- email: hello\" at least.")
        }
        if let first = problems(in: steps.steps, templateLimit: templateLimit).first {
            throw reader.problem(first.index.map { steps.lines[$0] }, first.text)
        }
        return SequenceDocument(
            name: sequenceName, settings: settings, steps: steps.steps, lines: steps.lines,
            version: version, automation: automation?.workflows, workflowLines: automation?.lines ?? [])
    }

    private static func name(_ entry: YAMLReader.Entry, _ reader: YAMLReader) throws(FileProblem) -> String
    {
        let name = try reader.text(entry)
        guard name.utf8.count <= 100,
            name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw reader.problem(entry.line, "The name should be one line of at most 100 bytes.") }
        return name
    }

    private static func settings(
        _ entry: YAMLReader.Entry, _ reader: YAMLReader
    ) throws(FileProblem) -> SequenceSettings {
        var settings = SequenceSettings()
        let keys = [
            "followUpDays", "holidays", "sendWindow", "sendTime", "holdout", "transactional",
            "quotesEarlier", "companyReplyStops", "companyMeetingStops", "taskReminder", "campaign",
            "awayDays", "tracking",
        ]
        for entry in try reader.entries(of: entry.node, in: "settings", keys: keys) {
            switch entry.key {
            case "followUpDays": settings.followUpDays = try reader.choice(entry, of: FollowUpDays.self)
            case "holidays": (settings.holidays, settings.calendars) = try holidays(entry, reader)
            case "taskReminder": settings.taskReminder = try minute(entry, reader)
            case "awayDays":
                settings.awayDays = try reader.number(entry)
                guard (1...90).contains(settings.awayDays) else {
                    throw reader.problem(entry.line, "\"awayDays\" should be a number from 1 to 90.")
                }
            case "campaign": settings.campaign = try reader.text(entry)
            case "tracking": settings.tracking = try reader.choice(entry, of: Tracking.self)
            case "sendWindow": settings.sendWindow = try window(entry, reader)
            case "sendTime":
                settings.sendTime = try reader.choice(entry, of: SequenceSettings.SendTime.self)
            case "holdout":
                settings.holdout = try reader.number(entry)
                guard 0...100 ~= settings.holdout else {
                    throw reader.problem(
                        entry.line, "\"holdout\" is a share of a hundred: a number from 0 to 100.")
                }
            case "transactional": settings.isTransactional = try reader.flag(entry)
            case "quotesEarlier": settings.quotesEarlier = try reader.flag(entry)
            case "companyReplyStops": settings.companyReplyStops = try reader.flag(entry)
            default: settings.companyMeetingStops = try reader.flag(entry)
            }
        }
        return settings
    }

    private static func window(_ entry: YAMLReader.Entry, _ reader: YAMLReader) throws(FileProblem)
        -> SendWindow
    {
        let text = try reader.text(entry)
        guard let window = SendWindow(text) else {
            throw reader.problem(
                entry.line,
                "The send window \"\(text.prefix(40))\" is none; write two times of one day, the earlier first, "
                    + "as in \"09:00-16:30\".")
        }
        return window
    }

    private static func minute(_ entry: YAMLReader.Entry, _ reader: YAMLReader) throws(FileProblem) -> Int {
        let text = try reader.text(entry)
        guard let window = SendWindow("00:00-\(text)") else {
            throw reader.problem(entry.line, "\"\(entry.key)\" should be a time of day, as in \"08:30\".")
        }
        return window.end
    }

    /// Days by their date, and the names of stored calendars.
    private static func holidays(
        _ entry: YAMLReader.Entry, _ reader: YAMLReader
    ) throws(FileProblem) -> (days: Set<LocalDay>, calendars: [String]) {
        let nodes: [Node]
        switch entry.node {
        case .sequence(let list): nodes = Array(list)
        case .scalar: nodes = [entry.node]
        default:
            throw reader.problem(
                entry.line,
                "\"holidays\" should be a list of days and calendars, as in [norway, 2026-12-24].")
        }
        var days: Set<LocalDay> = []
        var calendars: [String] = []
        for node in nodes {
            guard let text = node.scalar?.string, !text.isEmpty else {
                throw reader.problem(
                    reader.line(of: node),
                    "A holiday should be a day or the name of a calendar, as in [norway, 2026-12-24].")
            }
            if let day = LocalDay(text) {
                days.insert(day)
            } else if text.first?.isNumber == true {
                throw reader.problem(
                    reader.line(of: node),
                    "The holiday \"\(text.prefix(20))\" is no day; write it as in 2026-12-24.")
            } else if !calendars.contains(text) {
                calendars.append(text)
            }
        }
        return (days, calendars)
    }
}
