import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore

struct MailboxSignIn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in", abstract: "Sign a mailbox in again, or for the first time, with OAuth 2.0.",
        discussion: """
            For a mailbox whose consent was withdrawn or has run out, or that logged in with a password so far. \
            Nothing else of the mailbox changes, and what waited for the sign-in goes on.

              purr mailbox sign-in kari@example.org
              purr mailbox sign-in kari@example.org --device
              purr mailbox sign-in kari@gmail.com --sign-in google --client-id 123.apps.googleusercontent.com \\
                --client-secret-file google-secret.txt
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The mailbox's address.") var address: String
    @OptionGroup var options: SignInOptions

    mutating func run() async throws {
        let session = try global.session()
        let mailbox = try session.commands.mailbox(try purr.address(address))
        guard var settings = MailboxSettings(of: mailbox) else {
            throw CommandError(
                .badData, "The settings of \(mailbox.address) are damaged; connect it again with --update.")
        }
        let vault = Vault(key: try global.keyFile.key())
        var known: OAuthClient?
        if case .signIn(let client)? = try? vault.opened(mailbox.credential, for: mailbox.address) {
            known = client
        }
        guard let client = try options.client(knownAs: known) else {
            throw CommandError(
                .usage,
                "\(mailbox.address) has never signed in with a provider; say which: --sign-in google|microsoft|other --client-id ID."
            )
        }
        if settings.authentication == .password { settings.authentication = client.authentication }
        let say: (String) -> Void = output.json ? { _ in } : { print($0) }
        let tokens = try await options.tokens(
            client, address: mailbox.address, user: settings.user, folder: session.folder, say: say)
        let endpoints = try settings.endpoints(in: session.folder)
        let finding = try await MailboxCheck(
            address: mailbox.address, name: mailbox.name, imap: endpoints.imap, smtp: endpoints.smtp,
            credential: settings.credential(.token(tokens.accessToken)),
            provider: Provider.of(domain: mailbox.address.domain), isProbing: false,
            line: output.json ? { _, _ in } : { print("\($0.text) \($1)") }
        ).run()
        let aliases = try session.store.read { try $0.aliases(of: mailbox.id) }.compactMap {
            EmailAddress($0)
        }
        var connection = MailboxConnection(
            address: mailbox.address, name: mailbox.name, settings: settings,
            credential: try vault.sealed(.signIn(client), for: mailbox.address), aliases: aliases)
        connection.tokens = try vault.sealed(tokens, for: mailbox.address)
        try session.commands.connect(connection, isUpdate: true)
        if output.json {
            try Output.json(MailboxChecked(address: mailbox.address.text, isStored: true, finding: finding))
        } else {
            print("\(mailbox.address) is signed in.")
        }
    }
}

extension OAuthClient {
    /// Google and Microsoft speak their own XOAUTH2; others the standard (RFC 7628).
    var authentication: MailboxSettings.Authentication {
        ["Google", "Microsoft"].contains(provider) ? .xoauth2 : .oauthbearer
    }
}
