import ArgumentParser
import PurrEngine
import PurrSequences

/// Whom a steering command is about.
struct TargetOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The contacts' addresses.", valueName: "email")) var emails: [String]
    @Option(help: ArgumentHelp("Only in this sequence.", valueName: "name")) var sequence: String?
}

/// Does it for each, and says what came of it.
private func steer(_ emails: [String], _ body: (String) throws -> [Steered]) throws {
    // All are read before the first is touched.
    for email in emails { _ = try address(email) }
    for email in emails { for steered in try body(email) { print(words(steered)) } }
}

private func words(_ steered: Steered) -> String {
    let who = "\(steered.contact) in \(steered.sequence)"
    return switch steered.change {
    case .paused: "\(who) is paused."
    case .resumed(let start), .released(let start):
        "\(who) goes on; the next step is due \(Output.time(start, in: steered.zone)) \(steered.zone)."
    case .unenrolled: "\(who) is unenrolled; nothing more is sent."
    case .countedAsSent(let next?):
        "\(who): counted as sent; the next step is due \(Output.time(next, in: steered.zone)) \(steered.zone)."
    case .countedAsSent(nil): "\(who): counted as sent; it was the last step."
    case .unchanged(let why): "\(who) \(why)."
    }
}

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a contact; the rest of the delay is kept.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: TargetOptions

    func run() throws {
        let commands = try global.session().commands
        try steer(target.emails) { try commands.pause(address($0), sequence: target.sequence) }
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused contact go on after the rest of the delay.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: TargetOptions

    func run() throws {
        let commands = try global.session().commands
        try steer(target.emails) { try commands.resume(address($0), sequence: target.sequence) }
    }
}

struct UnenrollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unenroll", abstract: "End a contact's sequence for good.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: TargetOptions

    func run() throws {
        let commands = try global.session().commands
        try steer(target.emails) { try commands.unenroll(address($0), sequence: target.sequence) }
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
            for one in released { print(words(one)) }
            if released.isEmpty { print("Nobody is held for \(reason).") }
            return
        }
        let answer: DoubtAnswer? = asSent ? .asSent : sendAgain ? .sendAgain : nil
        try steer(emails) { try commands.release(address($0), sequence: sequence, answer: answer) }
    }
}
