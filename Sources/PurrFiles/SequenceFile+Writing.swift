import PurrMail
import PurrSequences

extension SequenceFile {
    /// A sequence as a file says it; reading it gives the same sequence.
    package static func text(of document: SequenceDocument) -> String {
        var lines = ["name: \(scalar(document.name))"]
        if let version = document.version { lines.append("version: \(version)") }
        let settings = settingLines(of: document.settings)
        if !settings.isEmpty { lines += ["settings:"] + settings.map { "  \($0)" } }
        lines.append("steps:")
        for step in document.steps { lines += item(fields(of: step, among: document.steps)) }
        if let workflows = document.automation {
            lines.append(workflows.isEmpty ? "automation: []" : "automation:")
            for workflow in workflows { lines += item(fields(of: workflow)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func item(_ fields: [(String, String)]) -> [String] {
        fields.enumerated().map { "  \($0 == 0 ? "-" : " ") \($1.0): \($1.1)" }
    }

    private static func settingLines(of settings: SequenceSettings) -> [String] {
        let standard = SequenceSettings()
        var lines: [String] = []
        func add(_ key: String, _ value: String, if isDifferent: Bool) {
            if isDifferent { lines.append("\(key): \(value)") }
        }
        func flag(_ key: String, _ path: KeyPath<SequenceSettings, Bool>) {
            add(key, "\(settings[keyPath: path])", if: settings[keyPath: path] != standard[keyPath: path])
        }
        add(
            "followUpDays", settings.followUpDays.rawValue,
            if: settings.followUpDays != standard.followUpDays)
        let holidays = settings.calendars.map(scalar) + settings.holidays.sorted().map(\.description)
        add("holidays", "[\(holidays.joined(separator: ", "))]", if: !holidays.isEmpty)
        add("sendWindow", "\"\(settings.sendWindow)\"", if: settings.sendWindow != standard.sendWindow)
        add("sendTime", settings.sendTime.rawValue, if: settings.sendTime != standard.sendTime)
        add("holdout", "\(settings.holdout)", if: settings.holdout != standard.holdout)
        flag("transactional", \.isTransactional)
        flag("quotesEarlier", \.quotesEarlier)
        flag("companyReplyStops", \.companyReplyStops)
        flag("companyMeetingStops", \.companyMeetingStops)
        if let minute = settings.taskReminder {
            lines.append("taskReminder: \"\(clock(minute))\"")
        }
        add("awayDays", "\(settings.awayDays)", if: settings.awayDays != standard.awayDays)
        add("campaign", scalar(settings.campaign), if: !settings.campaign.isEmpty)
        add("tracking", settings.tracking.rawValue, if: settings.tracking != standard.tracking)
        return lines
    }

    private static func fields(of step: Step, among steps: [Step]) -> [(String, String)] {
        var fields: [(String, String)] = []
        func add(_ key: String, _ value: String?) { if let value { fields.append((key, value)) } }
        func text(_ value: String) -> String? { value.isEmpty ? nil : scalar(value) }
        switch step.action {
        case .email(let email): add("email", scalar(email.template))
        case .task(let task):
            add(task.kind == .general ? "task" : task.kind.rawValue, scalar(task.title))
            add("template", task.email.flatMap { text($0.template) })
            add("hold", task.holds ? "true" : nil)
            add("queue", text(task.queue))
            add("priority", task.priority == .none ? nil : task.priority.rawValue)
            add("notes", text(task.notes))
        }
        add("id", scalar(step.id.rawValue))
        add("after", step.delay == 0 ? nil : "\(step.delay)")
        if let answered = step.email?.replyTo {
            // An id of digits would be read as a step's number.
            let number = steps.firstIndex { $0.id == answered }.map { "\($0 + 1)" }
            add("replyTo", Int(answered.rawValue) == nil ? scalar(answered.rawValue) : number)
        }
        return fields
    }

    private static func fields(of named: NamedWorkflow) -> [(String, String)] {
        var fields = [("name", scalar(named.name))]
        switch named.workflow.trigger {
        case .form(let id): fields.append(("form", id.map(scalar) ?? "any"))
        case .page(let condition): fields.append(("page", scalar("\(condition)")))
        }
        switch named.workflow.action {
        case .unenroll: fields.append(("unenroll", "true"))
        case .enroll(let enrolling):
            fields.append(("enroll", scalar(enrolling.mailbox.text)))
            if let from = enrolling.from { fields.append(("from", scalar(from.text))) }
            if enrolling.delay != 0 { fields.append(("delay", "\(enrolling.delay)")) }
            if enrolling.isAgain { fields.append(("again", "true")) }
        }
        fields.append(("state", named.state.rawValue))
        return fields
    }

    private static func clock(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }

    /// A text as YAML reads it: bare where it is a plain word, else in double quotes (YAML 1.2 §7.3.1).
    private static func scalar(_ text: String) -> String {
        let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "any"]
        let isPlain =
            text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                        || "-_ ".unicodeScalars.contains($0))
            } && text.unicodeScalars.first.map { $0.properties.isAlphabetic } == true && text.last != " "
        if isPlain, !words.contains(text.lowercased()) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _
            where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value)
                || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
