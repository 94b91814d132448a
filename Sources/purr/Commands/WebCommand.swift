import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrStore
import PurrTransport

struct WebCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web", abstract: "The web front: opting out by one click, tracking, forms, meetings.",
        discussion: """
            Off until it is set up. purr run then listens on 127.0.0.1, for a reverse proxy with a certificate to pass \
            requests on to; docs/web.md shows one.

              purr web set --public-url https://go.example.org
              purr web check
              purr web set --site https://www.example.org
              purr web source add kari-cal --kind cal.com --secret-file secret.txt
              purr web status
            """,
        subcommands: [WebSet.self, WebCheck.self, WebStatus.self, WebSource.self])

    @OptionGroup var global: GlobalOptions
}

struct WebSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set the web front up, and switch it on or off.",
        discussion: """
            A daemon that runs follows within a second. Another public URL has to pass purr web check anew.

              purr web set --public-url https://go.example.org --port 8025
              purr web set --site https://www.example.org
              purr web set --off
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Where the world reaches it; empty for nowhere.", valueName: "url"))
    var publicUrl: String?
    @Option(help: "The port to listen at (8025 until it is set).") var port: Int?
    @Option(
        help: ArgumentHelp("The address to listen at (127.0.0.1 until it is set).", valueName: "address"))
    var listen: String?
    @Option(
        help: ArgumentHelp("A site whose forms and pages may report; may be repeated.", valueName: "origin")
    )
    var site: [String] = []
    @Option(help: ArgumentHelp("A site that may no more; may be repeated.", valueName: "origin"))
    var removeSite: [String] = []
    @Flag(help: "Listen no more.") var off = false

    func run() throws {
        var change = WebChange()
        change.isOn = !off
        change.host = listen
        change.port = port
        change.publicURL = publicUrl
        change.addedOrigins = site
        change.removedOrigins = removeSite
        let commands = try global.session().commands
        let settings = try commands.setUpWeb(change)
        if output.json { return try Output.json(try commands.webReport()) }
        guard settings.isOn else { return print("The web front is off.") }
        print("purr run listens at \(settings.host):\(settings.port).")
        if let url = settings.publicURL, settings.passedAt == nil {
            print("\(url) is to pass its self-test yet: purr web check, while purr run runs.")
        }
    }
}

struct WebCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "See whether the public URL leads to this Purr.",
        discussion: """
            Asks a question through the public URL that only a daemon with this data folder's key can answer, once by \
            GET and once by POST. Mails carry https links and tracking once it has passed, and no more when it fails.

              purr web check
              purr web check --ca internal-ca.pem
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Trust these certificates instead of the system's.", valueName: "file"))
    var ca: String?

    private struct Report: Encodable {
        let publicURL: String
        let hasPassed: Bool
        @OrNull var problem: String?
    }

    func run() throws {
        let session = try global.session()
        guard let url = try session.store.read({ try $0.webSettings() }).publicURL else {
            throw CommandError(
                .configuration, "There is no public URL yet; give one: purr web set --public-url https://…."
            )
        }
        if let ca { _ = try contents(of: ca) }
        let problem = PublicURLTest(url: url, tokens: LinkTokens(key: try global.keyFile.key()), ca: ca)
            .run().problem
        guard try session.commands.noteWebCheck(of: url, hasPassed: problem == nil) else {
            throw CommandError(.tryLater, "The public URL was changed meanwhile; check again.")
        }
        if output.json {
            try Output.json(Report(publicURL: url.text, hasPassed: problem == nil, problem: problem))
            if problem != nil { throw ExitCode(CommandError.Kind.unavailable.rawValue) }
            return
        }
        if let problem { throw CommandError(.unavailable, problem) }
        print("\(url) leads here.")
        if !url.isSecure { print("It is no https address, so mails do not offer the one-click post.") }
    }
}

struct WebStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the web front is set up and what came in.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = try global.session().commands.webReport()
        if output.json { return try Output.json(report) }
        let url = report.publicURL.map { url in
            report.passedAt.map { "\(url) (passed its self-test \(Output.shortTime($0)))" }
                ?? "\(url) (to pass its self-test yet: purr web check)"
        }
        let none = "none"
        for (name, value) in [
            (
                "listens",
                report.isOn ? "\(report.host):\(report.port), while purr run runs" : "no (purr web set)"
            ),
            ("public URL", url ?? none),
            ("sites", report.origins.isEmpty ? none : report.origins.joined(separator: ", ")),
            ("meeting sources", report.sources.isEmpty ? none : report.sources.joined(separator: ", ")),
            (
                "tracking",
                report.trackingSequences.isEmpty ? none : report.trackingSequences.joined(separator: ", ")
            ),
            ("fetched", "\(Output.count(report.opens, "picture")), \(Output.count(report.clicks, "link"))"),
        ] {
            print(filled(name, to: 17) + wrapped(value, after: 17))
        }
    }
}

struct WebSource: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Who may report meetings.",
        subcommands: [WebSourceAdd.self, WebSourceList.self, WebSourceRemove.self])

    @OptionGroup var global: GlobalOptions
}

struct WebSourceAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Let a scheduling service report meetings, or change its secret.",
        discussion: """
            The service posts to PUBLIC-URL/m/NAME and signs with the secret, which is sealed before it is kept.

              purr web source add kari-cal --kind cal.com --secret-file secret.txt
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The last part of its address: small letters, digits, hyphens.") var name: String
    @Option(help: "cal.com or calendly.") var kind: String
    @Option(
        help: ArgumentHelp("A file with the secret that it signs with, one line.", valueName: "file"),
        completion: .file())
    var secretFile: String

    func run() throws {
        guard let kind = MeetingSource(rawValue: kind) else {
            let names = MeetingSource.allCases.map(\.rawValue).joined(separator: " or ")
            throw CommandError(.usage, "--kind should be \(names), not \(Terminal.quoted(kind)).")
        }
        let source = SecretSource(passwordFile: secretFile, environment: [:])
        guard case .password(let secret) = try source.secret(for: name) else {
            throw CommandError(.badData, "\(fileName(secretFile)) holds no secret.")
        }
        let added = try global.session().commands.setMeetingSource(
            name, kind, secret: secret, vault: Vault(key: try global.keyFile.key()))
        print("\(name) may report meetings: let it post to \(added.postsTo).")
    }
}

struct WebSourceList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the scheduling services that may report meetings.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let sources = try global.session().commands.meetingSources()
        if output.json { return try Output.json(sources) }
        guard !sources.isEmpty else {
            return print(
                "No meeting sources. Add one: purr web source add NAME --kind cal.com --secret-file FILE.")
        }
        Table(
            ["NAME", "KIND", "POSTS TO", "SINCE"],
            rows: sources.map { [$0.name, $0.kind, $0.postsTo, Output.shortTime($0.since)] }
        ).print()
    }
}

struct WebSourceRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take no more reports from it.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Its name.") var name: String

    func run() throws {
        try global.session().commands.removeMeetingSource(name)
        print("\(name) may report no more.")
    }
}
