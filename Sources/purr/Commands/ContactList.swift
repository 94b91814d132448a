import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrFiles
import PurrStore

/// A contact as `contact list --json` prints it.
struct ContactLine: Encodable {
    let email: String
    let firstName: String
    let lastName: String
    let company: String
    let timeZone: String
    let properties: [String: String]

    init(_ contact: Contact) {
        email = contact.email.text
        firstName = contact.firstName
        lastName = contact.lastName
        company = contact.company
        timeZone = contact.timeZone
        properties = contact.properties
    }
}

/// A contact with what it went through, as `contact list --json` prints it.
private struct ContactSheetLine: Encodable {
    let sheet: ContactSheet

    private enum Keys: String, CodingKey {
        case currentlyInSequence, numberOfSequences, latestSequence, lastEnrolled, lastFinished
        case lastUnenrolled, lastEnded, lastOpened, lastClicked, lastReplied
    }

    func encode(to encoder: any Encoder) throws {
        try ContactLine(sheet.contact).encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        let history = sheet.history
        try container.encode(history.isInSequence, forKey: .currentlyInSequence)
        try container.encode(history.sequences, forKey: .numberOfSequences)
        try container.encode(
            history.latestSequence.isEmpty ? nil : history.latestSequence, forKey: .latestSequence)
        try container.encode(history.enrolled, forKey: .lastEnrolled)
        try container.encode(history.finished, forKey: .lastFinished)
        try container.encode(history.unenrolled, forKey: .lastUnenrolled)
        try container.encode(history.ended, forKey: .lastEnded)
        try container.encode(history.opened, forKey: .lastOpened)
        try container.encode(history.clicked, forKey: .lastClicked)
        try container.encode(history.replied, forKey: .lastReplied)
    }
}

/// Which contacts, by a condition.
struct ContactChoice: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only contacts for whom this holds; see: purr contact list --help.", valueName: "condition"))
    var condition: String?
}

struct ContactList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List contacts by address.",
        discussion: """
            --where takes conditions of the form PROPERTY = != < > <= >= contains VALUE, "is empty" and "is not empty", \
            joined by and, or, not and brackets. Properties: email, firstName, lastName, company, timeZone; \
            currentlyInSequence (true or false), numberOfSequences, latestSequence; lastEnrolled, lastFinished, \
            lastUnenrolled, lastEnded, lastOpened, lastClicked, lastReplied (days such as 2026-11-01, today, yesterday, \
            or a time); and your own. Words compare without regard to case; values with spaces stand in quotes.

              purr contact list --where 'currentlyInSequence = true and lastReplied > 2026-11-01'
              purr contact list --where 'company contains "Nord" and lastEnrolled is empty'
              purr contact list --csv people.csv
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var choice: ContactChoice
    @Option(
        help: ArgumentHelp("Write a table for spreadsheets; - for stdout.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    func run() throws {
        let session = try global.session()
        let query = try choice.condition.map {
            try session.commands.contactQuery($0, in: Output.zone)
        }
        func each(_ body: (ContactSheet) throws -> Void) throws {
            try session.commands.contacts(where: query, in: Output.zone, each: body)
        }
        if let csv { return try write(to: csv, session, each: each) }
        if output.json {
            var list = Output.List()
            try each { try list.append(ContactSheetLine(sheet: $0)) }
            return list.end()
        }
        try show(isFiltered: query != nil, each: each)
    }

    private func show(isFiltered: Bool, each: ((ContactSheet) throws -> Void) throws -> Void) throws {
        // Columns are as wide as the first page needs; nobody reads a million rows by eye.
        var table = Table(["EMAIL", "NAME", "COMPANY", "TIME ZONE", "SEQUENCE"])
        var isHeaded = false
        func flush() {
            guard !table.rows.isEmpty else { return }
            for line in table.lines().dropFirst(isHeaded ? 1 : 0) { print(line) }
            isHeaded = true
            table.rows = []
        }
        try each { sheet in
            let contact = sheet.contact
            let name = [contact.firstName, contact.lastName].filter { !$0.isEmpty }.joined(separator: " ")
            table.rows.append([
                contact.email.text, name, contact.company, contact.timeZone,
                sheet.history.latestSequence
                    + (sheet.history.isInSequence || sheet.history.sequences == 0 ? "" : " (over)"),
            ])
            if table.rows.count >= 1_000 { flush() }
        }
        flush()
        if !isHeaded {
            print(
                isFiltered
                    ? "No contact fits." : "No contacts yet. Import some: purr contact import FILE.csv.")
        }
    }

    /// Built-in properties first, then one's own by name.
    private func write(
        to path: String, _ session: Session, each: ((ContactSheet) throws -> Void) throws -> Void
    ) throws {
        var own: Set<String> = []
        try session.commands.contacts { own.formUnion($0.properties.keys) }
        let builtIn = ContactSheet.builtIn.map(\.name)
        let names = builtIn + own.subtracting(builtIn).sorted()
        let file = try CSVFile(path, columns: names)
        try each { sheet in try file.append(names.map { cell(sheet.value(of: $0)) }) }
        try file.end("contact", isQuiet: output.json)
    }
}

/// A property as a cell.
private func cell(_ value: ContactQuery.Value?) -> CSVWriter.Cell {
    switch value {
    case .text(let text): .text(text)
    case .flag(let flag): .text(flag ? "true" : "false")
    case .number(let number): .number(number)
    case .instant(let instant): cell(instant)
    case nil: .text("")
    }
}
