import PurrMail
import PurrSequences
import Yams

// The workflows of a sequence file (spec S6.2).
extension SequenceFile {
    static func automation(
        _ entry: YAMLReader.Entry, _ reader: YAMLReader
    ) throws(FileProblem) -> (workflows: [NamedWorkflow], lines: [Int]) {
        guard case .sequence(let nodes) = entry.node else {
            throw reader.problem(
                entry.line,
                "\"automation\" should be a list of workflows; begin each with \"- name:\".")
        }
        var workflows: [NamedWorkflow] = []
        var lines: [Int] = []
        for node in nodes {
            let line = reader.line(of: node) ?? entry.line
            let workflow = try workflow(node, line: line, reader)
            if workflows.contains(where: { $0.name == workflow.name }) {
                throw reader.problem(
                    line, "Two workflows are called \"\(workflow.name)\"; rename one of them.")
            }
            workflows.append(workflow)
            lines.append(line)
        }
        return (workflows, lines)
    }

    private static let workflowKeys = [
        "name", "form", "page", "enroll", "from", "delay", "again", "unenroll", "state",
    ]

    private static func workflow(_ node: Node, line: Int, _ reader: YAMLReader) throws(FileProblem)
        -> NamedWorkflow
    {
        var name: String?
        var triggers: [Workflow.Trigger] = []
        var mailbox: EmailAddress?
        var details: [YAMLReader.Entry] = []
        var isUnenrolling = false
        var state = Workflow.State.draft
        for entry in try reader.entries(of: node, in: "a workflow", keys: workflowKeys) {
            switch entry.key {
            case "name": name = try reader.text(entry)
            case "form":
                let id = try reader.text(entry)
                triggers.append(.form(id == "any" ? nil : id))
            case "page": triggers.append(.page(try condition(entry, reader)))
            case "enroll": mailbox = try address(entry, reader)
            case "unenroll": isUnenrolling = try reader.flag(entry)
            case "state": state = try reader.choice(entry, of: Workflow.State.self)
            default: details.append(entry)
            }
        }
        guard let name else {
            throw reader.problem(line, "The workflow has no name; add \"name:\" to it.")
        }
        guard triggers.count == 1, let trigger = triggers.first else {
            throw reader.problem(
                line,
                "The workflow \"\(quotable(name))\" should have one of \"form:\" (an id, or any) and \"page:\" (a condition)."
            )
        }
        guard isUnenrolling != (mailbox != nil) else {
            throw reader.problem(
                line,
                "The workflow \"\(quotable(name))\" should say what it does: \"enroll: MAILBOX\" or \"unenroll: true\"."
            )
        }
        guard let mailbox else {
            if let detail = details.first {
                throw reader.problem(detail.line, "\"\(detail.key)\" goes with \"enroll:\" alone.")
            }
            return NamedWorkflow(
                name: name, state: state, workflow: Workflow(trigger: trigger, action: .unenroll))
        }
        var enrolling = Workflow.Enrolling(mailbox: mailbox)
        for entry in details {
            switch entry.key {
            case "from": enrolling.from = try address(entry, reader)
            case "delay": enrolling.delay = try reader.number(entry)
            default: enrolling.isAgain = try reader.flag(entry)
            }
        }
        return NamedWorkflow(
            name: name, state: state, workflow: Workflow(trigger: trigger, action: .enroll(enrolling)))
    }

    private static func condition(_ entry: YAMLReader.Entry, _ reader: YAMLReader) throws(FileProblem)
        -> URLCondition
    {
        let text = try reader.text(entry)
        do { return try URLConditionReader.read(text) } catch {
            throw reader.problem(entry.line, error.text)
        }
    }

    private static func address(_ entry: YAMLReader.Entry, _ reader: YAMLReader) throws(FileProblem)
        -> EmailAddress
    {
        let text = try reader.text(entry)
        guard let address = EmailAddress(text) else {
            throw reader.problem(
                entry.line, "\"\(quotable(text))\" is no e-mail address; name one of your mailboxes.")
        }
        return address
    }
}
