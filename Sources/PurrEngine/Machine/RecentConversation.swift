internal import Foundation
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// Whether the mailbox itself holds a human exchange with somebody (spec S3.6).
struct RecentConversation {
    let mailbox: MailboxID
    /// The end of the time looked at.
    let now: Date
    /// How many days count as recent.
    var days = 30

    /// When they last wrote to each other, by hand on both sides; nil when not lately.
    func date(with contact: Contact, in transaction: Transaction) throws -> Date? {
        var keys = [contact.email.key]
        if contact.email.canonicalKey != contact.email.key { keys.append(contact.email.canonicalKey) }
        keys += try transaction.secondAddresses(of: contact.id)
        let last = try transaction.lastExchange(with: keys, mailbox: mailbox, before: now)
        return last.flatMap { $0 > now.addingTimeInterval(-Double(days) * 86_400) ? $0 : nil }
    }
}
