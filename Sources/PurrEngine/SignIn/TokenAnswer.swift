package import Foundation

/// What a token endpoint answered (RFC 6749 §5, RFC 8628 §3.5).
package enum TokenAnswer: Sendable, Hashable {
    /// - account: Whom the provider says it is, where it says so (an `id_token`).
    case tokens(OAuthTokens, account: String?)
    /// The user has not consented yet.
    case pending
    /// The same, and we ask too often.
    case slowDown
    /// The provider says no.
    case refused(Refusal)
    /// Not an answer of a token endpoint at all: a page, nothing, a server's error. Later may be better.
    case unusable(String)

    /// A provider's no.
    package struct Refusal: Sendable, Hashable {
        /// The code of RFC 6749 §5.2.
        package let code: String
        /// The provider's words, one line, at most 200 characters.
        package let text: String

        package init(code: String, text: String) {
            self.code = code
            self.text = text
        }
    }

    private struct Document: Decodable {
        var access_token: String?
        var refresh_token: String?
        var token_type: String?
        var expires_in: Seconds?
        var id_token: String?
        var error: String?
        var error_description: String?
    }

    /// A number, or a number in quotes, as some providers write it.
    struct Seconds: Decodable {
        let value: Double
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                value = number
            } else {
                value = Double(try container.decode(String.self)) ?? 0
            }
        }
    }

    /// - Parameters:
    ///   - refreshToken: The one that is kept where the answer brings no new one.
    ///   - now: When the answer came.
    package init(status: Int, body: [UInt8], refreshToken: String, now: Date) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(body)) else {
            self = .unusable("it answered \(status) with something that is no JSON")
            return
        }
        if let error = document.error {
            switch error {
            case "authorization_pending": self = .pending
            case "slow_down": self = .slowDown
            case "temporarily_unavailable", "server_error":
                self = .unusable("it answered \(status) (\(Self.line(error)))")
            default:
                self = .refused(
                    Refusal(code: Self.line(error), text: Self.line(document.error_description ?? "")))
            }
            return
        }
        guard (200..<300).contains(status), let token = document.access_token, Self.isSendable(token) else {
            self = .unusable("it answered \(status) without an access token")
            return
        }
        guard document.token_type.map({ $0.lowercased() == "bearer" }) ?? true else {
            self = .unusable("it gave a token that is no bearer token")
            return
        }
        let refresh = document.refresh_token.flatMap { Self.isSendable($0) ? $0 : nil } ?? refreshToken
        // RFC 6749 §5.1 only recommends expires_in; an hour is what the big providers give.
        let life = min(max(document.expires_in?.value ?? 3_600, 1), 86_400 * 90)
        self = .tokens(
            OAuthTokens(
                accessToken: token, refreshToken: refresh, receivedAt: now,
                expiresAt: now.addingTimeInterval(life)),
            account: document.id_token.flatMap(Self.account))
    }

    /// Whom an `id_token` names.
    ///
    /// It came over TLS from the token endpoint itself, which OpenID Connect Core
    /// §3.1.3.7 lets stand for its signature.
    private static func account(in token: String) -> String? {
        struct Claims: Decodable {
            var email: String?
            var preferred_username: String?
            var upn: String?
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Data(base64URL: parts[1]),
            let claims = try? JSONDecoder().decode(Claims.self, from: payload)
        else { return nil }
        return [claims.email, claims.upn, claims.preferred_username].lazy.compactMap { $0 }
            .first { $0.contains("@") }.map(line)
    }

    private static func isSendable(_ token: String) -> Bool {
        !token.isEmpty && token.utf8.count <= 32_768 && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Somebody else's words, fit for a terminal: the first line, without control characters.
    static func line(_ text: String) -> String {
        String(
            text.prefix { !$0.isNewline }.unicodeScalars
                .filter {
                    $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
                }
                .prefix(200).map(Character.init))
    }
}

extension TokenAnswer.Refusal {
    /// One sentence: what happened, and what to do.
    ///
    /// - Parameter signIn: The command that signs in again.
    package func sentence(provider: String, signIn: String) -> String {
        let words = text.isEmpty ? code : "\(code): \(text)"
        return switch code {
        case "invalid_grant", "expired_token":
            "\(provider) no longer accepts the sign-in (\(words)): it was withdrawn, or it has run out. Sign in again: \(signIn)"
        case "access_denied": "The sign-in was declined at \(provider) (\(words)). Try again: \(signIn)"
        case "invalid_client", "unauthorized_client":
            "\(provider) does not know this client (\(words)). Check --client-id and --client-secret-file against the app that you registered there."
        case "invalid_scope":
            "\(provider) does not give this client access to mail (\(words)). Allow it in the app that you registered there."
        default: "\(provider) refuses the sign-in (\(words))."
        }
    }
}
