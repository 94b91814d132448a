internal import Foundation
package import PurrMail
internal import PurrSequences
internal import PurrStore

/// What deleting a contact did.
package struct ContactDeletion: Sendable, Hashable, Encodable {
    package let email: String
    /// The sequences that ended with it.
    package let ended: [String]
    /// Nothing is ever sent to the address, also when it is imported again.
    package let isSuppressed: Bool
}

extension Commands {
    /// Deletes contacts: what is under way for them ends, and what is personal is erased (spec S4.1).
    ///
    /// What reports count stays, and so does a suppressed address. There is no way back. All are deleted or none.
    package func deleteContacts(_ emails: [EmailAddress]) throws -> [ContactDeletion] {
        try change { transaction in
            try emails.map { email in
                guard let contact = try transaction.contact(email), !contact.isDeleted else {
                    throw CommandError(.badData, "\(email) is not a contact. See: purr contact list.")
                }
                return try delete(contact, in: transaction)
            }
        }
    }

    private func delete(_ contact: Contact, in transaction: Transaction) throws -> ContactDeletion {
        guard !(try transaction.hasOpenOutcome(contact.id)) else {
            throw CommandError(
                .tryLater,
                "A mail to \(contact.email) is being sent, or its outcome is being looked for; try again in some minutes."
            )
        }
        let isSuppressed = try transaction.suppression(of: contact.email) != nil
        var ended: [String] = []
        for enrollment in try transaction.enrollments(of: contact.id) {
            guard enrollment.state.isOpen else {
                // What holds nobody outlives its sequence's end.
                try transaction.cancelTasks(of: enrollment.id, at: now)
                continue
            }
            guard
                try transaction.unenroll(
                    enrollment.id, because: .contactDeleted, detail: "the contact was deleted", at: now)
            else { continue }
            try transaction.append(
                Event(
                    at: now, .canceled, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                    "The contact was deleted, so nothing more is sent.", evidence: ["by": "hand"]))
            ended.append(try transaction.sequence(enrollment.sequence)?.name ?? "")
        }
        try transaction.cancelRuns(
            contact: contact.id, because: "The contact was deleted.", at: now)
        guard let standIn = EmailAddress("deleted-\(contact.id)@deleted.invalid") else {
            throw CommandError(.software, "The contact could not be deleted.")
        }
        // Among it what the erasure has to find.
        try WrittenMail.placeListed(now: now, in: transaction)
        try transaction.erase(contact, standIn: standIn, at: now)
        return ContactDeletion(email: contact.email.text, ended: ended, isSuppressed: isSuppressed)
    }
}
