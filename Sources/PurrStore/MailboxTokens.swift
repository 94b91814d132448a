package import Foundation
package import PurrSequences

extension Transaction {
    /// The sealed tokens of a mailbox that signs in with an identity provider.
    package func tokens(of mailbox: MailboxID) throws -> [UInt8]? {
        try row("SELECT sealed FROM mailbox_token WHERE mailbox_id = ?1", mailbox.rawValue)?.bytes(0)
    }

    /// Replaces the tokens: providers that rotate refresh tokens accept only the newest.
    package func setTokens(_ sealed: [UInt8], of mailbox: MailboxID, at now: Date) throws {
        try execute(
            """
            INSERT INTO mailbox_token (mailbox_id, sealed, updated_at)
            VALUES (?1, ?2, ?3)
            ON CONFLICT (mailbox_id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
            """, mailbox.rawValue, Data(sealed), now.milliseconds)
    }
}
