import PurrSequences
import PurrTemplates
import Yams

extension SequenceFile {
    /// A step before `replyTo` is known to mean something.
    private struct Draft {
        var kind: StepKind?
        /// The e-mail's template, or the task's title.
        var head = ""
        var template = ""
        var id: String?
        var delay = 0
        var replyTo: (text: String, line: Int)?
        var holds = false
        var queue = ""
        var priority = TaskPriority.none
        var notes = ""
        /// Where each key stands that only some kinds of steps may have.
        var lines: [String: Int] = [:]
        var line: Int
    }

    /// The key that begins a step says what it is.
    private static let kinds: [String: StepKind] = [
        "email": .email, "manualEmail": .manualEmail, "call": .call, "task": .general, "general": .general,
        "inMail": .inMail, "connectionRequest": .connectionRequest,
    ]
    private static let heads = [
        "email", "manualEmail", "call", "task", "inMail", "connectionRequest", "general",
    ]
    private static let details = [
        "after", "replyTo", "id", "template", "hold", "queue", "priority", "notes",
    ]

    static func steps(
        _ entry: YAMLReader.Entry, _ reader: YAMLReader
    ) throws(FileProblem) -> (steps: [Step], lines: [Int]) {
        guard case .sequence(let nodes) = entry.node else {
            throw reader.problem(
                entry.line, "\"steps\" should be a list; begin each step with \"- email:\" or \"- call:\".")
        }
        var drafts: [Draft] = []
        for node in nodes { drafts.append(try draft(node, reader, fallbackLine: entry.line)) }
        let ids = ids(of: drafts)
        var steps: [Step] = []
        for (index, draft) in drafts.enumerated() {
            let replyTo = try draft.replyTo.map { answered throws(FileProblem) in
                try stepID(answered.text, line: answered.line, of: index, ids: ids, reader)
            }
            steps.append(
                Step(id: ids[index], delay: draft.delay, action: action(of: draft, replyTo: replyTo)))
        }
        return (steps, drafts.map(\.line))
    }

    private static func draft(_ node: Node, _ reader: YAMLReader, fallbackLine: Int) throws(FileProblem)
        -> Draft
    {
        var draft = Draft(line: reader.line(of: node) ?? fallbackLine)
        for entry in try reader.entries(of: node, in: "a step", keys: heads + details) {
            if let kind = kinds[entry.key] {
                guard draft.kind == nil else {
                    throw reader.problem(
                        entry.line, "A step is one thing; begin another step for \"\(entry.key)\".")
                }
                draft.kind = kind
                draft.head = try reader.text(entry)
                continue
            }
            draft.lines[entry.key] = entry.line
            switch entry.key {
            case "after": draft.delay = try reader.number(entry)
            case "replyTo": draft.replyTo = (try reader.text(entry), entry.line)
            case "template": draft.template = try reader.text(entry)
            case "hold": draft.holds = try reader.flag(entry)
            case "queue": draft.queue = try reader.text(entry)
            case "priority": draft.priority = try reader.choice(entry, of: TaskPriority.self)
            case "notes": draft.notes = try reader.text(entry)
            default: draft.id = try reader.text(entry)
            }
        }
        try check(draft, reader)
        return draft
    }

    /// What fits an e-mail does not fit a call.
    private static func check(_ draft: Draft, _ reader: YAMLReader) throws(FileProblem) {
        guard let kind = draft.kind else {
            throw reader.problem(
                draft.line,
                "The step says not what it is; begin it with \"email:\" and a template, or with \"call:\", \"task:\", "
                    + "\"manualEmail:\", \"inMail:\" or \"connectionRequest:\" and a title.")
        }
        let isTask = kind != .email
        let misplaced =
            isTask
            ? (kind == .manualEmail ? [] : ["replyTo", "template"])
            : ["template", "hold", "queue", "priority", "notes"]
        for key in misplaced {
            guard let line = draft.lines[key] else { continue }
            let reason =
                isTask
                ? "only e-mails have it"
                : key == "template" ? "the template stands after \"email:\"" : "only tasks have it"
            throw reader.problem(line, "\"\(key)\" does not belong to this step: \(reason).")
        }
        guard isTask else { return }
        guard !draft.head.contains("\n") else {
            throw reader.problem(draft.line, "A task's title is one line; put the rest into \"notes\".")
        }
        for (text, key) in [(draft.head, "title"), (draft.notes, "notes")] {
            do { _ = try PlainTokens(text) } catch {
                throw reader.problem(draft.lines[key] ?? draft.line, "In the task's \(key): \(error.text)")
            }
        }
    }

    private static func action(of draft: Draft, replyTo: StepID?) -> Step.Action {
        let kind: TaskKind
        switch draft.kind {
        case .manualEmail: kind = .manualEmail
        case .call: kind = .call
        case .inMail: kind = .inMail
        case .connectionRequest: kind = .connectionRequest
        case .general: kind = .general
        case .email, nil: return .email(EmailStep(template: draft.head, replyTo: replyTo))
        }
        return .task(
            TaskStep(
                kind: kind, title: draft.head, priority: draft.priority, queue: draft.queue,
                notes: draft.notes,
                holds: draft.holds, email: EmailStep(template: draft.template, replyTo: replyTo)))
    }

    /// The ids that were given, and for the rest the names of templates or kinds, numbered where they would meet.
    private static func ids(of drafts: [Draft]) -> [StepID] {
        var taken = Set(drafts.compactMap(\.id))
        return drafts.map { draft in
            if let id = draft.id { return StepID(rawValue: id) }
            let name =
                draft.kind == .email
                ? draft.head : draft.template.isEmpty ? (draft.kind?.rawValue ?? "") : draft.template
            var id = name
            var number = 1
            while !taken.insert(id).inserted {
                number += 1
                id = "\(name)-\(number)"
            }
            return StepID(rawValue: id)
        }
    }

    private static func stepID(
        _ text: String, line: Int, of index: Int, ids: [StepID], _ reader: YAMLReader
    ) throws(FileProblem) -> StepID {
        guard let number = Int(text) else { return StepID(rawValue: text) }
        guard number >= 1, number <= ids.count else {
            throw reader.problem(
                line, "Step \(index + 1) replies to step \(text), but there are steps 1 to \(ids.count).")
        }
        return ids[number - 1]
    }
}
