import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrReplies
import PurrSequences

struct ReplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reply", abstract: "See what came in, and say so where it was read wrongly.",
        subcommands: [ReplyList.self, ReplyShow.self, ReplyReclassify.self])

    @OptionGroup var global: GlobalOptions
}

private let kindNames = Judgement.Kind.allCases.filter { $0 != .own }.map(\.rawValue)

private func messageKind(_ text: String) throws -> Judgement.Kind {
    guard kindNames.contains(text), let kind = Judgement.Kind(rawValue: text) else {
        throw CommandError(
            .usage,
            "\(Terminal.quoted(text)) is no kind of message; kinds are \(kindNames.joined(separator: ", "))."
        )
    }
    return kind
}

struct ReplyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what came in and concerns somebody, the latest first.",
        discussion: """
            KIND is what the message was read as, RUNG how it is known whose it is (1: it names our mail; 8: only \
            by its sender). The rules are in docs/rules.md.

              purr reply list --kind human --since 2026-11-01
              purr reply list --contact ola@example.com --json
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(
        help: ArgumentHelp("Only this kind; may be repeated.", valueName: "kind"),
        completion: .list(kindNames))
    var kind: [String] = []
    @Option(help: ArgumentHelp("Only about this contact.", valueName: "email")) var contact: String?
    @Option(help: ArgumentHelp("Only about this sequence.", valueName: "name")) var sequence: String?
    @Option(help: ArgumentHelp("Only in this mailbox.", valueName: "email")) var mailbox: String?
    @Option(help: ArgumentHelp("Only from this day on.", valueName: "day")) var since: String?
    @Flag(help: "Only those that a person has reclassified.") var reclassified = false
    @Option(help: ArgumentHelp("The most to list.", valueName: "count")) var limit = 100

    func run() throws {
        let session = try global.session()
        guard limit > 0 else {
            throw CommandError(.usage, "--limit should be a number above 0, such as 100.")
        }
        var filter = ReplyFilter()
        filter.kinds = try kind.map { try messageKind($0) }
        filter.contact = try contact.map { try address($0, as: "contact") }
        filter.mailbox = try mailbox.map { try address($0, as: "mailbox") }
        filter.sequence = sequence
        filter.isReclassified = reclassified
        filter.since = try since.map { text in
            guard let day = LocalDay(text) else {
                throw CommandError(
                    .usage, "\(Terminal.quoted(text)) is no day; write it as 2026-11-01.")
            }
            return Output.zone.instant(of: day, second: 0)
        }
        let replies = try session.commands.replies(filter, limit: limit)
        if output.json { return try Output.json(replies) }
        guard !replies.isEmpty else { return print("Nothing has come in.") }
        Table(
            ["ID", "AT", "KIND", "RUNG", "CONTACT", "SEQUENCE", "SUBJECT", "SAYS"],
            rows: replies.map { reply in
                [
                    "\(reply.id)", Output.shortTime(reply.at),
                    reply.kind + (reply.reclassifiedFrom == nil ? "" : "*"),
                    reply.rung.map(String.init) ?? "",
                    reply.contact ?? reply.from, reply.sequence ?? "", reply.subject,
                    reply.excerpt.split(whereSeparator: \.isWhitespace).joined(separator: " "),
                ]
            },
            optional: ["SEQUENCE", "RUNG"],
            colour: { row, column in column == 2 ? colour(of: replies[row].kind) : nil }
        ).print()
        if replies.contains(where: { $0.reclassifiedFrom != nil }) {
            print("* reclassified by hand")
        }
    }

    private func colour(of kind: String) -> Terminal.Colour? {
        switch Judgement.Kind(rawValue: kind) {
        case .human, .calendar: .green
        case .bounce, .complaint, .unsubscribe, .left: .red
        case .challenge, .unreadable: .yellow
        default: .grey
        }
    }
}

struct ReplyShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "See one message: its words, whose it is, what it did, and why.",
        discussion: """
            Only the sender's own words are kept, as plain text; the message itself is in the mailbox.

              purr reply show 12
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The message's number in: purr reply list.") var id: Int64

    func run() throws {
        let details = try global.session().commands.reply(id)
        if output.json { return try Output.json(details) }
        let reply = details.reply
        func line(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            let label = name.padding(toLength: 10, withPad: " ", startingAt: 0)
            print(Terminal.paint(label, .grey) + wrapped(value, after: 10))
        }
        print(Terminal.paint("Message \(reply.id): \(Terminal.oneLine(reply.kind))", .bold))
        line("from", reply.from)
        line("subject", reply.subject)
        line("at", Output.time(reply.at))
        line("in", "\(reply.folder) of \(reply.mailbox)")
        line("rule", reply.rule)
        line("was", reply.reclassifiedFrom.map { "\($0), until a person said otherwise" })
        line("status", details.status)
        line("permanent", details.permanent.map { $0 ? "yes" : "no" })
        line("proof", details.proof)
        line("about", details.recipients.joined(separator: ", "))
        line("back", details.returnDate)
        line("instead", details.standIns.joined(separator: ", "))
        line("id", details.messageId)
        for concerned in reply.concerns {
            line(
                "concerns",
                "\(concerned.contact) in \(concerned.sequence), by rung \(concerned.rung): \(concerned.matchedBy)\(concerned.isOnlyNoted ? " (only noted)" : "")"
            )
        }
        for effect in reply.effects { line("did", effect) }
        if !details.ownText.isEmpty {
            print("")
            for line in details.ownText.split(separator: "\n", omittingEmptySubsequences: false) {
                print("  " + Terminal.oneLine(String(line)))
            }
        }
    }
}

struct ReplyReclassify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reclassify", abstract: "Say what a message is, where it was read wrongly.",
        discussion: """
            What the message did is taken back, and what follows from your word is done. An automatic mail that was \
            read as a person's: the enrollment goes on with what was left of its delay, and a suppression that came \
            from it is lifted. A person's that was read as automatic: the sequence stops. Your word is kept as \
            evidence; --undo takes it back. A mailbox that was paused meanwhile is resumed by: purr mailbox resume.

              purr reply reclassify 12 --as human
              purr reply reclassify 12 --as outOfOffice --back 2026-12-14
              purr reply reclassify 12 --undo
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The message's number in: purr reply list.") var id: Int64
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("What it is: \(kindNames.joined(separator: ", ")).", valueName: "kind"),
        completion: .list(kindNames))
    var kind: String?
    @Option(help: ArgumentHelp("For outOfOffice: the first day back.", valueName: "day")) var back: String?
    @Flag(help: "Take the last word on it back.") var undo = false

    func run() throws {
        let commands = try global.session().commands
        guard undo != (kind != nil) else {
            throw CommandError(
                .usage, "Say either what the message is, with --as KIND, or --undo.")
        }
        guard back == nil || kind == Judgement.Kind.outOfOffice.rawValue else {
            throw CommandError(.usage, "--back goes with --as outOfOffice alone.")
        }
        let day = try back.map { text in
            guard let day = LocalDay(text),
                let date = ReturnDate(year: day.year, month: day.month, day: day.day)
            else {
                throw CommandError(
                    .usage, "\(Terminal.quoted(text)) is no day; write it as 2026-12-14.")
            }
            return date
        }
        let done =
            try kind.map { try commands.reclassify(id, as: messageKind($0), returnDate: day) }
            ?? commands.undoReclassification(of: id)
        if output.json { return try Output.json(done) }
        print("Message \(id) is \(done.to) now, and not \(done.from).")
        for effect in done.reply.effects { print("  " + Terminal.oneLine(effect)) }
    }
}
