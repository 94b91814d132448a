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
            case .unchanged(let why): " \(why)"
            }
        print("\(line.contact) in \(line.sequence)\(words)\(words.hasSuffix(".") ? "" : ".")")
    }
}

/// What steering commands print for programs.
private struct SteeredLine: Encodable {
    let contact: String
    let sequence: String
    /// `paused`, `resumed`, `unenrolled`, `released`, `countedAsSent` or `unchanged`.
    let change: String
    @OrNull var nextAt: Date?
    /// Why nothing changed.
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
        case .unchanged(let why):
            change = "unchanged"
            detail = why
        }
    }
}

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a contact; the rest of the delay is kept.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: TargetOptions

    func run() throws {
        let commands = try global.session().commands
        try show(commands.pause(target.emails.map { try address($0) }, sequence: target.sequence), output)
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused contact go on after the rest of the delay.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var target: TargetOptions

    func run() throws {
        let commands = try global.session().commands
        try show(commands.resume(target.emails.map { try address($0) }, sequence: target.sequence), output)
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
