import ArgumentParser
import Foundation
import PurrEngine
import PurrStore
import PurrMail
import PurrSequences

struct EnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll", abstract: "Start contacts on a sequence.",
        discussion: """
            Each contact gets a line: enrolled, or why not. The exit code is 65 when nobody could be enrolled. \
            Times: 2026-12-01T09:00:00+01:00, or on the clock of the contact's zone: "2026-12-01 09:00", 14:30, \
            tomorrow, "tomorrow 09:00", "monday 09:00", "in 2 hours".

              purr enroll intro ola@example.com --from kari@example.org
              purr enroll intro ola@example.com --from kari@example.org --at "monday 09:00"
              purr enroll intro --file people.csv --from kari@example.org
              purr enroll intro --where 'company = Nord and lastEnrolled is empty' --from kari@example.org
              purr enroll intro ola@example.com --from kari@example.org --review 1
              purr enroll intro ola@example.com --from kari@example.org --as Kari

            --as says whose the tasks are (default: the mailbox's owner), and whose sequences there are to choose from.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The sequence's name.") var sequence: String
    @Argument(help: ArgumentHelp("The contacts' addresses.", valueName: "email")) var emails: [String] = []
    @Option(
        help: ArgumentHelp(
            "Import the contacts of a CSV file and enroll them all; - for stdin.", valueName: "csv"),
        completion: .file(extensions: ["csv", "txt", "tsv"]))
    var file: String?
    @OptionGroup var choice: ContactChoice
    @Option(help: ArgumentHelp("The mailbox to send from, or an alias of it.", valueName: "address"))
    var from: String
    @Option(
        help: ArgumentHelp("The clock to go by (default: the contact's, else yours).", valueName: "iana"))
    var zone: String?
    @Option(help: ArgumentHelp("When the first step goes (default: now).", valueName: "time")) var at:
        String?
    @Option(help: ArgumentHelp("The first step to run, from 1.", valueName: "n")) var step = 1
    @Option(help: ArgumentHelp("Doing it twice with the same key does it once.", valueName: "key"))
    var idempotencyKey = ""
    @Flag(help: "Also those who have been through the sequence before.") var again = false
    @Flag(help: "Also those with whom the mailbox has lately exchanged mail.") var evenIfRecent = false
    @Option(help: ArgumentHelp("How many days back an exchange counts as recent.", valueName: "days"))
    var recentDays = 30
    @Option(help: ArgumentHelp("The first n mails of each wait until you approve them.", valueName: "n"))
    var review = 0
    @Option(
        help: ArgumentHelp("Another mail for a step, for these contacts alone.", valueName: "n=file.md"),
        completion: .file())
    var edit: [String] = []
    @OptionGroup var viewer: ViewerOptions

    private struct Line: Encodable {
        let contact: String
        /// `enrolled`, `known` (by its idempotency key) or `refused`.
        let result: String
        @OrNull var reason: String?
        @OrNull var detail: String?
        @OrNull var enrollment: Int64?
        @OrNull var startsAt: Date?
        @OrNull var zone: String?
    }

    func run() async throws {
        let session = try global.session()
        guard [!emails.isEmpty, file != nil, choice.condition != nil].count(where: { $0 }) == 1 else {
            throw CommandError(
                .usage,
                "Whom? Give addresses, a file of contacts (--file people.csv) or a condition (--where …), one of them."
            )
        }
        var request = EnrollmentRequest(
            sequence: sequence, contacts: [], sender: try address(from, as: "sender"))
        if let zone {
            guard let found = Zone(typed: zone) else {
                throw CommandError(
                    .usage,
                    "\(Terminal.quoted(zone)) is no time zone; write an IANA name such as Europe/Oslo.")
            }
            request.zone = found
        }
        if let at {
            guard let time = StartTime(at) else {
                throw CommandError(
                    .usage,
                    "--at \(Terminal.quoted(at)) is no time; write one such as 2026-12-01T09:00+01:00, \"2026-12-01 09:00\" or \"tomorrow 09:00\"."
                )
            }
            // A day of grace for zones; what is meant for the past is a slip.
            guard
                time.instant(in: request.zone ?? Output.zone, now: session.now)
                    > session.now.addingTimeInterval(-86_400)
            else {
                throw CommandError(.usage, "--at \(Terminal.quoted(at)) is in the past.")
            }
            request.wallStart = time
        }
        request.defaultZone = Output.zone
        request.firstStep = step
        request.idempotencyKey = idempotencyKey
        request.isAgain = again
        request.isRecentWelcome = evenIfRecent
        request.recentDays = max(0, recentDays)
        request.review = max(0, review)
        request.user = viewer.name
        for change in edit {
            let parts = change.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[0]) else {
                throw CommandError(
                    .usage,
                    "--edit \(Terminal.quoted(change)) should name a step and a file, as in --edit 1=hello-ola.md."
                )
            }
            request.edits[number] = try template(at: String(parts[1]))
        }
        if let file { return try await enrollFile(file, request, session) }
        if let condition = choice.condition { return try await enrollChosen(condition, request, session) }

        var lines: [Line] = []
        for email in emails {
            if let contact = EmailAddress(email) {
                if !request.contacts.contains(where: { $0.key == contact.key }) {
                    request.contacts.append(contact)
                }
            } else {
                lines.append(
                    Line(
                        contact: email, result: "refused", reason: "invalidAddress",
                        detail: "\(Terminal.quoted(email)) is not an e-mail address."))
            }
        }
        lines = try session.commands.enroll(request).map(line) + lines
        let isEverybodyRefused = lines.allSatisfy { $0.result == "refused" }
        if output.json {
            try Output.json(lines)
        } else if !(isEverybodyRefused && lines.count == 1) {
            show(lines, now: session.now)
        }
        guard isEverybodyRefused else { return }
        throw CommandError(
            .badData,
            lines.count == 1
                ? lines[0].detail ?? "Not enrolled." : "Nobody was enrolled; the reasons are above.")
    }

    /// Imports a file's contacts, then enrolls them a few hundred at a time, a line for each.
    private func enrollFile(_ file: String, _ request: EnrollmentRequest, _ session: Session) async throws {
        let source = try RepeatableFile(path: file, scratch: session.folder.path)
        let name = fileName(file)
        let checked = try session.commands.checkContacts(named: name, nextPiece: source.next)
        try source.rewind()
        let imported = try await session.commands.importContacts(
            checked, named: name,
            progress: { Terminal.progress("\($0) of \(checked.usable) contacts imported") },
            pause: { try await Task.sleep(for: .milliseconds(10)) }, nextPiece: source.next)
        Terminal.progress("")
        for complaint in imported.complaints { Terminal.complain(complaint) }
        try source.rewind()
        let printer = ManyPrinter(of: checked.usable, isJSON: output.json)
        try await session.commands.enrollFile(
            request, named: name, isBulk: checked.usable >= request.bulkFrom,
            pause: { try await Task.sleep(for: .milliseconds(5)) }, nextPiece: source.next
        ) { results in
            try printer.add(results.map(line)) { show($0, now: session.now) }
        }
        try printer.end()
    }

    /// Enrolls the contacts that a condition holds for, a few hundred at a time, a line for each.
    private func enrollChosen(
        _ condition: String, _ request: EnrollmentRequest, _ session: Session
    ) async throws {
        let query = try session.commands.contactQuery(condition, in: Output.zone)
        // Chosen before the first is enrolled: a condition may be about who is in a sequence.
        var chosen: [EmailAddress] = []
        try session.commands.contacts(where: query, in: Output.zone) { chosen.append($0.contact.email) }
        guard !chosen.isEmpty else { throw CommandError(.badData, "No contact fits the condition.") }
        var request = request
        if chosen.count >= request.bulkFrom { request.bulkFrom = 0 }
        let printer = ManyPrinter(of: chosen.count, isJSON: output.json)
        for start in stride(from: 0, to: chosen.count, by: 500) {
            request.contacts = Array(chosen[start..<min(start + 500, chosen.count)])
            let results = try session.commands.enroll(request)
            try printer.add(results.map(line)) { show($0, now: session.now) }
            try await Task.sleep(for: .milliseconds(5))
        }
        try printer.end()
    }

    /// Prints what came of many contacts as it comes.
    private final class ManyPrinter {
        private let total: Int
        private let isJSON: Bool
        private var list = Output.List()
        private var enrolled = 0
        private var refused = 0
        private var done = 0

        init(of total: Int, isJSON: Bool) {
            self.total = total
            self.isJSON = isJSON
        }

        func add(_ lines: [Line], show: ([Line]) -> Void) throws {
            enrolled += lines.count { $0.result == "enrolled" }
            refused += lines.count { $0.result == "refused" }
            done += lines.count
            if isJSON {
                for line in lines { try list.append(line) }
            } else {
                show(lines)
            }
            Terminal.progress("\(done) of \(total) contacts")
        }

        func end() throws {
            Terminal.progress("")
            if isJSON {
                list.end()
            } else {
                print("\(enrolled) of \(Output.count(done, "contact")) enrolled.")
            }
            guard refused == done else { return }
            throw CommandError(.badData, "Nobody was enrolled; the reasons are above.")
        }
    }

    private func line(_ one: (contact: EmailAddress, result: EnrollmentResult)) -> Line {
        switch one.result {
        case .enrolled(let id, let zone, let start):
            Line(
                contact: one.contact.text, result: "enrolled", enrollment: id.rawValue, startsAt: start,
                zone: zone.identifier)
        case .known(let id):
            Line(
                contact: one.contact.text, result: "known",
                detail: "was enrolled with this idempotency key before",
                enrollment: id.rawValue)
        case .refused(let reason, let text):
            Line(contact: one.contact.text, result: "refused", reason: reason.rawValue, detail: text)
        }
    }

    private func show(_ lines: [Line], now: Date) {
        let width = lines.map { Table.width($0.contact) }.max() ?? 0
        for line in lines {
            let contact =
                Terminal.oneLine(line.contact)
                + String(repeating: " ", count: max(0, width - Table.width(line.contact)))
            switch line.result {
            case "enrolled":
                let zone = line.zone.flatMap { Zone(identifier: $0) } ?? .utc
                let isNow = line.startsAt.map { $0 <= now.addingTimeInterval(1) } ?? true
                let when =
                    isNow ? "now" : "\(line.startsAt.map { Output.time($0, in: zone) } ?? "") \(zone)"
                print("\(Terminal.paint("✓", .green)) \(contact)  enrolled; step \(step) goes \(when)")
            case "known": print("\(Terminal.paint("✓", .green)) \(contact)  \(line.detail ?? "")")
            default: print("\(Terminal.paint("✗", .red)) \(contact)  \(line.detail ?? "")")
            }
        }
    }
}
