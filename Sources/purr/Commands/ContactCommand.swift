import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrStore

struct ContactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact", abstract: "Import, look at and delete the people you write to.",
        subcommands: [ContactImportCommand.self, ContactList.self, ContactShow.self, ContactDelete.self])

    @OptionGroup var global: GlobalOptions
}

struct ContactImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import contacts from a CSV file.",
        discussion: """
            The header row names the columns: email, firstName, lastName, company, timeZone; others become properties \
            that templates can use. Known contacts are filled in; a blank cell never erases. Rows that cannot be used \
            are named, and the others come in (the exit code is 65 then); --strict takes all or none.

              purr contact import people.csv
              grep -v bounced people.csv | purr contact import -
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The file; - for stdin.", completion: .file(extensions: ["csv", "txt", "tsv"]))
    var file: String
    @Flag(help: "Import nothing unless every row can be used.") var strict = false

    mutating func run() async throws {
        let session = try global.session()
        let source = try RepeatableFile(path: file, scratch: session.folder.path)
        let name = fileName(file)
        let progress = Progress()
        let checked = try session.commands.checkContacts(
            named: name, isStrict: strict, progress: { progress.show("\($0) rows read") },
            nextPiece: source.next)
        try checkSpace(for: checked, in: session.folder)
        try source.rewind()
        let result = try await session.commands.importContacts(
            checked, named: name,
            progress: { progress.show("\($0) of \(checked.usable) contacts imported") },
            // A daemon that waits for its turn looks every tenth of a second at the latest.
            pause: { try await Task.sleep(for: .milliseconds(10)) }, nextPiece: source.next)
        Terminal.progress("")
        for complaint in result.complaints { Terminal.complain(complaint) }
        if result.refused > result.complaints.count {
            Terminal.complain(
                "\(name): … and \(result.refused - result.complaints.count) more rows that cannot be used.")
        }
        if output.json {
            try Output.json(result)
        } else {
            let refused = result.refused == 0 ? "" : "; \(Output.count(result.refused, "row")) left out"
            print("\(Output.count(result.new, "new contact")), \(result.updated) known\(refused).")
        }
        if result.refused > 0 { throw ExitCode(CommandError.Kind.badData.rawValue) }
    }

    /// A disk that fills up half-way would leave half of a big file imported.
    private func checkSpace(for checked: CheckedContactFile, in folder: DataFolder) throws {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, free < checked.spaceNeeded
        else {
            return
        }
        throw CommandError(
            .inputOutput,
            "The disk is full: it has \(free >> 20) MB left, and the import needs about \((checked.spaceNeeded >> 20) + 1) MB. Nothing was imported."
        )
    }

    /// Shows how far it is, a few times a second.
    private final class Progress {
        private var shown = ContinuousClock.now

        func show(_ text: @autoclosure () -> String) {
            guard Terminal.hasProgress, .now - shown > .milliseconds(200) else { return }
            shown = .now
            Terminal.progress(text())
        }
    }
}

struct ContactShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one contact: properties, other addresses, sequences.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The contact's address.") var email: String

    private struct Sheet: Encodable {
        let contact: ContactLine
        let otherAddresses: [String]
        @OrNull var suppressed: String?
        let enrollments: [EnrollmentReport]
    }

    func run() throws {
        let session = try global.session()
        let found = try session.commands.contact(try address(email))
        let line = ContactLine(found.contact)
        if output.json {
            return try Output.json(
                Sheet(
                    contact: line, otherAddresses: found.addresses, suppressed: found.suppressed,
                    enrollments: found.enrollments))
        }
        var rows = [
            ["email", line.email], ["firstName", line.firstName], ["lastName", line.lastName],
            ["company", line.company],
            ["timeZone", line.timeZone],
        ]
        rows += line.properties.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
        if !found.addresses.isEmpty {
            rows.append(["also writes from", found.addresses.joined(separator: ", ")])
        }
        let width = rows.map { Table.width($0[0]) }.max() ?? 0
        for row in rows where !row[1].isEmpty {
            let name = row[0] + String(repeating: " ", count: width - Table.width(row[0]))
            print("\(Terminal.paint(name, .grey))  \(Terminal.oneLine(row[1]))")
        }
        if let reason = found.suppressed {
            print(Terminal.paint("Nothing is sent to them: \(reason).", .yellow))
        }
        if !found.enrollments.isEmpty {
            print("")
            EnrollmentTable.print(found.enrollments)
        }
    }
}
