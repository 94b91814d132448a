import PurrSequences
import Yams

extension SequenceFile {
    /// A step before `replyTo` is known to mean something.
    private struct Draft {
        var template = ""
        var id: String?
        var delay = 0
        var replyTo: (text: String, line: Int)?
        var line: Int
    }

    static func steps(
        _ entry: YAMLReader.Entry, _ reader: YAMLReader
    ) throws(FileProblem) -> (steps: [Step], lines: [Int]) {
        guard case .sequence(let nodes) = entry.node else {
            throw reader.problem(
                entry.line, "\"steps\" should be a list; begin each step with \"- email:\".")
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
                Step(
                    id: ids[index], delay: draft.delay,
                    action: .email(EmailStep(template: draft.template, replyTo: replyTo))))
        }
        return (steps, drafts.map(\.line))
    }

    private static func draft(_ node: Node, _ reader: YAMLReader, fallbackLine: Int) throws(FileProblem)
        -> Draft
    {
        var draft = Draft(line: reader.line(of: node) ?? fallbackLine)
        for entry in try reader.entries(of: node, in: "a step", keys: ["email", "after", "replyTo", "id"]) {
            switch entry.key {
            case "email": draft.template = try reader.text(entry)
            case "after": draft.delay = try reader.number(entry)
            case "replyTo": draft.replyTo = (try reader.text(entry), entry.line)
            default: draft.id = try reader.text(entry)
            }
        }
        guard !draft.template.isEmpty else {
            throw reader.problem(
                draft.line, "The step has no e-mail; add \"email:\" with the name of a template.")
        }
        return draft
    }

    /// The ids that were given, and template names, numbered where they would meet, for the rest.
    private static func ids(of drafts: [Draft]) -> [StepID] {
        var taken = Set(drafts.compactMap(\.id))
        return drafts.map { draft in
            if let id = draft.id { return StepID(rawValue: id) }
            var id = draft.template
            var number = 1
            while !taken.insert(id).inserted {
                number += 1
                id = "\(draft.template)-\(number)"
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
