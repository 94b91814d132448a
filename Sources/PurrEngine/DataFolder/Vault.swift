package import Crypto
internal import Foundation
package import PurrMail

/// What a mailbox logs in with.
package enum Secret: Sendable, Hashable {
    case password(String)
    /// An OAuth 2.0 access token.
    case token(String)
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
    }

    package func sealed(_ secret: Secret, for address: EmailAddress) throws(CommandError) -> [UInt8] {
        let document =
            switch secret {
            case .password(let password): Document(password: password)
            case .token(let token): Document(token: token)
            }
        do {
            let plain = try JSONEncoder().encode(document)
            let box = try AES.GCM.seal(plain, using: key, authenticating: Data(address.key.utf8))
            if let sealed = box.combined { return [UInt8](sealed) }
        } catch {}
        throw CommandError(.software, "The password could not be encrypted.")
    }

    package func opened(_ sealed: [UInt8], for address: EmailAddress) throws(CommandError) -> Secret {
        let misfit = CommandError(
            .configuration,
            "The key does not open the password of \(address). Put the right key file back, or give the password again: purr mailbox add \(address) --update."
        )
        guard let box = try? AES.GCM.SealedBox(combined: Data(sealed)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Data(address.key.utf8)),
            let document = try? JSONDecoder().decode(Document.self, from: plain)
        else { throw misfit }
        if let password = document.password { return .password(password) }
        if let token = document.token { return .token(token) }
        throw misfit
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
