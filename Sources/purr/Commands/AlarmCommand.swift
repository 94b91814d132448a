import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrTransport

struct AlarmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarm", abstract: "Be told when Purr needs you: by mail, webhook or command.",
        discussion: """
            purr run looks every few seconds for what only a person can mend: a mailbox that cannot be used, a login \
            that is refused, a mailbox that Purr stopped, something held, work that should have happened, a backup \
            overdue, a disk nearly full. Each is said once, with what to do, and once more when it is over.

              purr alarm add me --mailbox kari@example.org --to kari@private.example
              purr alarm add chat --webhook https://alarms.example.org/purr --secret-file secret.txt
              purr alarm add pager --command /usr/local/bin/page-me --urgent
              purr alarm test me
              purr alarm history
            """,
        subcommands: [
            AlarmAdd.self, AlarmList.self, AlarmRemove.self, AlarmTest.self, AlarmHistory.self,
            AlarmSet.self,
        ])

    @OptionGroup var global: GlobalOptions
}

struct AlarmAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add somebody, or something, to be told.",
        discussion: """
            A mailbox cannot say of itself that it is broken: with two, let each be told of by the other. A webhook \
            gets a JSON post with a signature, and is tried again for a day; it is not posted to inside your own \
            network unless you allow that. A command gets the same JSON on its standard input.

              purr alarm add me --mailbox kari@example.org
              purr alarm add me --mailbox kari@example.org --to kari@private.example
              purr alarm add chat --webhook https://alarms.example.org/purr --secret-file secret.txt
              purr alarm add lan --webhook https://10.0.0.7/purr --allow-private --ca ca.pem --secret-file secret.txt
              purr alarm add pager --timeout 20 --command /usr/local/bin/page-me --urgent    (--command comes last)
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The target's name: small letters, digits, hyphens.") var name: String
    @Option(help: ArgumentHelp("Send a mail from this connected mailbox.", valueName: "address"))
    var mailbox: String?
    @Option(help: ArgumentHelp("Where the mail goes (default: the mailbox itself).", valueName: "address"))
    var to: String?
    @Option(help: ArgumentHelp("Post to this URL.", valueName: "url")) var webhook: String?
    @Option(
        help: ArgumentHelp(
            "A file with the secret that posts are signed with, one line.", valueName: "file"),
        completion: .file())
    var secretFile: String?
    @Flag(help: "The webhook may be on this machine or in its network.") var allowPrivate = false
    @Option(
        help: ArgumentHelp("Trust these certificates instead of the system's.", valueName: "file"),
        completion: .file())
    var ca: String?
    @Option(help: ArgumentHelp("Seconds that the command may take.", valueName: "n")) var timeout = 10
    @Option(
        parsing: .remaining,
        help: ArgumentHelp("Run this program with the arguments that follow.", valueName: "path"))
    var command: [String] = []

    func run() throws {
        let kinds = [mailbox != nil, webhook != nil, !command.isEmpty]
        guard kinds.count(where: \.self) == 1 else {
            throw CommandError(.usage, "Give one of --mailbox, --webhook and --command.")
        }
        guard webhook != nil || (secretFile == nil && ca == nil && !allowPrivate) else {
            throw CommandError(.usage, "--secret-file, --allow-private and --ca go with --webhook only.")
        }
        guard mailbox != nil || to == nil else {
            throw CommandError(.usage, "--to goes with --mailbox only.")
        }
        let session = try global.session()
        if let mailbox {
            let from = try address(mailbox, as: "mailbox")
            try session.commands.addAlarmMail(name, from: from, to: try to.map { try address($0) } ?? from)
        } else if let webhook {
            try add(webhook, in: session)
        } else {
            let program = AlarmTarget.Program(arguments: command, seconds: timeout)
            try checkProgram()
            try session.commands.addAlarmCommand(name, program)
        }
        print("\(name) is told from now on. Try it: purr alarm test \(name).")
    }

    private func add(_ url: String, in session: Session) throws {
        guard let secretFile else {
            throw CommandError(
                .usage,
                "A webhook needs --secret-file FILE: what is posted is signed with it, so that the other side can tell it from a forgery."
            )
        }
        let authority = try ca.map { String(decoding: try contents(of: $0), as: UTF8.self) }
        let hook = AlarmTarget.Webhook(url: url, allowsPrivate: allowPrivate, authority: authority)
        if let problem = hook.problem { throw CommandError(.usage, problem) }
        let source = SecretSource(passwordFile: secretFile, environment: [:])
        guard case .password(let secret) = try source.secret(for: name) else { return }
        try session.commands.addAlarmWebhook(
            name, hook, secret: secret, vault: Vault(key: try global.keyFile.key()))
    }

    /// Complains now and not when it matters.
    private func checkProgram() throws {
        guard let path = command.first, path.hasPrefix("/") else { return }
        guard access(path, X_OK) == 0 else {
            throw CommandError(
                .noInput,
                "\(Terminal.oneLine(path)) is no program that can be run; name one by its whole path."
            )
        }
    }
}

struct AlarmList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "See who is told, what holds now, and from when on a thing is an alarm.",
        discussion: """
              purr alarm list
              purr alarm list --json | jq .open
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        let targets: [AlarmTargetReport]
        let open: [AlarmReport]
        let limits: AlarmLimitsReport
    }

    func run() throws {
        let commands = try global.session().commands
        let report = Report(
            targets: try commands.alarmTargets(), open: try commands.openAlarms(),
            limits: try commands.alarmLimits())
        if output.json { return try Output.json(report) }
        if report.targets.isEmpty {
            print("Nobody is told. Add somebody: purr alarm add NAME --mailbox ADDRESS.")
        } else {
            Table(
                ["TARGET", "KIND", "LEADS TO"], rows: report.targets.map { [$0.name, $0.kind, $0.leadsTo] }
            ).print()
        }
        print("")
        if report.open.isEmpty { print("Nothing needs you.") }
        for alarm in report.open { AlarmHistory.show(alarm) }
        let limits = report.limits
        let backup =
            limits.backupHours % 24 == 0
            ? Output.count(limits.backupHours / 24, "day") : Output.count(limits.backupHours, "hour")
        print("")
        printWrapped(
            """
            An alarm is: unreachable for \(limits.unreachableMinutes) min, a login refused for \
            \(limits.loginRefusedMinutes) min, overdue by \(limits.overdueMinutes) min, the last backup \
            \(backup) ago, less than \(limits.freeMegabytes) MB free (purr alarm set).
            """)
    }
}

struct AlarmRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Tell somebody no more.",
        discussion: "  purr alarm remove chat")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The target's name.") var name: String

    func run() throws {
        try global.session().commands.removeAlarmTarget(name)
        print("\(name) is told no more.")
    }
}

struct AlarmTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Say something to a target now, and see whether it arrives.",
        discussion: """
            Posts or runs at once and says what came of it. A mail goes by its mailbox, while purr run runs.

              purr alarm test chat
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The target's name.") var name: String

    private struct Report: Encodable {
        let target: String
        let state: String
        let outcome: String
    }

    mutating func run() async throws {
        let session = try global.session()
        let desk = AlarmDesk(
            store: session.store, vault: Vault(key: try global.keyFile.key()), rate: session.clock.rate,
            freeBytes: { nil })
        guard let errand = try desk.test(name, at: session.now) else {
            if output.json {
                return try Output.json(
                    Report(target: name, state: "queued", outcome: "waits for its mailbox to send it"))
            }
            print("The mail is ready and goes while purr run runs. See: purr alarm history.")
            return
        }
        let verdict = await AlarmAttempts(folder: session.folder).attempt(errand)
        try desk.recordTest(verdict, of: errand, at: session.clock.virtual(Date()))
        let (isDelivered, words): (Bool, String) =
            switch verdict {
            case .delivered(let words): (true, words)
            case .failed(let words): (false, words)
            case .cancelled: (false, "interrupted")
            }
        if output.json {
            try Output.json(
                Report(target: name, state: isDelivered ? "delivered" : "failed", outcome: words))
            if !isDelivered { throw ExitCode(CommandError.Kind.unavailable.rawValue) }
            return
        }
        guard isDelivered else {
            throw CommandError(.unavailable, "\(name) was not told: \(Terminal.oneLine(words)).")
        }
        print("\(name) was told: \(Terminal.oneLine(words)).")
    }
}

struct AlarmHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "See what was raised and cleared, and whether everybody was told.",
        discussion: """
              purr alarm history
              purr alarm history --limit 5 --json | jq '.[].deliveries[] | select(.state == "failed")'
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("The most to show.", valueName: "n")) var limit = 20

    func run() throws {
        guard (1...100_000).contains(limit) else {
            throw CommandError(.usage, "--limit should be a number from 1 to 100000.")
        }
        let alarms = try global.session().commands.alarmHistory(limit: limit)
        if output.json { return try Output.json(alarms) }
        guard !alarms.isEmpty else { return print("There was no alarm.") }
        for alarm in alarms { Self.show(alarm) }
    }

    static func show(_ alarm: AlarmReport) {
        let end = alarm.clearedAt.map { ", over \(Output.shortTime($0))" } ?? ""
        let mark = Terminal.paint(
            alarm.clearedAt == nil ? "!" : "✓", alarm.clearedAt == nil ? .red : .green)
        print("\(mark) \(Output.shortTime(alarm.raisedAt))\(end)  \(alarm.kind)")
        let words = alarm.clearedAt == nil ? "\(alarm.text) \(alarm.advice)" : alarm.text
        for line in wrapped(words, indent: 2) { print(line) }
        for one in alarm.deliveries {
            let again = one.dueAt.map { ", again \(Output.shortTime($0))" } ?? ""
            let said = one.outcome.isEmpty ? "" : " (\(one.outcome))"
            for line in wrapped(
                "\(one.event) to \(one.target): \(one.state)\(again)\(said)", indent: 4, firstIndent: 2)
            {
                print(line)
            }
        }
    }
}

struct AlarmSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change from when on a thing is an alarm.",
        discussion: """
              purr alarm set --unreachable 60 --overdue 30
              purr alarm set --backup 26 --free 2000
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("A mailbox cannot be reached (30).", valueName: "minutes"))
    var unreachable: Int?
    @Option(help: ArgumentHelp("A login is refused (2).", valueName: "minutes")) var loginRefused: Int?
    @Option(help: ArgumentHelp("Work should have happened (15).", valueName: "minutes")) var overdue: Int?
    @Option(help: ArgumentHelp("The last backup was made (168).", valueName: "hours")) var backup: Int?
    @Option(help: ArgumentHelp("Free on the data's disk (500).", valueName: "megabytes")) var free: Int?

    func run() throws {
        var change = AlarmLimitsChange()
        change.unreachableMinutes = unreachable
        change.loginRefusedMinutes = loginRefused
        change.overdueMinutes = overdue
        change.backupHours = backup
        change.freeMegabytes = free
        let limits = try global.session().commands.setAlarmLimits(change)
        if output.json { return try Output.json(limits) }
        print("The limits are changed. See: purr alarm list.")
    }
}
