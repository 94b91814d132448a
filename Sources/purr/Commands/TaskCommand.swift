import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences

struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Do what a sequence leaves to a person.",
        discussion: """
            Tasks are made at the start of their day and fall due at 17:00 in the contact's zone. The first step of a \
            manual e-mail is `start`: the filled draft appears in your Drafts folder, in the right thread. Send it from \
            any mail program; Purr sees it in Sent, and the task is done.

              purr task list --queue phone
              purr task start 12
              purr task done 12
            """,
        subcommands: [
            TaskList.self, TaskShow.self, TaskStart.self, TaskDone.self, TaskSkip.self, TaskReopen.self,
        ])

    @OptionGroup var global: GlobalOptions
}

struct TaskList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tasks by due time.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Only this list of tasks.", valueName: "name")) var queue: String?
    @Option(help: ArgumentHelp("Only what belongs to this user.", valueName: "user")) var owner: String?
    @Option(help: ArgumentHelp("Only for this contact.", valueName: "email")) var contact: String?
    @Option(
        help: ArgumentHelp("Only what is due: today, overdue, week.", valueName: "when"),
        completion: .list(Due.allCases.map(\.rawValue)))
    var due: Due?
    @Flag(help: "Also what is done, skipped and canceled.") var all = false
    @Option(
        help: ArgumentHelp("Write a table for spreadsheets; - for stdout.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    enum Due: String, ExpressibleByArgument, CaseIterable { case today, overdue, week }

    func run() throws {
        let session = try global.session()
        let today = Output.zone.wall(of: session.now).day
        let before: Date? =
            switch due {
            case nil: nil
            case .overdue: session.now
            case .today: Output.zone.instant(of: today.adding(days: 1), second: 0)
            case .week: Output.zone.instant(of: today.adding(days: 7), second: 0)
            }
        let tasks = try session.commands.tasks(
            states: all ? TaskState.allCases : nil, queue: queue, owner: owner,
            contact: try contact.map { try address($0) }, dueBefore: before)
        if let csv { return try write(tasks, to: csv) }
        if output.json { return try Output.json(tasks) }
        guard !tasks.isEmpty else { return print(all ? "No tasks yet." : "Nothing to do.") }
        Table(
            ["ID", "DUE", "TASK", "CONTACT", "WHO", "QUEUE", "PRIORITY", "STATE"],
            rows: tasks.map { task in
                [
                    "\(task.id)", Output.time(task.dueAt), task.title, task.contact, task.who, task.queue,
                    task.priority == .none ? "" : task.priority.rawValue,
                    task.isOverdue ? "overdue" : task.state.rawValue,
                ]
            },
            optional: ["PRIORITY", "WHO"],
            colour: { row, column in column == 7 && tasks[row].isOverdue ? .red : nil }
        ).print()
    }

    private func write(_ tasks: [TaskReport], to path: String) throws {
        let file = try CSVFile(
            path,
            columns: [
                "id", "kind", "title", "contact", "who", "sequence", "step", "owner", "queue", "priority",
                "state", "isOverdue", "dueAt", "doneAt", "notes", "link",
            ])
        for task in tasks {
            try file.append([
                .number(Int(task.id)), .text(task.kind.rawValue), .text(task.title), .text(task.contact),
                .text(task.who), .text(task.sequence), .text(task.step.map(String.init) ?? ""),
                .text(task.owner ?? ""), .text(task.queue), .text(task.priority.rawValue),
                .text(task.state.rawValue), .text(task.isOverdue ? "true" : "false"), cell(task.dueAt),
                cell(task.doneAt), .text(task.notes), .text(task.link ?? ""),
            ])
        }
        try file.end("task", isQuiet: output.json)
    }
}

struct TaskShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one task with its notes.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The task's number.") var id: Int64

    func run() throws {
        let task = try global.session().commands.task(id)
        if output.json { return try Output.json(task) }
        show(task)
    }
}

/// Prints one task.
private func show(_ task: TaskReport) {
    let zone = Zone(identifier: task.zone) ?? .utc
    print(
        "\(Terminal.paint(task.title, .bold))  \(Terminal.paint("task \(task.id), \(task.kind.label)", .grey))"
    )
    let who = task.who.isEmpty ? "" : " (\(task.who))"
    let step = task.step.map { ", step \($0) of \(task.sequence)" } ?? ""
    printWrapped("For \(task.contact)\(who)\(step)\(task.owner.map { "; it belongs to \($0)" } ?? "").")
    let state = task.isOverdue ? "overdue since" : "due"
    print(
        task.state.isOpen
            ? "\(task.state == .started ? "Started; \(state)" : state.capitalizedFirst) \(Output.time(task.dueAt, in: zone)) \(task.zone)."
            : "\(task.state.rawValue.capitalized)\(task.doneAt.map { " on \(Output.time($0))" } ?? "").")
    if task.holds, task.state.isOpen { print("The sequence waits for it.") }
    if !task.queue.isEmpty || task.priority != .none {
        let words = [
            task.queue.isEmpty ? "" : "queue \(task.queue)",
            task.priority == .none ? "" : "priority \(task.priority.rawValue)",
        ]
        print(words.filter { !$0.isEmpty }.joined(separator: ", ").capitalizedFirst + ".")
    }
    if let link = task.link { print("Page: \(link)") }
    if !task.notes.isEmpty { print("\n\(Terminal.multiline(task.notes))") }
    guard let mail = task.mail else { return }
    switch mail.state {
    case .sent: print("\nSent: “\(mail.subject)”\(mail.sentAt.map { ", \(Output.time($0))" } ?? "").")
    case .draft:
        print(
            "\nDraft: “\(mail.subject)”, \(mail.isFiled ? "in your Drafts folder" : "on its way to your Drafts folder")."
        )
    default: break
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

/// What one task command prints.
private func show(_ change: TaskChange, _ output: OutputOptions, done: String) throws {
    if let refusal = change.refusal {
        throw CommandError(.badData, "Task \(change.task.id) \(refusal).")
    }
    if output.json { return try Output.json(change.task) }
    print("Task \(change.task.id) \(done)\(change.next.map { ". \($0)" } ?? ".")")
}

struct TaskStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin a task; a manual e-mail's draft goes to your Drafts folder.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The task's number.") var id: Int64
    @Option(help: ArgumentHelp("Seconds to wait for the draft.", valueName: "seconds")) var wait = 20

    func run() async throws {
        let session = try global.session()
        let change = try session.commands.startTask(id)
        if let refusal = change.refusal { throw CommandError(.badData, "Task \(id) \(refusal).") }
        var task = change.task
        if task.mail?.state == .draft, session.folder.isDaemonRunning {
            for _ in 0..<max(0, wait) * 4 where task.mail?.isFiled == false {
                try await Task.sleep(for: .milliseconds(250))
                task = try session.commands.task(id)
            }
        }
        if output.json { return try Output.json(task) }
        show(task)
        if let mail = task.mail, mail.state == .draft, !mail.isFiled {
            print("The draft is filed as soon as the daemon has reached the mailbox: purr run.")
        } else if task.mail?.state == .draft {
            print("Look it through and send it; the task is then done by itself.")
        }
    }
}

struct TaskDone: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "done", abstract: "Say that a task is done; a sequence that waited for it goes on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The task's number.") var id: Int64

    func run() throws { try show(try global.session().commands.completeTask(id), output, done: "is done") }
}

struct TaskSkip: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Leave a task out; a sequence that waited for it goes on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The task's number.") var id: Int64

    func run() throws { try show(try global.session().commands.skipTask(id), output, done: "was skipped") }
}

struct TaskReopen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen", abstract: "Open a task again that was done or skipped.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The task's number.") var id: Int64

    func run() throws {
        try show(try global.session().commands.reopenTask(id), output, done: "is open again")
    }
}

extension TaskKind {
    var label: String {
        switch self {
        case .manualEmail: "manual e-mail"
        case .call: "call"
        case .general: "to do"
        case .inMail: "InMail"
        case .connectionRequest: "connection request"
        }
    }
}
