package import PurrMail
package import PurrSequences
internal import PurrStore

extension Commands {
    /// The tokens of a mailbox that signs in; nil for one that was never signed in.
    package func tokens(of mailbox: MailboxID, _ address: EmailAddress, in vault: Vault) throws
        -> OAuthTokens?
    {
        guard let sealed = try look({ try $0.tokens(of: mailbox) }) else { return nil }
        return try vault.openedTokens(sealed, for: address)
    }

    /// Keeps new tokens, durably: where the provider rotates refresh tokens, the old ones are worth nothing now.
    package func keep(
        _ tokens: OAuthTokens, of mailbox: MailboxID, _ address: EmailAddress, in vault: Vault
    ) throws {
        let sealed = try vault.sealed(tokens, for: address)
        try change { try $0.setTokens(sealed, of: mailbox, at: now) }
    }
}
