package import PurrMail
internal import PurrSequences
package import PurrStore

extension Commands {
    /// Every contact by address, handed out one by one: there may be a million.
    package func contacts(each: (Contact) throws -> Void) throws {
        try look { transaction in
            var last = ""
            while case let page = try transaction.contacts(after: last, limit: 500), !page.isEmpty {
                last = page.last?.email.key ?? ""
                for contact in page { try each(contact) }
            }
        }
    }

    /// One contact with the other addresses they answered from, and why nothing is sent to them, if so.
    package func contact(
        _ email: EmailAddress
    ) throws -> (
        contact: Contact, addresses: [String], suppressed: String?, enrollments: [EnrollmentReport]
    ) {
        try look { transaction in
            guard let contact = try transaction.contact(email) else {
                throw CommandError(.badData, "\(email) is not a contact. See: purr contact list.")
            }
            var reader = try EnrollmentReader(transaction, now: now)
            return (
                contact, try transaction.secondAddresses(of: contact.id),
                try transaction.suppression(of: email)?.rawValue,
                try transaction.enrollments(of: contact.id).map { try reader.report($0) }
            )
        }
    }
}
