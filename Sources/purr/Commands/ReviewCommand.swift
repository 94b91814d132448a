import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences

struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Read mails before they leave, change one, or send yourself a test.",
        discussion: """
            Enroll with --review N, and the first N mails of each enrollment wait until you approve them.

              purr review                          all that wait for approval
              purr review ola@example.com          their next mail, as it would leave
              purr review ola@example.com --step 2 --change nicer.md
              purr review ola@example.com --test-of intro --step 1 --from kari@example.org
              purr approve ola@example.com
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("The contact's address (default: all that waits).", valueName: "email"))
    var email: String?
    @Option(help: ArgumentHelp("Only in this sequence.", valueName: "name")) var sequence: String?
    @Option(help: ArgumentHelp("Another step than the next, from 1.", valueName: "n")) var step: Int?
    @Option(
        help: ArgumentHelp("Replace the step's mail for this contact alone.", valueName: "file.md"),
        completion: .file())
    var change: String?
    @Option(
        help: ArgumentHelp(
            "Send a step of this sequence to yourself, filled for the contact.", valueName: "sequence"))
    var testOf: String?
    @Option(help: ArgumentHelp("The mailbox of the test mail.", valueName: "address")) var from: String?

    func run() throws {
        let session = try global.session()
        if let testOf {
            guard let email, let from else {
                throw CommandError(
                    .usage,
                    "A test mail needs a contact and a mailbox: purr review EMAIL --test-of \(testOf) --from ADDRESS."
                )
            }
            let own = try session.commands.sendTest(
                of: testOf, step: step ?? 1, as: try address(email), from: try address(from, as: "sender"))
            return print(
                "The test mail goes to \(own)\(session.folder.isDaemonRunning ? "" : " as soon as the daemon runs: purr run")."
            )
        }
        if let change {
            guard let email, let step else {
                throw CommandError(
                    .usage, "Say whose mail and which step: purr review EMAIL --step N --change FILE.md.")
            }
            try session.commands.edit(
                try address(email), sequence: sequence, step: step, to: try template(at: change))
            if !output.json { print("Changed for \(email) alone. This is what they get:\n") }
        }
        let mails =
            try email.map {
                try session.commands.plannedMails(to: try address($0), sequence: sequence, step: step)
            } ?? session.commands.mailsToApprove()
        if output.json { return try Output.json(mails) }
        guard !mails.isEmpty else {
            return print(
                email == nil
                    ? "Nothing waits for approval."
                    : "Their next step is no e-mail; see: purr explain \(email ?? "").")
        }
        for (index, mail) in mails.enumerated() {
            if index > 0 { print("") }
            show(mail)
        }
    }

    private func show(_ mail: PlannedMail) {
        let zone = Zone(identifier: mail.zone) ?? .utc
        let when = mail.at.map { " on \(Output.time($0, in: zone)) \(zone)" } ?? ""
        let head =
            "\(mail.contact), step \(mail.step) of \(mail.sequence)\(when)\(mail.isEdited ? ", changed for them" : "")"
        print(Terminal.paint(head, .bold))
        print(
            "From: \(mail.from)\nSubject: \(Terminal.oneLine(mail.subject))\n\n\(Terminal.multiline(mail.text))"
        )
        if mail.needsApproval {
            print(Terminal.paint("It waits for you: purr approve \(mail.contact)", .yellow))
        }
    }
}

struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let mails go that wait for your approval.",
        discussion: """
              purr approve ola@example.com         their next mail
              purr approve ola@example.com --all   every one that was to be approved
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: ArgumentHelp("The contacts' addresses.", valueName: "email")) var emails: [String]
    @Option(help: ArgumentHelp("Only in this sequence.", valueName: "name")) var sequence: String?
    @Flag(help: "Also the later mails that were to be approved.") var all = false

    func run() throws {
        try show(
            global.session().commands.approve(
                emails.map { try address($0) }, sequence: sequence, all: all), output)
    }
}
