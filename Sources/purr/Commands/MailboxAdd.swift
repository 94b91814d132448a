import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import PurrTransport

struct MailboxAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Connect a mailbox.",
        discussion: """
            Finds the servers by the address (big providers, else DNS), logs in to both, lists the folders that will \
            be watched, and sends one mail to itself to see how the server treats it. When anything fails, nothing \
            is stored. TLS is always verified; there is no switch to trust any certificate.

            The password is asked for, or comes from --password-file or PURR_PASSWORD; never from an argument.

              purr mailbox add kari@gmail.com --name "Kari Nordmann"
              purr mailbox add kari@example.org --user kari --ca company-ca.pem \\
                --imap mail.example.org:993 --smtp mail.example.org:587
              purr mailbox add kari@example.com --provider microsoft365 \\
                --sign-in microsoft --client-id 3c1f… --device
              purr mailbox add kari@gmail.com --update    after a changed password
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The mailbox's own address.") var address: String
    @Option(help: "The name that recipients see.") var name: String?
    @Option(help: ArgumentHelp("The IMAP server.", valueName: "host:port")) var imap: String?
    @Option(help: ArgumentHelp("How TLS begins there.", valueName: "security")) var imapSecurity: Security?
    @Option(help: ArgumentHelp("The submission server.", valueName: "host:port")) var smtp: String?
    @Option(help: ArgumentHelp("How TLS begins there.", valueName: "security")) var smtpSecurity: Security?
    @Option(
        help: ArgumentHelp("The provider, where the domain does not tell.", valueName: "name"),
        completion: .list(Provider.all.map(\.key)))
    var provider: String?
    @Option(help: "The name to log in with (default: the address).") var user: String?
    @Option(
        help: ArgumentHelp("A file with the password in one line.", valueName: "file"), completion: .file())
    var passwordFile: String?
    @Option(
        help: ArgumentHelp("A file with an OAuth 2.0 access token.", valueName: "file"), completion: .file()
    )
    var tokenFile: String?
    @Option(help: ArgumentHelp("How the token is presented.", valueName: "mechanism")) var auth: Mechanism?
    @Option(
        help: ArgumentHelp("The private CA that signs the servers' certificates (PEM).", valueName: "file"),
        completion: .file())
    var ca: String?
    @Option(help: ArgumentHelp("Another address of this mailbox; may be repeated.", valueName: "address"))
    var alias: [String] = []
    @Option(help: ArgumentHelp("Your postal address, for the foot of each mail.", valueName: "text"))
    var postalAddress: String?
    @Option(help: ArgumentHelp("The most mails in 24 hours.", valueName: "n")) var limitDay: Int?
    @Option(help: ArgumentHelp("The most mails in a minute.", valueName: "n")) var limitMinute: Int?
    @OptionGroup(title: "Sign in with a provider") var signIn: SignInOptions
    @Flag(help: "Change a mailbox that is connected; what is not given stays.") var update = false
    @Flag(name: .customLong("no-check"), help: "Store it without trying it.") var isUnchecked = false
    @Flag(name: .customLong("no-probe"), help: "Try both logins, but send no mail to itself.")
    var isUnprobed = false

    enum Security: String, ExpressibleByArgument, CaseIterable {
        case tls, starttls
        var setting: MailboxSettings.Server.Security { self == .tls ? .tls : .starttls }
    }

    enum Mechanism: String, ExpressibleByArgument, CaseIterable {
        case xoauth2, oauthbearer
        var setting: MailboxSettings.Authentication { self == .xoauth2 ? .xoauth2 : .oauthbearer }
    }

    mutating func run() async throws {
        let session = try global.session()
        let address = try purr.address(address, as: "mailbox address")
        if let name { try check(line: name, of: "--name") }
        if let postalAddress { try check(line: postalAddress, of: "--postal-address") }
        if let user { try check(line: user, of: "--user") }
        let aliases = try alias.map { try purr.address($0, as: "alias") }
        let known = try session.commands.checkIsFree(address, aliases: aliases, isUpdate: update)
        let vault = Vault(key: try global.keyFile.key())

        let (settings, provider) = try settings(for: address, known: known)
        let secret: Secret
        var tokens: OAuthTokens?
        if let client = try signIn.client() {
            secret = .signIn(client)
            tokens = try await signIn.tokens(
                client, address: address, user: settings.user, folder: session.folder,
                say: output.json ? { _ in } : { print($0) })
        } else if let known, passwordFile == nil, tokenFile == nil, !isSecretNew {
            secret = try vault.opened(known.credential, for: known.address)
        } else {
            if let provider, !provider.note.isEmpty, !output.json {
                print("\(provider.name) \(provider.note).")
            }
            secret = try SecretSource(
                passwordFile: passwordFile, tokenFile: tokenFile, environment: global.environment
            )
            .secret(for: settings.user)
        }
        let name = name ?? known?.name ?? ""
        var finding = MailboxCheck.Finding()
        if !isUnchecked {
            let endpoints = try settings.endpoints(in: session.folder, ca: ca)
            let credential: Credential
            if let tokens {
                credential = settings.credential(.token(tokens.accessToken))
            } else {
                credential = try await session.credential(
                    of: known?.id, address, settings: settings, secret: secret, vault: vault)
            }
            finding = try await MailboxCheck(
                address: address, name: name, imap: endpoints.imap, smtp: endpoints.smtp,
                credential: credential, provider: provider, isProbing: !isUnprobed,
                line: output.json ? { _, _ in } : { print("\($0.text) \($1)") }
            ).run()
        }
        let oldAliases =
            try known.map { mailbox in try session.store.read { try $0.aliases(of: mailbox.id) } } ?? []
        var connection = MailboxConnection(
            address: address, name: name, settings: settings,
            credential: try vault.sealed(secret, for: address),
            aliases: aliases.isEmpty ? oldAliases.compactMap { EmailAddress($0) } : aliases,
            filesSent: finding.probe?.filesSent)
        connection.tokens = try tokens.map { try vault.sealed($0, for: address) }
        try session.commands.connect(connection, isUpdate: update)
        if let evidence = finding.evidence { try session.commands.note(probe: evidence, of: address) }
        if !finding.folders.isEmpty { try session.commands.note(folders: finding.folders, of: address) }
        if output.json {
            try Output.json(MailboxChecked(address: address.text, isStored: true, finding: finding))
        } else {
            print("\(address) is \(known == nil ? "connected" : "updated").")
        }
    }

    /// Whether an update brings a new password by another way than a file.
    private var isSecretNew: Bool {
        // An update of servers or limits alone asks for no password; one of nothing else is about the password.
        let isOnlyPassword =
            signIn.signIn == nil && name == nil && imap == nil && smtp == nil && provider == nil
            && user == nil && ca == nil
            && alias.isEmpty
            && postalAddress == nil && limitDay == nil && limitMinute == nil
        return isOnlyPassword || !(global.environment["PURR_PASSWORD"] ?? "").isEmpty
    }

    private func check(line: String, of option: String) throws {
        guard HeaderText(line) != nil else {
            throw CommandError(
                .usage,
                "\(option) \(Terminal.quoted(line)) is not one line; leave out line breaks and control characters."
            )
        }
    }

    private func settings(
        for address: EmailAddress, known: MailboxRecord?
    ) throws -> (settings: MailboxSettings, provider: Provider?) {
        let authority = try ca.map(Self.authority)
        if auth == nil, tokenFile != nil {
            throw CommandError(
                .usage, "A token needs --auth xoauth2 (Google, Microsoft) or --auth oauthbearer.")
        }
        let client = try signIn.client()
        guard auth == nil || tokenFile != nil || client != nil else {
            throw CommandError(
                .usage, "--auth is for a token; sign in with --sign-in, or give one with --token-file.")
        }
        for (limit, option) in [(limitDay, "--limit-day"), (limitMinute, "--limit-minute")] {
            guard limit.map({ (1...1_000_000).contains($0) }) ?? true else {
                throw CommandError(.usage, "\(option) should be a number from 1 to 1000000.")
            }
        }
        var settings: MailboxSettings
        var provider: Provider?
        if let known, let old = MailboxSettings(of: known), imap == nil, smtp == nil, self.provider == nil {
            settings = old
            provider = Provider.of(domain: address.domain)
        } else {
            let old = known.flatMap { MailboxSettings(of: $0) }
            let servers = try Servers.find(
                for: address,
                imap: .init(
                    server: imap ?? old?.imap.text,
                    security: imapSecurity?.setting ?? (imap == nil ? old?.imap.security : nil)),
                smtp: .init(
                    server: smtp ?? old?.smtp.text,
                    security: smtpSecurity?.setting ?? (smtp == nil ? old?.smtp.security : nil)),
                provider: self.provider)
            if let origin = servers.origin, !output.json {
                print("Servers \(origin): IMAP \(servers.imap.text), SMTP \(servers.smtp.text)")
            }
            provider = servers.provider
            settings = old ?? MailboxSettings(imap: servers.imap, smtp: servers.smtp, user: address.text)
            settings.imap = servers.imap
            settings.smtp = servers.smtp
            if old == nil { settings.limits = .standard(forDomain: address.domain) }
        }
        if let security = imapSecurity { settings.imap.security = security.setting }
        if let security = smtpSecurity { settings.smtp.security = security.setting }
        if let user { settings.user = user }
        if let authority { settings.certificateAuthority = authority }
        if tokenFile != nil, let auth { settings.authentication = auth.setting }
        if let client { settings.authentication = auth?.setting ?? client.authentication }
        if tokenFile == nil, passwordFile != nil { settings.authentication = .password }
        if let postalAddress { settings.postalAddress = postalAddress }
        if let limitDay { settings.limits.perDay = limitDay }
        if let limitMinute {
            settings.limits.perMinute = limitMinute
            settings.limits.bulkPerMinute = min(settings.limits.bulkPerMinute, limitMinute)
        }
        return (settings, provider)
    }

    /// A private CA's certificates, checked as far as that goes without using them.
    private static func authority(_ path: String) throws -> String {
        let text = String(decoding: try contents(of: path, limit: 1 << 20), as: UTF8.self)
        guard let start = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----", range: start.upperBound..<text.endIndex),
            Data(
                base64Encoded: String(text[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }))?
                .isEmpty == false
        else {
            throw CommandError(
                .badData,
                "\(fileName(path)) holds no certificate of a CA; it should be PEM, with -----BEGIN CERTIFICATE-----."
            )
        }
        return text
    }
}

/// What `mailbox add --json` and `mailbox check --json` print.
struct MailboxChecked: Encodable {
    struct Folder: Encodable {
        let name: String
        let role: FolderRole
        let watched: Bool
    }

    let address: String
    let stored: Bool
    let folders: [Folder]
    @OrNull var probe: Probe.Finding?

    init(address: String, isStored: Bool, finding: MailboxCheck.Finding) {
        self.address = address
        stored = isStored
        folders = finding.folders.map {
            Folder(name: $0.name.description, role: $0.role, watched: $0.isSelectable && $0.role != .drafts)
        }
        probe = finding.probe
    }
}
