import ArgumentParser
import PurrEngine
import PurrSequences

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "The people who work with Purr.",
        discussion: """
            Each connected mailbox belongs to a user, who is made with it. Tasks belong to the user who enrolled the \
            contact; sequences to the user who made them. The digest is a daily mail about open tasks, from the user's \
            mailbox to itself. {{sender.meetingLink}} in a template is the meeting link of the mailbox's user.

              purr user list
              purr user set "Kari Nordmann" --meeting-link https://meet.example.org/kari --digest 07:30
              purr user add Ola --mailbox ola@example.org --zone Europe/Oslo
              purr user remove Ola --hand-to "Kari Nordmann"
            """,
        subcommands: [UserList.self, UserAdd.self, UserSet.self, UserRemove.self])

    @OptionGroup var global: GlobalOptions
}

struct UserList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all users.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let users = try global.session().commands.users()
        if output.json { return try Output.json(users) }
        guard !users.isEmpty else {
            return print("No users yet. One is made with each mailbox: purr mailbox add ADDRESS.")
        }
        Table(
            ["NAME", "MAILBOX", "TIME ZONE", "DIGEST", "MEETING LINK"],
            rows: users.map {
                [$0.name, $0.mailbox ?? "", $0.zone ?? "", $0.digest ?? "off", $0.meetingLink ?? ""]
            }
        ).print()
    }
}

/// What can be said about a user.
struct UserOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Their mailbox: it belongs to them, and their digest goes there.", valueName: "address"))
    var mailbox: String?
    @Option(help: ArgumentHelp("The clock of their digest, as an IANA name.", valueName: "iana")) var zone:
        String?
    @Option(help: ArgumentHelp("Where people book a meeting with them; \"\" for none.", valueName: "url"))
    var meetingLink: String?
    @Option(help: ArgumentHelp("When the daily mail about open tasks goes, or off.", valueName: "time|off"))
    var digest: String?

    func change() throws -> UserChange {
        var change = UserChange()
        change.mailbox = try mailbox.map { try address($0, as: "mailbox") }
        change.meetingLink = meetingLink
        if let zone {
            guard let found = Zone(typed: zone) else {
                throw CommandError(
                    .usage,
                    "\(Terminal.quoted(zone)) is no time zone; write an IANA name such as Europe/Oslo.")
            }
            change.zone = found
        }
        if let digest {
            if digest == "off" {
                change.digest = .off
            } else if let window = SendWindow("00:00-\(digest)") {
                change.digest = .at(window.end)
            } else {
                throw CommandError(
                    .usage,
                    "--digest \(Terminal.quoted(digest)) is no time of day; write one such as 07:30, or off."
                )
            }
        }
        return change
    }
}

private func show(_ user: UserReport, _ output: OutputOptions) throws {
    if output.json { return try Output.json(user) }
    let words = [
        user.mailbox.map { "mailbox \($0)" }, user.zone.map { "time zone \($0)" },
        user.digest.map { "digest at \($0)" } ?? "no digest", user.meetingLink.map { "meetings at \($0)" },
    ]
    print("\(user.name): \(words.compactMap(\.self).joined(separator: ", ")).")
}

struct UserAdd: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a user.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "What to call them.") var name: String
    @OptionGroup var options: UserOptions

    func run() throws { try show(global.session().commands.addUser(name, options.change()), output) }
}

struct UserSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a user; what is not given stays.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The user's name.") var user: String
    @Option(help: ArgumentHelp("A new name.", valueName: "name")) var name: String?
    @OptionGroup var options: UserOptions

    func run() throws {
        var change = try options.change()
        change.name = name
        guard change != UserChange() else {
            throw CommandError(
                .usage, "What is to change? Give --name, --mailbox, --zone, --meeting-link or --digest.")
        }
        try show(global.session().commands.changeUser(user, change), output)
    }
}

struct UserRemove: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a user.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The user's name.") var user: String
    @Option(help: ArgumentHelp("Who gets their mailboxes, sequences and tasks.", valueName: "user"))
    var handTo: String?

    func run() throws {
        try global.session().commands.removeUser(user, heir: handTo)
        print("\(user) is removed\(handTo.map { "; what was theirs belongs to \($0)" } ?? "").")
    }
}
