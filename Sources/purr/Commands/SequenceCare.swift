import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrSequences
import PurrStore

struct SequenceCopy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Make a new sequence of an existing one.",
        discussion: """
            The copy is yours alone, nobody is enrolled in it, and its workflows are drafts.

              purr sequence copy intro "intro for autumn" --folder Autumn
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var name: String
    @Argument(help: "The name of the copy.") var new: String
    @Option(help: ArgumentHelp("Where to put it (default: beside the original).", valueName: "folder"))
    var folder: String?
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let copy = try global.session().commands.copySequence(
            name, to: new, folder: folder, as: viewer.name)
        if output.json { return try Output.json(copy) }
        print("\(copy.name): made from \(name), with \(Output.count(copy.steps.count, "step")).")
    }
}

struct SequenceRename: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a sequence another name.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The sequence's name.") var name: String
    @Argument(help: "Its new name.") var new: String
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        try global.session().commands.renameSequence(name, to: new, as: viewer.name)
        print("\(name) is called \(new) now.")
    }
}

struct SequenceMove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Put sequences into a folder.",
        discussion: """
              purr sequence move intro reminder --folder Autumn
              purr sequence move intro --folder ""
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The sequences' names.") var names: [String]
    @Option(help: ArgumentHelp("The folder; \"\" for none.", valueName: "folder")) var folder: String
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        try global.session().commands.moveSequences(names, toFolder: folder, as: viewer.name)
        for name in names {
            print(folder.isEmpty ? "\(name) is in no folder now." : "\(name) is in \(folder) now.")
        }
    }
}

struct SequenceShare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "share", abstract: "Let others see and use sequences.",
        discussion: """
            A new sequence is its maker's alone. Several can be shared at once.

              purr sequence share intro reminder --everyone
              purr sequence share intro --with Ola --with Kari
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The sequences' names.") var names: [String]
    @Flag(help: "With everyone.") var everyone = false
    @Option(help: ArgumentHelp("With this user, besides those chosen before.", valueName: "user"))
    var with: [String] = []
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        guard everyone != !with.isEmpty else {
            throw CommandError(.usage, "With whom? Give --everyone or --with USER.")
        }
        try global.session().commands.share(
            names, everyone ? .everyone : .chosen, with: with, as: viewer.name)
        let whom = everyone ? "everyone" : with.joined(separator: ", ")
        for name in names { print("\(name) is shared with \(whom).") }
    }
}

struct SequenceUnshare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unshare", abstract: "Take sequences back from others.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The sequences' names.") var names: [String]
    @Option(help: ArgumentHelp("From this user alone (default: from everybody).", valueName: "user"))
    var with: [String] = []
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        try global.session().commands.unshare(names, with: with, as: viewer.name)
        let whom = with.isEmpty ? "anybody" : with.joined(separator: ", ")
        for name in names { print("\(name) is not shared with \(whom) any more.") }
    }
}

struct SequenceDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete sequences; their numbers stay.",
        discussion: """
            A sequence with enrollments under way is deleted only together with them. What was deleted can be restored.

              purr sequence delete intro --unenroll
              purr sequence restore intro
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The sequences' names.") var names: [String]
    @Flag(help: "End what is under way as well.") var unenroll = false
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let ended = try global.session().commands.deleteSequences(
            names, isUnenrolling: unenroll, as: viewer.name)
        for name in names {
            print("\(name) is deleted. To bring it back: purr sequence restore \"\(name)\".")
        }
        if ended > 0 { print("\(Output.count(ended, "enrollment")) ended with it.") }
    }
}

struct SequenceRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring a deleted sequence back; who was unenrolled stays so.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The sequence's name.") var name: String
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        try global.session().commands.restoreSequence(name, as: viewer.name)
        print("\(name) is back.")
    }
}

struct SequencePause: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a sequence; the rest of each delay is kept.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var name: String
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        try show(
            global.session().commands.pauseSequence(name, as: viewer.name), name, isPause: true, output)
    }
}

struct SequenceResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused sequence go on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var name: String
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        try show(
            global.session().commands.resumeSequence(name, as: viewer.name), name, isPause: false, output)
    }
}

struct SequenceVersions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "List the versions of a sequence with who has which.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var name: String
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let versions = try global.session().commands.versions(of: name, as: viewer.name)
        if output.json { return try Output.json(versions) }
        Table(
            ["VERSION", "MADE", "STEPS", "UNDER WAY"],
            rows: versions.map {
                [
                    "\($0.version)\($0.isCurrent ? " (present)" : "")", Output.shortTime($0.madeAt),
                    "\($0.steps)", "\($0.underWay)",
                ]
            }
        ).print()
        if versions.contains(where: { !$0.isCurrent && $0.underWay > 0 }) {
            printWrapped(
                "To move those under way to the present one: purr sequence move-enrollments \"\(name)\".")
        }
    }
}

struct SequenceExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print a sequence as a file that can be applied again.",
        discussion: """
            The file names its version: applied after somebody else has changed the sequence, it is refused, and \
            nothing of theirs is lost.

              purr sequence export intro > intro.yaml
              purr sequence export intro --version 2
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The sequence's name.") var name: String
    @Option(
        help: ArgumentHelp("The steps of an earlier version, to be applied anew.", valueName: "n"))
    var version: Int?
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let document = try global.session().commands.exported(name, version: version, as: viewer.name)
        print(SequenceFile.text(of: document), terminator: "")
    }
}

struct SequenceMoveEnrollments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move-enrollments", abstract: "Move what is under way to the present version.",
        discussion: """
            A changed sequence is for those who enroll from now on; this is for those under way. Look first with \
            --dry-run: for each contact, which step is next and when. No step leaves twice, whatever was moved.

              purr sequence move-enrollments intro --dry-run
              purr sequence move-enrollments intro
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var name: String
    @Flag(help: "Show what would happen; change nothing.") var dryRun = false
    @OptionGroup var viewer: ViewerOptions

    func run() throws {
        let moves = try global.session().commands.moveEnrollments(
            of: name, isPreview: dryRun, as: viewer.name)
        if output.json { return try Output.json(moves) }
        guard !moves.isEmpty else {
            return print("Everybody under way in \(name) has the present version.")
        }
        Table(
            ["CONTACT", "VERSION", "NEXT STEP", "AT", ""],
            rows: moves.map { move in
                let zone = Zone(identifier: move.zone) ?? .utc
                let next = move.nextStep.map { "\($0) (\(move.nextStepId ?? ""))" } ?? ""
                let when = move.nextAt.map { "\(Output.time($0, in: zone)) \(zone)" } ?? ""
                let words =
                    switch move.outcome {
                    case .same: move.detail ?? ""
                    case .changed: move.detail.map { "changed, \($0)" } ?? "changed"
                    case .finishes: "no step is left: finishes"
                    case .stays: "not moved: \(move.detail ?? "")"
                    }
                return [move.contact, "\(move.from) → \(move.to)", next, when, words]
            }
        ).print()
        let moved = moves.count { $0.outcome != .stays }
        print(
            dryRun
                ? "Nothing was changed. To do it: purr sequence move-enrollments \"\(name)\"."
                : "\(Output.count(moved, "enrollment")) moved.")
    }
}
