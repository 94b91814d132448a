import ArgumentParser
import PurrEngine
import PurrMail
import PurrSequences

struct MailboxSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change a mailbox's limits, signature and sender, without asking its servers.",
        discussion: """
            A new mailbox should begin with few mails a day: --ramp-up 10..50/4w begins with 10, and in equal steps a \
            day reaches 50 after four weeks, which is its limit from then on. It takes effect at once, also beside a \
            daemon that runs.

            A signature is Markdown; {{sender.name}}, {{sender.firstName}}, {{sender.email}} and {{sender.meetingLink}} \
            may stand in it. It stands below each mail that Purr sends, after "-- " in the text. Identity and postal \
            address stand below that, with the way to opt out; without its own, a mailbox has the account's: \
            purr settings set identity "…".

              purr mailbox set kari@example.org --ramp-up 10..50/4w
              purr mailbox set kari@example.org --signature signature.md
              purr mailbox set kari@example.org --identity "Nord AS, org. no. 912 345 678" \\
                --postal-address "Storgata 1, 0155 Oslo, Norway"
              purr mailbox set kari@example.org --no-signature --ramp-up none --limit-day 80
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The mailbox's address.") var address: String
    @Option(help: "The name that recipients see.") var name: String?
    @Option(help: ArgumentHelp("The most mails in 24 hours.", valueName: "n")) var limitDay: Int?
    @Option(help: ArgumentHelp("The most mails in a minute.", valueName: "n")) var limitMinute: Int?
    @Option(
        help: ArgumentHelp("From few mails a day to its limit, as 10..50/4w; or none.", valueName: "ramp"))
    var rampUp: String?
    @Option(
        help: ArgumentHelp("A Markdown file to be put below each mail.", valueName: "file"),
        completion: .file(extensions: ["md"]))
    var signature: String?
    @Flag(help: "Put no signature below mails.") var noSignature = false
    @Option(help: ArgumentHelp("Who writes, below each mail; empty for the account's.", valueName: "text"))
    var identity: String?
    @Option(
        help: ArgumentHelp(
            "Your postal address, below each mail; empty for the account's.", valueName: "text"))
    var postalAddress: String?

    private struct Report: Encodable {
        let address: String
        let limitPerDay: Int
        let limitPerMinute: Int
        @OrNull var rampUp: Ramp?
        @OrNull var signature: String?
        @OrNull var identity: String?
        let postalAddress: String

        struct Ramp: Encodable {
            let firstDay: Int
            let days: Int
        }
    }

    func run() throws {
        let address = try purr.address(address, as: "mailbox address")
        for (text, option) in [
            (name, "--name"), (identity, "--identity"), (postalAddress, "--postal-address"),
        ] {
            guard text.map({ HeaderText($0) != nil }) ?? true else {
                throw CommandError(
                    .usage,
                    "\(option) \(Terminal.quoted(text ?? "")) is not one line; leave out line breaks and control characters."
                )
            }
        }
        var wish = MailboxChange()
        wish.name = name
        wish.limitPerDay = limitDay
        wish.limitPerMinute = limitMinute
        wish.rampUp = rampUp
        wish.identity = identity
        wish.postalAddress = postalAddress
        if let signature {
            guard !noSignature else {
                throw CommandError(.usage, "Give either --signature or --no-signature, not both.")
            }
            let bytes = try contents(of: signature, limit: 1 << 20)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandError(.badData, "\(fileName(signature)) is not UTF-8 text.")
            }
            guard text.contains(where: { !$0.isWhitespace }) else {
                throw CommandError(
                    .badData, "\(fileName(signature)) is empty; to have no signature, give --no-signature.")
            }
            wish.signature = text
        }
        if noSignature { wish.signature = "" }
        let settings = try global.session().commands.setUp(address, wish)
        let limits = settings.limits
        if output.json {
            return try Output.json(
                Report(
                    address: address.text, limitPerDay: limits.perDay, limitPerMinute: limits.perMinute,
                    rampUp: limits.rampUp.map { Report.Ramp(firstDay: $0.first, days: $0.days) },
                    signature: settings.signature, identity: settings.identity,
                    postalAddress: settings.postalAddress))
        }
        let ramp = limits.rampUp.map {
            ", beginning with \($0.first) and growing for \(Output.count($0.days, "day"))"
        }
        print(
            "\(address): at most \(limits.perDay) mails in 24 hours\(ramp ?? ""), \(limits.perMinute) a minute."
        )
        print(settings.signature == nil ? "It has no signature." : "It signs its mails.")
        let foot = [settings.identity, settings.postalAddress].compactMap(\.self).filter { !$0.isEmpty }
        if !foot.isEmpty { printWrapped("Below each mail: \(foot.joined(separator: ", ")).") }
    }
}
