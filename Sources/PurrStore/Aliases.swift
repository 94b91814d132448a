package import PurrMail
package import PurrSequences

extension Transaction {
    /// The further addresses of one mailbox, in small letters.
    package func aliases(of mailbox: MailboxID) throws -> [String] {
        try rows(
            "SELECT address_key FROM mailbox_alias WHERE mailbox_id = ?1 ORDER BY address_key",
            mailbox.rawValue
        )
        .map { $0.text(0) }
    }

    /// Makes these the further addresses of a mailbox, and no others.
    package func setAliases(_ addresses: [EmailAddress], of mailbox: MailboxID) throws {
        try execute("DELETE FROM mailbox_alias WHERE mailbox_id = ?1", mailbox.rawValue)
        for address in addresses { try addAlias(address, to: mailbox) }
    }
}
