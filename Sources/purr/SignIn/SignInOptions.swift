import ArgumentParser
import Foundation
import PurrEngine
import PurrMail
import PurrTransport

/// How a mailbox signs in with an identity provider.
struct SignInOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Sign in with OAuth 2.0: google, microsoft, or other (with --authorization-url and --token-url).",
            valueName: "provider"), completion: .list(["google", "microsoft", "other"]))
    var signIn: String?
    @Option(help: ArgumentHelp("The client id of the app that you registered there.", valueName: "id"))
    var clientId: String?
    @Option(
        help: ArgumentHelp("A file with the client's secret, where it has one.", valueName: "file"),
        completion: .file())
    var clientSecretFile: String?
    @Option(help: ArgumentHelp("The Microsoft directory (default: common).", valueName: "id")) var tenant:
        String?
    @Option(help: ArgumentHelp("Another provider's page for consent.", valueName: "url"))
    var authorizationUrl: String?
    @Option(help: ArgumentHelp("Another provider's token endpoint.", valueName: "url")) var tokenUrl:
        String?
    @Option(help: ArgumentHelp("Another provider's device endpoint.", valueName: "url")) var deviceUrl:
        String?
    @Option(help: ArgumentHelp("What to ask for; may be repeated.", valueName: "scope")) var scope:
        [String] = []
    @Option(
        help: ArgumentHelp("The private CA of the provider (PEM).", valueName: "file"), completion: .file())
    var identityCa: String?
    @Flag(help: "Consent on another device: for machines without a browser.") var device = false
    @Option(
        help: ArgumentHelp("The loopback port the browser comes back to (default: any).", valueName: "n"))
    var port: Int = 0

    /// The client that the options describe; nil when no sign-in is asked for.
    func client(knownAs known: OAuthClient? = nil) throws -> OAuthClient? {
        guard (0...65_535).contains(port) else {
            throw CommandError(.usage, "--port should be 0 to 65535.")
        }
        guard let signIn else {
            guard clientId == nil, clientSecretFile == nil, tokenUrl == nil, authorizationUrl == nil else {
                throw CommandError(
                    .usage,
                    "Say with whom to sign in: --sign-in google, --sign-in microsoft or --sign-in other.")
            }
            return known
        }
        guard let id = clientId ?? known?.clientID, !id.isEmpty else {
            throw CommandError(
                .usage,
                "A sign-in needs --client-id: register an app with the provider and give its client id; docs/ says how for Google and Microsoft."
            )
        }
        let secret = try clientSecretFile.map { path in
            try SecretSource(passwordFile: path, tokenFile: nil, environment: [:]).line(of: path)
        }
        var client: OAuthClient
        switch signIn.lowercased() {
        case "google", "gmail": client = .google(clientID: id, secret: secret ?? known?.clientSecret ?? "")
        case "microsoft", "microsoft365", "outlook":
            client = .microsoft(clientID: id, secret: secret ?? "", tenant: try checkedTenant())
        case "other":
            guard let tokenUrl, authorizationUrl != nil || deviceUrl != nil else {
                throw CommandError(
                    .usage,
                    "--sign-in other needs --token-url, and --authorization-url or --device-url: the provider's documentation has them."
                )
            }
            client = OAuthClient(
                provider: HTTPRequest(.get, tokenUrl).hostName, clientID: id, clientSecret: secret ?? "",
                authorizationURL: authorizationUrl ?? "", tokenURL: tokenUrl, deviceURL: deviceUrl ?? "",
                scopes: scope)
        default:
            throw CommandError(
                .usage, "--sign-in \(Terminal.quoted(signIn)) is not known; say google, microsoft or other."
            )
        }
        if !scope.isEmpty { client.scopes = scope }
        if let identityCa {
            client.certificateAuthority = String(
                decoding: try contents(of: identityCa, limit: 1 << 20), as: UTF8.self)
        }
        for url in [client.authorizationURL, client.tokenURL, client.deviceURL] where !url.isEmpty {
            guard HTTPRequest(.get, url).isAllowed else {
                throw CommandError(
                    .usage,
                    "\(Terminal.quoted(url)) is no URL for a sign-in; it has to begin with https://.")
            }
        }
        return client
    }

    private func checkedTenant() throws -> String {
        let tenant = tenant ?? "common"
        guard !tenant.isEmpty,
            tenant.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
        else { throw CommandError(.usage, "--tenant should be a directory's id or domain.") }
        return tenant
    }

    /// Asks for the person's consent.
    func tokens(
        _ client: OAuthClient, address: EmailAddress, user: String, folder: DataFolder,
        say: @escaping (String) -> Void
    ) async throws -> OAuthTokens {
        let caFile = try client.certificateAuthority.map { try folder.authorityFile($0) }
        let signIn = SignIn(
            client: client, address: address, user: user,
            endpoint: TokenEndpoint(client: client, caFile: caFile),
            port: port,
            // The person has to see it before they can do it, also through a pipe.
            say: {
                say($0)
                fflush(nil)
            })
        return try await device ? signIn.byDevice() : signIn.byBrowser()
    }
}
