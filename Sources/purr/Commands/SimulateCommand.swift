import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrSimulator
import PurrStore

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Show every mail and task of a sequence before anything is sent.",
        discussion: """
            The engine that sends runs on a simulated clock against a simulated mailbox: nothing is sent, nothing is \
            written. Templates, snippets and holiday calendars come from the data folder; templates that are not there, from mail/ \
            or templates/mail/ beside the file. Each contact goes by their own time zone, else by --zone, else by UTC. \
            All mails of a minute show the planned second: limits and the random gaps between two mails are left out, \
            unless you ask for --limits.

            Without --behaviour nobody answers, and each task is done when it falls due. A behaviour file says who does \
            what; * is everybody else, and the delays may be left out:

              ola@example.com: { replies: { step: 2, after: "1 day" } }
              kari@example.com:
                away: { step: 1, until: 2026-12-20 }
                tasks: skipped                # or done, never
                after: "2 hours"              # after the task was made
              info@example.com: { bounces: { step: 1 } }
              "*": { unsubscribes: { step: 3 } }     # or meeting: { step: 2 }

              purr simulate intro.yaml --contacts people.csv --start "2026-12-01 09:00"
              purr simulate intro.yaml --contacts people.csv --start now --zone Europe/Oslo --json
              purr simulate intro.yaml --contacts people.csv --start "monday 09:00" --behaviour who.yaml
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(
        help: "The sequence, a YAML file; - for stdin.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String
    @Option(
        help: ArgumentHelp("The contacts, a CSV file.", valueName: "csv"),
        completion: .file(extensions: ["csv", "txt", "tsv"]))
    var contacts: String
    @Option(help: ArgumentHelp("When the first step goes, as in purr enroll --at.", valueName: "time"))
    var start: String
    @Option(
        help: ArgumentHelp("The clock of contacts without a time zone (default: UTC).", valueName: "iana"))
    var zone: String?
    @Option(
        help: ArgumentHelp("Who answers, bounces, is away; what becomes of tasks.", valueName: "yaml"),
        completion: .file(extensions: ["yaml", "yml"]))
    var behaviour: String?
    @Option(help: ArgumentHelp("The sender (default: your first mailbox).", valueName: "address")) var from:
        String?
    @Flag(help: "Keep the mailbox's limits and random gaps.") var limits = false

    func run() async throws {
        let outside = try Outside(global: global)
        let time = try startTime()
        let name = fileName(file)
        let document = try SequenceFile.read(
            FileText(bytes: contents(of: file), name: name).text, name: name)
        let people = try readContacts()
        let script = try behaviour.map { path in
            let name = fileName(path)
            return try BehaviourFile.read(
                FileText(bytes: contents(of: path), name: name).text, name: name,
                contacts: people.map(\.address),
                steps: document.steps)
        }
        let fallback = try fallbackZone()
        let starts = people.map { person in
            let zone = person.zone ?? fallback
            return (contact: person.address, zone: zone, start: time.instant(in: zone, now: outside.now))
        }
        let sender = try outside.sender(from.map { try address($0, as: "sender") })
        var rehearsal = try Rehearsal(
            sender: sender.address, name: sender.name, meetingLink: sender.meetingLink,
            limits: limits ? sender.limits : .unlimited,
            people: (script?.contacts ?? [:]).mapValues(RehearsedPerson.init),
            others: RehearsedPerson(script?.others ?? Behaviour()),
            began: starts.map(\.start).min() ?? outside.now)
        try outside.copyLibrary(into: rehearsal.store)
        try await load(people, document, named: name, into: &rehearsal)
        let refused = try enroll(starts, in: document.name, of: &rehearsal)
        for line in refused.prefix(20) { Terminal.complain(line) }
        if refused.count > 20 {
            Terminal.complain("… and \(refused.count - 20) more contacts who cannot be enrolled.")
        }
        guard refused.count < starts.count else {
            throw CommandError(.badData, "None of the contacts can be enrolled; the reasons are above.")
        }
        let report = try rehearsal.run()
        if output.json {
            var list = Output.List()
            for step in report.steps { try list.append(step) }
            return list.end()
        }
        RehearsalText(report: report, sequence: document, hasBehaviour: script != nil, hasLimits: limits)
            .print()
    }

    // MARK: What comes in

    private func startTime() throws -> StartTime {
        guard let time = StartTime(start) else {
            throw CommandError(
                .usage,
                "--start \(Terminal.quoted(start)) is no time; write one such as 2026-12-01T09:00+01:00, \"2026-12-01 09:00\" or \"tomorrow 09:00\"."
            )
        }
        return time
    }

    private func fallbackZone() throws -> Zone {
        guard let zone else { return .utc }
        guard let found = Zone(typed: zone) else {
            throw CommandError(
                .usage, "\(Terminal.quoted(zone)) is no time zone; write an IANA name such as Europe/Oslo.")
        }
        return found
    }

    private func readContacts() throws -> [ImportedContact] {
        let name = fileName(contacts)
        var reader = ContactFile(name: name)
        var rows = try reader.feed(contents(of: contacts, limit: 256 << 20)[...])
        rows += try reader.finish()
        var people: [ImportedContact] = []
        var complaints: [String] = []
        for row in rows {
            switch row {
            case .contact(let contact): people.append(contact)
            case .refused(let problem): complaints.append("\(problem)")
            }
        }
        for complaint in complaints.prefix(20) { Terminal.complain(complaint) }
        if complaints.count > 20 {
            Terminal.complain("\(name): … and \(complaints.count - 20) more rows that cannot be used.")
        }
        guard !people.isEmpty else {
            throw CommandError(.badData, "\(name) holds no contact that can be used.")
        }
        return people
    }

    // MARK: Into the rehearsal

    /// The contacts first: their own properties make tokens known.
    private func load(
        _ people: [ImportedContact], _ document: SequenceDocument, named name: String,
        into rehearsal: inout Rehearsal
    ) async throws {
        let commands = rehearsal.commands
        try rehearsal.store.write { transaction in
            for person in people {
                _ = try transaction.importContact(
                    ContactDetails(
                        email: person.address, firstName: person.firstName ?? "",
                        lastName: person.lastName ?? "",
                        company: person.company ?? "", timeZone: person.zone?.identifier ?? "",
                        properties: person.properties), at: commands.now)
            }
        }
        _ = try commands.apply(document, file: name, template: TemplatesBeside(file: file).find)
    }

    /// - Returns: Why contacts cannot be enrolled, a line each.
    private func enroll(
        _ starts: [(contact: EmailAddress, zone: Zone, start: Date)], in sequence: String,
        of rehearsal: inout Rehearsal
    ) throws -> [String] {
        var request = EnrollmentRequest(sequence: sequence, contacts: [], sender: rehearsal.sender)
        request.bulkFrom = starts.count >= request.bulkFrom ? 0 : .max
        var refused: [String] = []
        // Neighbours in the file mostly share a clock, and with it one request.
        var rest = starts[...]
        while let first = rest.first {
            let together = rest.prefix { $0.zone == first.zone && $0.start == first.start }
            rest = rest.dropFirst(together.count)
            request.contacts = together.map(\.contact)
            request.zone = first.zone
            request.start = first.start
            for (_, result) in try rehearsal.commands.enroll(request) {
                if case .refused(_, let text) = result { refused.append(text) }
            }
        }
        return refused
    }
}

extension RehearsedPerson {
    init(_ behaviour: Behaviour) {
        self.init()
        reactions = behaviour.reactions.map { reaction in
            let answer: Answer =
                switch reaction.kind {
                case .replies: .reply
                case .bounces: .bounce
                case .unsubscribes: .unsubscribe
                case .meeting: .meeting
                case .away: .away(until: reaction.until ?? LocalDay(ordinal: 0))
                }
            return Reaction(answer, step: reaction.step, after: reaction.after)
        }
        tasksAfter = behaviour.tasksAfter
        tasks =
            switch behaviour.tasks {
            case .done: .done
            case .skipped: .skipped
            case .never: nil
            }
    }
}
