import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrSequences
import PurrTemplates

struct StepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Add, move, edit and delete the steps of a sequence.",
        discussion: """
            A step is named by its number, from 1, or its id. What changes is for those who enroll from now on; see \
            purr sequence move-enrollments. A step that others reply to is deleted, or moved behind them, only when it \
            is said what they do instead.

              purr sequence step add intro --email goodbye --after 5 --reply-to 1
              purr sequence step add intro --call "Call {{contact.firstName}}" --after 1 --at 2 --hold
              purr sequence step move intro 3 --up
              purr sequence step edit intro 2 --after 4
              purr sequence step edit intro 2 --mail better-nudge.md
              purr sequence step delete intro 1 --new-thread
            """,
        subcommands: [StepAdd.self, StepMove.self, StepEdit.self, StepDelete.self])

    @OptionGroup var global: GlobalOptions
}

/// What every change of steps takes.
struct StepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Refuse if somebody has changed the sequence since this version.", valueName: "n"))
    var expectedVersion: Int?
    @OptionGroup var viewer: ViewerOptions
}

/// What becomes of replies that would lead nowhere.
struct RepairOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("What replied to the step replies to this one instead.", valueName: "step"))
    var repliesTo: String?
    @Flag(help: "What replied to the step starts a thread of its own.") var newThread = false

    func repair(_ commands: Commands, _ sequence: String, as user: String?) throws -> StepPlan.Repair? {
        guard repliesTo == nil || !newThread else {
            throw CommandError(.usage, "Give either --replies-to or --new-thread, not both.")
        }
        if newThread { return .newThread }
        return try repliesTo.map {
            .answers(try commands.step(StepReference($0), of: sequence, as: user))
        }
    }
}

private func show(_ edit: PurrEngine.StepEdit, _ output: OutputOptions) throws {
    if output.json { return try Output.json(edit) }
    if let template = edit.template { print("The mail is stored as the template \(template).") }
    for note in edit.notes { print(note) }
    guard edit.isNewVersion else { return print("\(edit.name): nothing changed.") }
    let underWay =
        edit.underWay == 0
        ? ""
        : "; \(Output.count(edit.underWay, "enrollment")) under way keep theirs (to move them: purr sequence move-enrollments \"\(edit.name)\" --dry-run)"
    print("\(edit.name): version \(edit.version) for those who enroll from now on\(underWay).")
}

struct StepAdd: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a step.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var sequence: String
    @OptionGroup var content: StepContent
    @Option(help: ArgumentHelp("Its place, from 1 (default: the end).", valueName: "n")) var at: Int?
    @Option(help: ArgumentHelp("What it keeps when it is moved.", valueName: "id")) var id: String?
    @OptionGroup var options: StepOptions

    func run() throws {
        let commands = try global.session().commands
        let replyTo = try content.replyTo.map {
            try commands.step(StepReference($0), of: sequence, as: options.viewer.name)
        }
        let step = try content.step(id: id, replyTo: replyTo)
        try content.check(fits: step)
        try show(
            commands.editSteps(
                of: sequence, .add(step, index: at.map { $0 - 1 }),
                expectedVersion: options.expectedVersion, as: options.viewer.name), output)
    }
}

struct StepMove: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "move", abstract: "Move a step.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var sequence: String
    @Argument(help: "The step's number or id.") var step: String
    @Option(help: ArgumentHelp("Its new place, from 1.", valueName: "n")) var to: Int?
    @Flag(help: "One place up.") var up = false
    @Flag(help: "One place down.") var down = false
    @OptionGroup var repair: RepairOptions
    @OptionGroup var options: StepOptions

    func run() throws {
        let commands = try global.session().commands
        let user = options.viewer.name
        guard [to != nil, up, down].count(where: { $0 }) == 1 else {
            throw CommandError(.usage, "Where to? Give --to N, --up or --down.")
        }
        let reference = StepReference(step)
        let id = try commands.step(reference, of: sequence, as: user)
        let steps = try commands.sequence(named: sequence, as: user).steps
        let index = steps.firstIndex { $0.id == id } ?? 0
        let target = to.map { $0 - 1 } ?? (up ? index - 1 : index + 1)
        guard steps.indices.contains(target) else {
            throw CommandError(
                .badData,
                "\"\(sequence)\" has steps 1 to \(steps.count); step \(step) cannot be moved to \(target + 1)."
            )
        }
        try show(
            commands.editSteps(
                of: sequence, .move(.id(id), index: target, repair.repair(commands, sequence, as: user)),
                expectedVersion: options.expectedVersion, as: user), output)
    }
}

struct StepEdit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a step; its id stays.",
        discussion: """
            --mail takes what a file says as the step's mail and stores it as a new template: other sequences keep \
            theirs.

              purr sequence step edit intro 2 --mail better-nudge.md
              purr sequence step edit intro 2 --email nudge-b --after 4
              purr sequence step edit intro 3 --reply-to 1
              purr sequence step edit intro 3 --new-thread
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var sequence: String
    @Argument(help: "The step's number or id.") var step: String
    @OptionGroup var content: StepContent
    @Option(
        help: ArgumentHelp("A file with the mail it sends from now on.", valueName: "file.md"),
        completion: .file(extensions: ["md"]))
    var mail: String?
    @Flag(help: "It starts a thread of its own.") var newThread = false
    @OptionGroup var options: StepOptions

    func run() throws {
        let commands = try global.session().commands
        let user = options.viewer.name
        let id = try commands.step(StepReference(step), of: sequence, as: user)
        guard let old = try commands.sequence(named: sequence, as: user).steps.first(where: { $0.id == id })
        else { return }
        try content.check(fits: old)
        if let mail {
            return try show(
                commands.editSteps(
                    of: sequence, .rewrite(.id(id), template(at: mail)),
                    expectedVersion: options.expectedVersion, as: user), output)
        }
        let replyTo = try content.replyTo.map {
            try commands.step(StepReference($0), of: sequence, as: user)
        }
        let change = try content.changing(replyTo: replyTo)
        let startsThread = newThread
        let edited: @Sendable (Step) -> Step = { step in
            let changed = change(step)
            return startsThread ? changed.with(replyTo: nil) : changed
        }
        try show(
            commands.editSteps(
                of: sequence, .edit(.id(id), edited), expectedVersion: options.expectedVersion, as: user),
            output)
    }
}

struct StepDelete: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a step.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var sequence: String
    @Argument(help: "The step's number or id.") var step: String
    @OptionGroup var repair: RepairOptions
    @OptionGroup var options: StepOptions

    func run() throws {
        let commands = try global.session().commands
        let user = options.viewer.name
        try show(
            commands.editSteps(
                of: sequence,
                .delete(StepReference(step), repair.repair(commands, sequence, as: user)),
                expectedVersion: options.expectedVersion, as: user), output)
    }
}
