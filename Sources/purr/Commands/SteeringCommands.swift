import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrSequences

/// Whom a steering command is about.
struct TargetOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The contacts' addresses.", valueName: "email")) var emails: [String]
    @Option(help: ArgumentHelp("Only in this sequence.", valueName: "name")) var sequence: String?
}

func show(_ all: [Steered], _ output: OutputOptions) throws {
    if output.json { return try Output.json(all.map(SteeredLine.init)) }
    for steered in all {
        let line = SteeredLine(steered)
        let next = line.nextAt.map { Output.time($0, in: steered.zone) + " \(steered.zone)" }
        let due = next.map { "; the next step is due \($0)" } ?? ""
        let words =
            switch steered.change {
            case .paused: " is paused"
            case .resumed, .released: " goes on\(due)"
            case .unenrolled: " is unenrolled; nothing more is sent"
            case .countedAsSent: ": counted as sent\(next == nil ? "; it was the last step" : due)"
            case .stillPaused(.sequence):
                " goes on when its sequence does: purr resume --sequence \"\(line.sequence)\""
            case .stillPaused: " goes on when everything does: purr resume --all"
            case .unchanged(let why): " \(why)"
            }
        print("\(line.contact) in \(line.sequence)\(words)\(words.hasSuffix(".") ? "" : ".")")
    }
}

/// What steering commands print for programs.
private struct SteeredLine: Encodable {
    let contact: String
    let sequence: String
    /// `paused`, `resumed`, `unenrolled`, `released`, `stillPaused`, `countedAsSent` or `unchanged`.
    let change: String
    @OrNull var nextAt: Date?
    /// Why nothing changed, or what still pauses it.
    @OrNull var detail: String?

    init(_ steered: Steered) {
        contact = steered.contact.text
        sequence = steered.sequence
        switch steered.change {
        case .paused: change = "paused"
        case .resumed(let date):
            change = "resumed"
            nextAt = date
        case .unenrolled: change = "unenrolled"
        case .released(let date):
            change = "released"
            nextAt = date
        case .countedAsSent(let date):
            change = "countedAsSent"
            nextAt = date
        case .stillPaused(let pause):
            change = "stillPaused"
            detail = pause.words
        case .unchanged(let why):
            change = "unchanged"
            detail = why
        }
    }
}

/// What is to be paused, or to go on: contacts, a sequence, or everything.
struct PauseOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The contacts' addresses.", valueName: "email")) var emails: [String] = []
    @Option(
        help: ArgumentHelp(
            "With contacts: only in this sequence. Alone: the sequence as such.", valueName: "name"))
    var sequence: String?
    @Flag(help: "Everything of yours.") var all = false
    @OptionGroup var viewer: ViewerOptions

    enum Target {
        case contacts
        case sequence(String)
        case everything
    }

    func target() throws -> Target {
        if all {
            guard emails.isEmpty, sequence == nil else {
                throw CommandError(.usage, "--all means everything; leave out contacts and --sequence.")
            }
            return .everything
        }
        guard emails.isEmpty else {
            if let name = emails.first(where: { EmailAddress($0) == nil }) {
                throw CommandError(
                    .usage,
                    "\(Terminal.quoted(name)) is not an e-mail address; a sequence is meant by --sequence \(Terminal.quoted(name))."
                )
            }
            return .contacts
        }
        guard let sequence else {
            throw CommandError(.usage, "What? Give addresses, --sequence NAME or --all.")
        }
        return .sequence(sequence)
    }
}

func show(_ result: PauseResult, _ what: String, isPause: Bool, _ output: OutputOptions) throws {
    if output.json { return try Output.json(result) }
    guard !result.isUnchanged else {
        return print("\(what) \(isPause ? "is paused already" : "is not paused").")
    }
    let count = Output.count(result.changed, "enrollment")
    if isPause {
        print("\(what) is paused, with \(count) under way; the rest of each delay is kept.")
    } else {
        let still = result.stillPaused == 0 ? "" : "; \(result.stillPaused) stay paused with something else"
        print("\(what) goes on, with \(count)\(still).")
    }
}

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pause contacts, a sequence or everything; the rest of each delay is kept.",
        discussion: """
              purr pause ola@example.com
              purr pause --sequence intro
              purr pause --all

            Who is enrolled while a sequence, or everything, is paused waits as well.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var options: PauseOptions

    func run() throws {
        let commands = try global.session().commands
        let user = options.viewer.name
        switch try options.target() {
        case .contacts:
            try show(
                commands.pause(options.emails.map { try address($0) }, sequence: options.sequence), output)
        case .sequence(let name):
            try show(commands.pauseSequence(name, as: user), name, isPause: true, output)
        case .everything:
            try show(commands.pauseEverything(as: user), "Everything", isPause: true, output)
        }
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let what is paused go on after the rest of the delay.",
        discussion: """
              purr resume ola@example.com
              purr resume --sequence intro
              purr resume --all

            What was paused by itself stays paused when its sequence, or everything, goes on.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var options: PauseOptions

    func run() throws {
        let commands = try global.session().commands
        let user = options.viewer.name
        switch try options.target() {
        case .contacts:
            try show(
                commands.resume(options.emails.map { try address($0) }, sequence: options.sequence), output
            )
        case .sequence(let name):
            try show(commands.resumeSequence(name, as: user), name, isPause: false, output)
        case .everything:
            try show(commands.resumeEverything(as: user), "Everything", isPause: false, output)
        }
    }
}

struct UnenrollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unenroll", abstract: "End a contact's sequence for good.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: TargetOptions

    func run() throws {
        let commands = try global.session().commands
        try show(
            commands.unenroll(target.emails.map { try address($0) }, sequence: target.sequence), output)
    }
}

struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let a held contact go on.",
        discussion: """
            A mail of unknown outcome was handed over and the server's answer was lost: say whether it counts as sent \
            or goes again, byte for byte.

              purr release ola@example.com
              purr release ola@example.com --as-sent
              purr release --all --reason tooLate
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("The contacts' addresses.", valueName: "email")) var emails: [String] = []
    @Option(help: ArgumentHelp("Only in this sequence.", valueName: "name")) var sequence: String?
    @Flag(help: "The mail of unknown outcome was sent.") var asSent = false
    @Flag(help: "The mail of unknown outcome goes again.") var sendAgain = false
    @Flag(help: "Everybody who is held for --reason.") var all = false
    @Option(
        help: ArgumentHelp("What they are held for, with --all.", valueName: "reason"),
        completion: .list(HoldReason.allCases.map(\.rawValue)))
    var reason: String?

    func run() throws {
        guard !(asSent && sendAgain) else {
            throw CommandError(.usage, "Give either --as-sent or --send-again, not both.")
        }
        guard all == (reason != nil) else {
            throw CommandError(.usage, "--all and --reason go together, as in --all --reason tooLate.")
        }
        guard all != !emails.isEmpty else {
            throw CommandError(
                .usage,
                all
                    ? "Give either addresses or --all, not both."
                    : "Whom? Give an address, or --all --reason REASON.")
        }
        let commands = try global.session().commands
        if let reason {
            guard let hold = HoldReason(rawValue: reason) else {
                let known = HoldReason.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandError(
                    .usage, "\(Terminal.quoted(reason)) is nothing to be held for; reasons are \(known).")
            }
            let released = try commands.releaseAll(heldFor: hold)
            if released.isEmpty, !output.json { return print("Nobody is held for \(reason).") }
            return try show(released, output)
        }
        let answer: DoubtAnswer? = asSent ? .asSent : sendAgain ? .sendAgain : nil
        try show(
            commands.release(emails.map { try address($0) }, sequence: sequence, answer: answer), output)
    }
}
