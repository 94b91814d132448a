import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore

struct MailboxCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Try a connected mailbox again.",
        discussion: """
            The same check as when it was connected: both logins, the folders, and a mail to itself.

              purr mailbox check kari@example.org
              purr mailbox check kari@example.org --no-probe
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The mailbox's address.") var address: String
    @Flag(name: .customLong("no-probe"), help: "Send no mail to itself.") var isUnprobed = false

    mutating func run() async throws {
        let session = try global.session()
        let mailbox = try session.commands.mailbox(try purr.address(address))
        guard let settings = MailboxSettings(of: mailbox) else {
            throw CommandError(
                .badData, "The settings of \(mailbox.address) are damaged; connect it again with --update.")
        }
        let vault = Vault(key: try global.keyFile.key())
        let secret = try vault.opened(mailbox.credential, for: mailbox.address)
        let credential = try await session.credential(
            of: mailbox.id, mailbox.address, settings: settings, secret: secret, vault: vault)
        let endpoints = try settings.endpoints(in: session.folder)
        let finding = try await MailboxCheck(
            address: mailbox.address, name: mailbox.name, imap: endpoints.imap, smtp: endpoints.smtp,
            credential: credential, provider: Provider.of(domain: mailbox.address.domain),
            isProbing: !isUnprobed, line: output.json ? { _, _ in } : { print("\($0.text) \($1)") }
        ).run()
        if let filesSent = finding.probe?.filesSent {
            try session.commands.note(filesSent: filesSent, of: mailbox.address)
        }
        if let evidence = finding.evidence {
            try session.commands.note(probe: evidence, of: mailbox.address)
        }
        try session.commands.note(folders: finding.folders, of: mailbox.address)
        if output.json {
            try Output.json(MailboxChecked(address: mailbox.address.text, isStored: true, finding: finding))
        }
    }
}

struct MailboxList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the connected mailboxes.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let address: String
        let name: String
        let imap: String
        let smtp: String
        let user: String
        let state: StatusReport.Mailbox.State
        @OrNull var reason: String?
        @OrNull var filesSent: Bool?
        let limitPerDay: Int
        let limitPerMinute: Int
        let aliases: [String]
    }

    func run() throws {
        let session = try global.session()
        let states = try session.commands.status(
            clock: session.clock, isDaemonRunning: session.folder.isDaemonRunning
        ).mailboxes
        let lines = try session.store.read { transaction in
            try zip(transaction.mailboxes(), states).map { mailbox, state in
                let settings = MailboxSettings(of: mailbox)
                return Line(
                    address: mailbox.address.text, name: mailbox.name, imap: settings?.imap.text ?? "",
                    smtp: settings?.smtp.text ?? "", user: settings?.user ?? "", state: state.state,
                    reason: state.reason,
                    filesSent: mailbox.filesSent, limitPerDay: settings?.limits.perDay ?? 0,
                    limitPerMinute: settings?.limits.perMinute ?? 0,
                    aliases: try transaction.aliases(of: mailbox.id))
            }
        }
        if output.json { return try Output.json(lines) }
        guard !lines.isEmpty else {
            return print("No mailbox is connected. Connect one: purr mailbox add ADDRESS.")
        }
        Table(
            ["ADDRESS", "NAME", "STATE", "IMAP", "SMTP"],
            rows: lines.map { [$0.address, $0.name, $0.state.rawValue, $0.imap, $0.smtp] },
            colour: { row, column in column == 2 ? lines[row].state.colour : nil }
        ).print()
        for line in lines {
            if let reason = line.reason, line.state != .watching { print("\(line.address): \(reason)") }
        }
    }
}

extension StatusReport.Mailbox.State {
    var colour: Terminal.Colour? {
        switch self {
        case .watching: .green
        case .failing, .stopped: .red
        case .paused: .yellow
        case .waiting: nil
        }
    }
}

struct MailboxFolders: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "folders", abstract: "See which folders are watched, or leave some out.",
        discussion: """
            An answer in a folder that is not watched is not seen, and the next mail goes out. Leave out only what \
            never receives answers.

              purr mailbox folders kari@example.org
              purr mailbox folders kari@example.org --exclude "Newsletters"
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The mailbox's address.") var address: String
    @Option(help: ArgumentHelp("Leave a folder out; may be repeated.", valueName: "folder")) var exclude:
        [String] = []
    @Option(help: ArgumentHelp("Take a folder in again; may be repeated.", valueName: "folder"))
    var include: [String] = []

    private struct Line: Encodable {
        let folder: String
        let role: FolderRole
        let watched: Bool
        @OrNull var reason: String?
    }

    func run() throws {
        let session = try global.session()
        let address = try purr.address(address)
        if !exclude.isEmpty { try session.commands.watch(folders: exclude, false, of: address) }
        if !include.isEmpty { try session.commands.watch(folders: include, true, of: address) }
        let lines = try session.commands.folders(of: address).map { folder in
            let reason: String? =
                if folder.isExcluded {
                    "left out by you"
                } else if folder.role == .drafts {
                    "drafts: nothing in it was sent"
                } else if !folder.refusal.isEmpty {
                    "cannot be read: \(folder.refusal)"
                } else {
                    nil
                }
            return Line(
                folder: folder.name.description, role: folder.role, watched: folder.isWatched,
                reason: reason)
        }
        if output.json { return try Output.json(lines) }
        guard !lines.isEmpty else {
            return print(
                "The folders are not known yet; they are after: purr mailbox check \(address) --no-probe.")
        }
        Table(
            ["FOLDER", "ROLE", "WATCHED", "WHY"],
            rows: lines.map { [$0.folder, $0.role.rawValue, $0.watched ? "yes" : "no", $0.reason ?? ""] },
            colour: { row, column in column == 2 ? (lines[row].watched ? .green : .yellow) : nil }
        ).print()
    }
}

struct MailboxPause: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Send nothing from a mailbox; answers are still seen.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The mailbox's address.") var address: String

    func run() throws {
        let address = try purr.address(address)
        let isNews = try global.session().commands.pauseMailbox(address)
        print(
            isNews
                ? "\(address) is paused. To go on: purr mailbox resume \(address)."
                : "\(address) is paused already.")
    }
}

struct MailboxResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Send from a paused mailbox again.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The mailbox's address.") var address: String

    func run() throws {
        let address = try purr.address(address)
        print(
            try global.session().commands.resumeMailbox(address)
                ? "\(address) goes on." : "\(address) was not paused.")
    }
}

struct MailboxRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Disconnect a mailbox and forget its password.",
        discussion: """
            What is under way from it ends as mailboxRemoved; what was sent stays in the record.

              purr mailbox remove kari@example.org --yes
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The mailbox's address.") var address: String
    @Flag(help: "Do not ask.") var yes = false

    func run() throws {
        let session = try global.session()
        let address = try purr.address(address)
        let open = try session.commands.openCount(of: address)
        let consequence =
            open == 0
            ? "Nothing is under way from it."
            : "\(Output.count(open, "enrollment")) under way from it will end."
        guard yes || Terminal.confirms("Disconnect \(address)? \(consequence)") else {
            throw CommandError(
                .usage,
                "\(address) was not disconnected. \(consequence) To do it: purr mailbox remove \(address) --yes."
            )
        }
        let ended = try session.commands.removeMailbox(address)
        print(
            "\(address) is disconnected and its password forgotten; \(Output.count(ended, "enrollment")) ended."
        )
    }
}
