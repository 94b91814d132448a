package import Foundation
package import PurrMail
package import PurrSequences

/// A person written to.
package struct Contact: Sendable, Hashable {
    package let id: ContactID
    package let email: EmailAddress
    package let firstName: String
    package let lastName: String
    package let company: String
    /// An IANA name, or empty.
    package let timeZone: String
    package let properties: [String: String]
    /// Nothing of theirs is left but numbers.
    package let isDeleted: Bool
}

/// What is known of a contact before it is stored.
package struct ContactDetails: Sendable, Hashable {
    package var email: EmailAddress
    package var firstName: String
    package var lastName: String
    package var company: String
    package var timeZone: String
    package var properties: [String: String]

    package init(
        email: EmailAddress, firstName: String = "", lastName: String = "", company: String = "",
        timeZone: String = "", properties: [String: String] = [:]
    ) {
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.company = company
        self.timeZone = timeZone
        self.properties = properties
    }
}

extension Transaction {
    private static let contactColumns =
        "id, email, first_name, last_name, company, time_zone, properties, deleted_at"

    /// Stores a contact, or fills in an existing one: a blank value never erases one that is there.
    ///
    /// - Returns: The contact's id, and whether it is new.
    package func upsert(_ details: ContactDetails, at now: Date) throws -> (id: ContactID, isNew: Bool) {
        let known = try contact(details.email)
        let properties = (known?.properties ?? [:]).merging(details.properties) { $1.isEmpty ? $0 : $1 }
        let id = try row(
            """
            INSERT INTO contact
                   (email, email_key, canonical_key, first_name, last_name, company, time_zone, properties, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (email_key) DO UPDATE
               SET first_name = CASE WHEN excluded.first_name <> '' THEN excluded.first_name ELSE contact.first_name END,
                   last_name  = CASE WHEN excluded.last_name  <> '' THEN excluded.last_name  ELSE contact.last_name  END,
                   company    = CASE WHEN excluded.company    <> '' THEN excluded.company    ELSE contact.company    END,
                   time_zone  = CASE WHEN excluded.time_zone  <> '' THEN excluded.time_zone  ELSE contact.time_zone  END,
                   properties = excluded.properties
            RETURNING id
            """, details.email.text, details.email.key, details.email.canonicalKey, details.firstName,
            details.lastName, details.company, details.timeZone, JSONText.encoded(properties),
            now.milliseconds
        )?.integer(0)
        guard let id else { throw StoreError(.other, "A contact could not be stored.") }
        return (ContactID(rawValue: id), known == nil)
    }

    package func contact(_ id: ContactID) throws -> Contact? {
        try row("SELECT \(Self.contactColumns) FROM contact WHERE id = ?1", id.rawValue).flatMap(
            Contact.init(columns:))
    }

    package func contact(_ email: EmailAddress) throws -> Contact? {
        try row("SELECT \(Self.contactColumns) FROM contact WHERE email_key = ?1", email.key)
            .flatMap(Contact.init(columns:))
    }

    /// The contact with this address or, failing that, the one who has answered from it (spec R2.b).
    package func contact(reachedAt email: EmailAddress) throws -> Contact? {
        if let own = try contact(email) { return own }
        return try row(
            "SELECT contact_id FROM contact_address WHERE address_key = ?1 ORDER BY contact_id LIMIT 1",
            email.key
        ).flatMap { try contact(ContactID(rawValue: $0.integer(0))) }
    }

    /// Contacts by address, a page at a time; deleted ones are left out.
    package func contacts(after email: String = "", limit: Int) throws -> [Contact] {
        try rows(
            """
            SELECT \(Self.contactColumns)
              FROM contact
             WHERE email_key > ?1 AND deleted_at = 0
             ORDER BY email_key
             LIMIT ?2
            """, email, limit
        ).compactMap(Contact.init(columns:))
    }

    package func contactCount() throws -> Int {
        try row("SELECT count(*) FROM contact WHERE deleted_at = 0")?.int(0) ?? 0
    }

    /// Remembers an address that a contact answered from (spec R2.b).
    package func addAddress(_ address: EmailAddress, to contact: ContactID) throws {
        try execute(
            "INSERT INTO contact_address (address_key, contact_id) VALUES (?1, ?2) ON CONFLICT (address_key, contact_id) DO NOTHING",
            address.key, contact.rawValue)
    }

    package func secondAddresses(of contact: ContactID) throws -> [String] {
        try rows(
            "SELECT address_key FROM contact_address WHERE contact_id = ?1 ORDER BY address_key",
            contact.rawValue
        )
        .map { $0.text(0) }
    }

    // MARK: Suppression

    /// Never writes to this address again; the first reason stays.
    ///
    /// - Returns: Whether that was news.
    @discardableResult
    package func suppress(
        _ address: EmailAddress, because reason: EndReason, evidence: String, at now: Date
    ) throws -> Bool {
        try row(
            """
            INSERT INTO suppression (address_key, reason, evidence, at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (address_key) DO NOTHING
            RETURNING at
            """, address.key, reason.rawValue, evidence, now.milliseconds) != nil
    }

    /// Why an address is suppressed, or nil when it is not.
    package func suppression(of address: EmailAddress) throws -> EndReason? {
        try row(
            "SELECT reason FROM suppression WHERE address_key = ?1 OR address_key = ?2", address.key,
            "@\(address.domain)"
        )
        .map { EndReason(rawValue: $0.text(0)) ?? .unsubscribed }
    }

    package func suppressions() throws -> [(address: String, reason: String, at: Date)] {
        try rows("SELECT address_key, reason, at FROM suppression ORDER BY at, address_key")
            .map { ($0.text(0), $0.text(1), $0.instant(2)) }
    }
}

extension Contact {
    fileprivate init?(columns: Columns) {
        guard let email = EmailAddress(columns.text(1)) else { return nil }
        self.init(
            id: ContactID(rawValue: columns.integer(0)), email: email, firstName: columns.text(2),
            lastName: columns.text(3), company: columns.text(4), timeZone: columns.text(5),
            properties: JSONText.decoded([String: String].self, columns.text(6)) ?? [:],
            isDeleted: columns.integer(7) != 0)
    }
}
