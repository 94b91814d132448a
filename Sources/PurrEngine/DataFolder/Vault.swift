package import Crypto
internal import Foundation
package import PurrMail

/// What a mailbox logs in with.
package enum Secret: Sendable, Hashable {
    case password(String)
    /// An OAuth 2.0 access token that somebody else keeps fresh.
    case token(String)
    /// A sign-in with an identity provider; its tokens are kept apart and renewed.
    case signIn(OAuthClient)
}

/// Seals secrets for the database with a key that is not in it (spec M7.2).
///
/// AES-256-GCM; the mailbox's address is authenticated with it, so a credential moved to another row
/// does not open.
package struct Vault: Sendable {
    private let key: SymmetricKey

    package init(key: SymmetricKey) { self.key = key }

    private struct Document: Codable {
        var password: String?
        var token: String?
        var signIn: OAuthClient?
    }

    package func sealed(_ secret: Secret, for address: EmailAddress) throws(CommandError) -> [UInt8] {
        let document =
            switch secret {
            case .password(let password): Document(password: password)
            case .token(let token): Document(token: token)
            case .signIn(let client): Document(signIn: client)
            }
        return try seal(document, with: address.key)
    }

    package func opened(_ sealed: [UInt8], for address: EmailAddress) throws(CommandError) -> Secret {
        let document = open(sealed, with: address.key, as: Document.self)
        if let password = document?.password { return .password(password) }
        if let token = document?.token { return .token(token) }
        if let client = document?.signIn { return .signIn(client) }
        throw CommandError(
            .configuration,
            "The key does not open the password of \(address). Put the right key file back, or give the password again: purr mailbox add \(address) --update."
        )
    }

    /// Seals an identity provider's tokens.
    package func sealed(_ tokens: OAuthTokens, for address: EmailAddress) throws(CommandError) -> [UInt8] {
        try seal(tokens, with: "tokens \(address.key)")
    }

    package func openedTokens(_ sealed: [UInt8], for address: EmailAddress) throws(CommandError)
        -> OAuthTokens
    {
        guard let tokens = open(sealed, with: "tokens \(address.key)", as: OAuthTokens.self) else {
            throw CommandError(
                .configuration,
                "The key does not open the sign-in of \(address). Put the right key file back, or sign in again: purr mailbox sign-in \(address)."
            )
        }
        return tokens
    }

    /// - Parameter context: Authenticated with the value: sealed for one use, it opens for no other.
    private func seal(_ value: some Encodable, with context: String) throws(CommandError) -> [UInt8] {
        do {
            let plain = try JSONEncoder().encode(value)
            let box = try AES.GCM.seal(plain, using: key, authenticating: Data(context.utf8))
            if let sealed = box.combined { return [UInt8](sealed) }
        } catch {}
        throw CommandError(.software, "The secret could not be encrypted.")
    }

    private func open<Value: Decodable>(_ sealed: [UInt8], with context: String, as type: Value.Type)
        -> Value?
    {
        guard let box = try? AES.GCM.SealedBox(combined: Data(sealed)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Data(context.utf8))
        else { return nil }
        return try? JSONDecoder().decode(type, from: plain)
    }

    /// Seals a text under a label that it belongs to; under another it does not open.
    package func sealed(text: String, for label: String) throws(CommandError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(Data(text.utf8), using: key, authenticating: Data(label.utf8))
            if let sealed = box.combined { return [UInt8](sealed) }
        } catch {}
        throw CommandError(.software, "The secret could not be encrypted.")
    }

    /// - Returns: Nil for what was sealed with another key or label.
    package func openedText(_ sealed: [UInt8], for label: String) -> String? {
        guard let box = try? AES.GCM.SealedBox(combined: Data(sealed)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Data(label.utf8))
        else { return nil }
        return String(decoding: plain, as: UTF8.self)
    }
}
