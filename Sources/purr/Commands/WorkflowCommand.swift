import ArgumentParser
import Foundation
import PurrEngine
import PurrSequences
import PurrStore

struct WorkflowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow", abstract: "Enroll or unenroll by forms and page views.",
        discussion: """
            A workflow belongs to a sequence. A form, or a page that a contact looks at, sets it off; it enrolls them \
            in the sequence, after some minutes if you like, or unenrolls them. It does nothing until it is on.

            Conditions on pages: is, contains, starts with, ends with, each with not before or after it; and, or, \
            brackets. A * is an ordinary character.

              purr workflow add intro "asked for a demo" --form demo --enroll kari@example.org --delay 30 --on
              purr workflow add intro "saw the prices" --page 'contains "/pricing" and not ends with ".pdf"' --unenroll
              purr workflow off intro "asked for a demo"
            """,
        subcommands: [
            WorkflowAdd.self, WorkflowList.self, WorkflowShow.self, WorkflowEdit.self, WorkflowRename.self,
            WorkflowOn.self, WorkflowOff.self, WorkflowDelete.self,
        ])

    @OptionGroup var global: GlobalOptions
}

/// Which workflow is meant.
struct WorkflowTarget: ParsableArguments {
    @Argument(help: "The sequence's name.") var sequence: String
    @Argument(help: "The workflow's name.") var name: String
}

/// What a workflow is to do.
struct WorkflowOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Set off by this form.", valueName: "id")) var form: String?
    @Flag(help: "Set off by any form.") var anyForm = false
    @Option(help: ArgumentHelp("Set off by looking at such a page.", valueName: "condition"))
    var page: String?
    @Option(help: ArgumentHelp("Enrolls them, from this mailbox.", valueName: "mailbox")) var enroll:
        String?
    @Option(help: ArgumentHelp("The from-address, if it is an alias.", valueName: "address")) var from:
        String?
    @Option(help: ArgumentHelp("Minutes to wait before enrolling.", valueName: "minutes")) var delay: Int?
    @Flag(help: "Enrolls also those who have been through the sequence before.") var again = false
    @Flag(help: "Unenrolls them.") var unenroll = false

    func trigger() throws -> Workflow.Trigger? {
        guard [form != nil, anyForm, page != nil].count(where: { $0 }) <= 1 else {
            throw CommandError(.usage, "A workflow is set off by one thing: --form, --any-form or --page.")
        }
        if anyForm { return .form(nil) }
        if let form { return .form(form) }
        guard let page else { return nil }
        do { return .page(try URLConditionReader.read(page)) } catch {
            throw CommandError(.usage, "--page \(Terminal.quoted(page)): \(error.text)")
        }
    }

    func action() throws -> Workflow.Action? {
        let details = from != nil || delay != nil || again
        if unenroll {
            guard enroll == nil, !details else {
                throw CommandError(
                    .usage,
                    "A workflow enrolls or unenrolls; --from, --delay and --again go with --enroll.")
            }
            return .unenroll
        }
        guard let enroll else {
            guard !details else {
                throw CommandError(.usage, "--from, --delay and --again need --enroll MAILBOX.")
            }
            return nil
        }
        return .enroll(
            Workflow.Enrolling(
                mailbox: try address(enroll, as: "mailbox"),
                from: try from.map { try address($0, as: "sender") }, delay: delay ?? 0, isAgain: again))
    }
}

extension WorkflowSummary {
    /// In a few words.
    var words: (trigger: String, action: String) {
        let trigger = page.map { "page \($0)" } ?? (anyForm ? "any form" : "form \(form ?? "")")
        guard action == "enroll" else { return (trigger, "unenroll") }
        let wait = delay.map { $0 == 0 ? "" : ", after \(Output.count($0, "minute"))" } ?? ""
        return (trigger, "enroll from \(from ?? "")\(wait)\(again ? ", again too" : "")")
    }
}

private func showWorkflow(_ workflow: WorkflowSummary, _ output: OutputOptions) throws {
    if output.json { return try Output.json(workflow) }
    let words = workflow.words
    print("“\(workflow.name)” in \(workflow.sequence) is \(workflow.state.rawValue).")
    print("When: \(words.trigger). Then: \(words.action).")
    if workflow.state == .draft {
        print("To switch it on: purr workflow on \(workflow.sequence) \"\(workflow.name)\".")
    }
}

struct WorkflowAdd: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a workflow.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: WorkflowTarget
    @OptionGroup var options: WorkflowOptions
    @Flag(help: "Switch it on at once; else it is a draft.") var on = false
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        guard let trigger = try options.trigger() else {
            throw CommandError(.usage, "What sets it off? Give --form, --any-form or --page.")
        }
        guard let action = try options.action() else {
            throw CommandError(.usage, "What is it to do? Give --enroll MAILBOX or --unenroll.")
        }
        let workflow = try global.session().commands.addWorkflow(
            target.name, to: target.sequence, Workflow(trigger: trigger, action: action),
            state: on ? .on : .draft, as: viewer.name)
        try showWorkflow(workflow, output)
    }
}

struct WorkflowEdit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change what sets a workflow off, or what it does.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: WorkflowTarget
    @OptionGroup var options: WorkflowOptions
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        var change = WorkflowChange()
        change.trigger = try options.trigger()
        change.action = try options.action()
        guard change != WorkflowChange() else {
            throw CommandError(
                .usage,
                "What is to change? Give --form, --any-form, --page, --enroll MAILBOX or --unenroll.")
        }
        let workflow = try global.session().commands.editWorkflow(
            target.name, of: target.sequence, change, as: viewer.name)
        try showWorkflow(workflow, output)
    }
}

struct WorkflowList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the workflows of one sequence, or of all.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name (default: all).") var sequence: String?
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let workflows = try global.session().commands.workflows(of: sequence, as: viewer.name)
        if output.json { return try Output.json(workflows) }
        guard !workflows.isEmpty else {
            return print("No workflows yet. Make one: purr workflow add --help.")
        }
        Table(
            ["SEQUENCE", "NAME", "STATE", "WHEN", "THEN", "DONE", "WAITING", "REFUSED"],
            rows: workflows.map { workflow in
                let words = workflow.words
                return [
                    workflow.sequence, workflow.name, workflow.state.rawValue, words.trigger, words.action,
                ] + ["done", "waiting", "refused"].map { "\(workflow.runs[$0] ?? 0)" }
            },
            optional: ["WAITING", "REFUSED", "DONE"]
        ).print()
    }
}

struct WorkflowShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a workflow and what it did lately.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: WorkflowTarget
    @OptionGroup var viewer: ViewerOptions

    private struct Sheet: Encodable {
        let workflow: WorkflowSummary
        let runs: [WorkflowRunReport]
    }

    func run() throws {
        let found = try global.session().commands.workflow(
            target.name, of: target.sequence, as: viewer.name)
        if output.json { return try Output.json(Sheet(workflow: found.summary, runs: found.runs)) }
        try showWorkflow(found.summary, output)
        guard !found.runs.isEmpty else { return print("Nothing has set it off yet.") }
        print("")
        Table(
            ["CONTACT", "STATE", "AT", "WHAT"],
            rows: found.runs.map {
                [$0.contact, $0.state.rawValue, Output.shortTime($0.doneAt ?? $0.dueAt), $0.detail]
            }
        ).print()
    }
}

struct WorkflowRename: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: "Rename a workflow.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: WorkflowTarget
    @Argument(help: "Its new name.") var new: String
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let workflow = try global.session().commands.renameWorkflow(
            target.name, of: target.sequence, to: new, as: viewer.name)
        try showWorkflow(workflow, output)
    }
}

struct WorkflowOn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "on", abstract: "Switch a workflow on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: WorkflowTarget
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let workflow = try global.session().commands.setWorkflow(
            target.name, of: target.sequence, .on, as: viewer.name)
        try showWorkflow(workflow, output)
    }
}

struct WorkflowOff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "off", abstract: "Switch a workflow off; what it was to do later is not done.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: WorkflowTarget
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let workflow = try global.session().commands.setWorkflow(
            target.name, of: target.sequence, .off, as: viewer.name)
        try showWorkflow(workflow, output)
    }
}

struct WorkflowDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a workflow; what it did stays on record.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: WorkflowTarget
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        try global.session().commands.deleteWorkflow(
            target.name, of: target.sequence, as: viewer.name)
        print("“\(target.name)” is deleted.")
    }
}
