internal import Foundation

/// What Purr is to an identity provider, and where that provider is asked (RFC 6749 §2, §3).
///
/// The client is the user's own registration: Purr ships no client id.
package struct OAuthClient: Sendable, Hashable, Codable {
    /// For a person: `Google`, `Microsoft`, or the host of another provider.
    package var provider: String
    package var clientID: String
    /// Empty for a public client; Google gives one to desktop clients as well, and does not treat it as secret.
    package var clientSecret: String
    /// Where the user consents; empty where only the device code is offered.
    package var authorizationURL: String
    package var tokenURL: String
    /// RFC 8628; empty where there is none.
    package var deviceURL: String
    package var scopes: [String]
    /// `127.0.0.1` (RFC 8252 §7.3) or `localhost`, which is what Microsoft registers.
    package var redirectHost: String
    /// The private CA of the provider as PEM; nil for the system's authorities.
    package var certificateAuthority: String?

    package init(
        provider: String, clientID: String, clientSecret: String = "", authorizationURL: String,
        tokenURL: String,
        deviceURL: String = "", scopes: [String], redirectHost: String = "127.0.0.1",
        certificateAuthority: String? = nil
    ) {
        self.provider = provider
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.authorizationURL = authorizationURL
        self.tokenURL = tokenURL
        self.deviceURL = deviceURL
        self.scopes = scopes
        self.redirectHost = redirectHost
        self.certificateAuthority = certificateAuthority
    }

    /// Google's endpoints, and the one scope that opens IMAP and SMTP there.
    package static func google(clientID: String, secret: String) -> OAuthClient {
        OAuthClient(
            provider: "Google", clientID: clientID, clientSecret: secret,
            authorizationURL: "https://accounts.google.com/o/oauth2/v2/auth",
            tokenURL: "https://oauth2.googleapis.com/token",
            // Google's device flow grants no mail scope, so it is not offered.
            scopes: ["https://mail.google.com/", "openid", "email"])
    }

    /// Microsoft's endpoints for personal, work and school accounts.
    ///
    /// - Parameter tenant: A directory's id or domain, or `common`.
    package static func microsoft(clientID: String, secret: String, tenant: String = "common")
        -> OAuthClient
    {
        let base = "https://login.microsoftonline.com/\(tenant)/oauth2/v2.0"
        return OAuthClient(
            provider: "Microsoft", clientID: clientID, clientSecret: secret,
            authorizationURL: "\(base)/authorize", tokenURL: "\(base)/token",
            deviceURL: "\(base)/devicecode",
            scopes: [
                "https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send",
                "offline_access", "openid", "email",
            ], redirectHost: "localhost")
    }

    /// The page on which the user consents (RFC 6749 §4.1.1, RFC 7636 §4.3).
    package func consentPage(
        redirect: String, state: String, key: ProofKey, account: String
    ) -> [(name: String, value: String)] {
        [
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirect),
            ("scope", scopes.joined(separator: " ")), ("state", state), ("code_challenge", key.challenge),
            ("code_challenge_method", "S256"), ("login_hint", account),
            // Google gives a refresh token only when asked like this; others ignore both.
            ("access_type", "offline"), ("prompt", "consent"),
        ]
    }

    /// The form that turns a code into tokens (RFC 6749 §4.1.3).
    package func exchange(code: String, redirect: String, key: ProofKey) -> [(name: String, value: String)]
    {
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
            ("code_verifier", key.verifier),
        ] + credentials
    }

    /// The form that renews the access token (RFC 6749 §6).
    package func renewal(of refreshToken: String) -> [(name: String, value: String)] {
        [("grant_type", "refresh_token"), ("refresh_token", refreshToken)] + credentials
    }

    /// The form that begins a device's sign-in (RFC 8628 §3.1).
    package var deviceRequest: [(name: String, value: String)] {
        [("client_id", clientID), ("scope", scopes.joined(separator: " "))]
    }

    /// The form that asks whether the user has consented on another device (RFC 8628 §3.4).
    package func devicePoll(_ deviceCode: String) -> [(name: String, value: String)] {
        [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", deviceCode)]
            + credentials
    }

    private var credentials: [(name: String, value: String)] {
        [("client_id", clientID)] + (clientSecret.isEmpty ? [] : [("client_secret", clientSecret)])
    }
}

extension OAuthClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Provider and client id, never the secret.
    package var description: String { "\(provider) client \(clientID)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["client": description]) }
}
