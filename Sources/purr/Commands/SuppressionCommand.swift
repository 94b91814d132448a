import ArgumentParser
import Foundation
import PurrEngine

struct SuppressionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suppression", abstract: "See and change whom nothing is ever sent to.",
        subcommands: [SuppressionList.self, SuppressionAdd.self, SuppressionRemove.self])

    @OptionGroup var global: GlobalOptions
}

private func silenced(_ text: String) throws -> Silenced {
    guard let silenced = Silenced(text) else {
        throw CommandError(
            .usage,
            "\(Terminal.quoted(text)) is neither an address such as kari@example.org nor a domain such as @example.org."
        )
    }
    return silenced
}

struct SuppressionList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List whom nothing is sent to, and why.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let address: String
        let reason: String
        let at: Date
    }

    func run() throws {
        let lines = try global.session().commands.suppressions().map {
            Line(address: $0.address, reason: $0.reason, at: $0.at)
        }
        if output.json { return try Output.json(lines) }
        guard !lines.isEmpty else { return print("Nobody is on the suppression list.") }
        Table(
            ["ADDRESS", "REASON", "SINCE"],
            rows: lines.map { [$0.address, $0.reason, Output.shortTime($0.at)] }
        ).print()
    }
}

struct SuppressionAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Never write to somebody again.",
        discussion: """
            What is under way for an address ends.

              purr suppression add ola@example.com
              purr suppression add @competitor.example
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Addresses, or domains with an @ in front.") var addresses: [String]

    func run() throws {
        let commands = try global.session().commands
        for one in try addresses.map(silenced) {
            let ended = try commands.suppress(one)
            print(
                "\(one.key): nothing is sent there any more\(ended == 0 ? "" : "; \(Output.count(ended, "enrollment")) ended")."
            )
        }
    }
}

struct SuppressionRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Let somebody be written to again.",
        discussion: "Only when they asked for it: who opted out did so for good.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "An address, or a domain with an @ in front.") var address: String
    @Flag(help: "Do not ask.") var yes = false

    func run() throws {
        let commands = try global.session().commands
        let one = try silenced(address)
        guard try commands.suppressions().contains(where: { $0.address == one.key }) else {
            throw CommandError(.badData, "\(one.key) is not on the suppression list.")
        }
        guard yes || Terminal.confirms("Let \(one.key) be written to again?") else {
            throw CommandError(
                .usage,
                "\(one.key) stays on the suppression list. To take it off: purr suppression remove \(one.key) --yes."
            )
        }
        try commands.unsuppress(one)
        print("\(one.key) may be written to again.")
    }
}
