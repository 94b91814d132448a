package import PurrMail
package import PurrStore

extension Commands {
    /// Remembers what a mail to itself showed, for `purr doctor`.
    package func note(probe: ProbeEvidence, of address: EmailAddress) throws {
        try change { transaction in
            let mailbox = try mailbox(address, in: transaction)
            try transaction.setMeta("probe.\(mailbox.id)", Document.text(of: probe))
        }
    }
}

extension Transaction {
    /// What the latest mail of a mailbox to itself showed, as a check noted it.
    package func probeEvidence(of mailbox: MailboxRecord) throws -> ProbeEvidence? {
        try meta("probe.\(mailbox.id)").flatMap { Document.value(ProbeEvidence.self, from: $0) }
    }
}
