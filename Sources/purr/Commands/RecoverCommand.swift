import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore

struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Look into a mailbox for what another copy of the data has sent, and send again.",
        discussion: """
            A restored backup does not know what was sent after it was made, and a second copy does not know what the \
            first one sends: such a mailbox sends nothing until this is run, while no daemon runs. All folders are \
            read; steps whose mail lies in Sent count as sent; answers count; steps that were due and that are \
            nowhere are held (purr held). Any other copy finds out and stops.

              purr recover
              purr recover --mailbox kari@example.org --dry-run
              purr release --all --reason recovered
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("The mailbox; else all that are stopped.", valueName: "address"))
    var mailbox: String?
    @Flag(help: "Hold everything that is under way, not only what was due.") var holdAll = false
    @Flag(help: "Show what would be done, and change nothing.") var dryRun = false

    func run() async throws {
        let session = try global.session()
        let addresses =
            try mailbox.map { [try address($0, as: "mailbox")] } ?? session.commands.stoppedMailboxes()
        guard !addresses.isEmpty else {
            if output.json { return try Output.json([RecoveryReport]()) }
            return print("No mailbox is stopped, so there is nothing to recover.")
        }
        var reports: [RecoveryReport] = []
        let looking = try LookIntoMailbox(global: global, session: session, key: global.keyFile)
        for address in addresses {
            var request = RecoveryRequest(mailbox: address)
            request.holdsAll = holdAll
            request.defaultZone = Output.zone
            reports.append(try await looking.run(request, isPreview: dryRun))
        }
        if output.json { return try Output.json(reports) }
        for report in reports { show(report, isPreview: dryRun) }
    }
}

struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make the data of a mailbox anew from what lies in it, after everything was lost.",
        discussion: """
            First make a data folder, connect the mailbox and apply the same sequences again. Purr's mail in Sent then \
            says who was written to and how far they had come; contacts are made from it; who answered, opted out \
            or bounced is not written to again; the others go on at their next step. Without --yes it is only shown.

            The mails are signed with the key of the data folder. If only the database was lost, put the old key \
            back or name it with --key. If the key is lost as well, and nobody but you files mail into Sent: --trust-sent.

              purr rebuild --mailbox kari@example.org
              purr rebuild --mailbox kari@example.org --key /vault/key --yes
              purr rebuild --mailbox kari@example.org --trust-sent --days 365 --yes
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("The mailbox.", valueName: "address")) var mailbox: String
    @Option(
        help: ArgumentHelp("The file with the key that Purr had.", valueName: "file"), completion: .file())
    var key: String?
    @Flag(help: "Believe mail in Sent that bears another key's signature.") var trustSent = false
    @Option(help: ArgumentHelp("How many days to look back.", valueName: "n")) var days = 180
    @Flag(help: "Do it; else it is only shown.") var yes = false
    @Flag(help: "Only show what would be done.") var dryRun = false

    func run() async throws {
        guard !(yes && dryRun) else {
            throw CommandError(.usage, "Give either --yes or --dry-run, not both.")
        }
        guard (1...3_650).contains(days) else {
            throw CommandError(.usage, "--days should be a number from 1 to 3650.")
        }
        let session = try global.session()
        var request = RecoveryRequest(mailbox: try address(mailbox, as: "mailbox"))
        request.trustsSent = trustSent
        request.isRebuild = true
        request.defaultZone = Output.zone
        let looking = try LookIntoMailbox(
            global: global, session: session,
            key: key.map { KeyFile(named: absolute($0)) } ?? global.keyFile,
            days: days)
        let report = try await looking.run(request, isPreview: !yes)
        if output.json { return try Output.json(report) }
        show(report, isPreview: !yes)
        if !yes { print("\nNothing was changed. To do it, add --yes.") }
    }
}

/// Reads a mailbox and brings the data up to what lies in it; no daemon may run meanwhile.
private struct LookIntoMailbox {
    let session: Session
    let lock: DaemonLock
    let vault: Vault
    let settings: MachineSettings
    /// Whether everything is read again that lies within the days to look back.
    let isFromBeginning: Bool

    init(global: GlobalOptions, session: Session, key: KeyFile, days: Int? = nil) throws {
        self.session = session
        lock = try DaemonLock.take(of: session.folder)
        vault = Vault(key: try global.keyFile.key())
        var settings = MachineSettings().scaled(by: session.clock.rate)
        settings.marks = MailMarks(key: try key.key())
        if let days { settings.readBackDays = days }
        self.settings = settings
        isFromBeginning = days != nil
    }

    /// - Parameter isPreview: Works on a copy of the data that is thrown away.
    func run(_ request: RecoveryRequest, isPreview: Bool) async throws -> RecoveryReport {
        guard isPreview else { return try await look(request, in: session.store) }
        let copy = session.folder.path + "/preview-\(ProcessInfo.processInfo.processIdentifier).db"
        defer { for end in ["", "-wal", "-shm"] { unlink(copy + end) } }
        try session.store.copy(to: copy)
        return try await look(request, in: Store(path: copy))
    }

    private func look(_ request: RecoveryRequest, in store: Store) async throws -> RecoveryReport {
        let clock = session.clock
        let commands = { Commands(store: store, now: clock.virtual(Date())) }
        let mailbox = try commands().mailbox(request.mailbox)
        // Tokens that are renewed on the way are kept in the real data.
        let ports = MailServerPorts(
            folder: session.folder, vault: vault, threads: ServerThreads(), clock: clock,
            store: session.store)
        let port = try ports.port(for: mailbox)
        let reading = MailboxReading(
            id: mailbox.id, store: store, port: port, settings: settings,
            owner: "recover:\(ProcessInfo.processInfo.processIdentifier)",
            now: { clock.virtual(Date()) })
        if isFromBeginning { try commands().readAgain(request.mailbox) }
        do {
            try await reading.run()
            let (report, isToBeReadAgain) = try commands().place(request)
            if isToBeReadAgain { try await reading.run() }
            let settled = try commands().settle(request, report)
            await port.close()
            return settled
        } catch {
            await port.close()
            throw error
        }
    }
}

private func show(_ report: RecoveryReport, isPreview: Bool) {
    let would = isPreview ? "would count" : "count"
    print(
        "\(report.mailbox): \(Output.count(report.found, "mail")) in Sent that the data did not know; \(report.placed) \(would) as sent, \(Output.count(report.rebuilt, "enrollment")) made anew, \(report.held) held."
    )
    for reason in report.unplaced { print("Not placed: \(Terminal.oneLine(reason))") }
    if !report.people.isEmpty {
        print("")
        Table(
            ["CONTACT", "SEQUENCE", "MAILS", "OUTCOME", "NEXT", "WHY"],
            rows: report.people.map { person in
                [
                    person.contact, person.sequence, "\(person.mails)", person.outcome.words,
                    person.nextAt.map { "\(person.nextStep ?? "") \(Output.shortTime($0))" } ?? "",
                    person.reason ?? "",
                ]
            }
        ).print()
    }
    if report.held > 0, !isPreview {
        print("\nHeld ones wait for you: purr held. All at once: purr release --all --reason recovered.")
    }
}

extension RecoveryReport.Person.Outcome {
    fileprivate var words: String {
        switch self {
        case .goesOn: "goes on"
        case .held: "held"
        case .finished: "finished"
        case .ended: "ended"
        }
    }
}
