package import Foundation
internal import PurrMail

extension Transaction {
    /// As ``upsert(_:at:)``, quick where most contacts are new.
    ///
    /// - Returns: Whether the contact is new.
    package func importContact(_ details: ContactDetails, at now: Date) throws -> Bool {
        let isNew =
            try row(
                """
                INSERT INTO contact
                       (email, email_key, canonical_key, first_name, last_name, company, time_zone, properties, created_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                ON CONFLICT (email_key) DO NOTHING
                RETURNING id
                """, details.email.text, details.email.key, details.email.canonicalKey, details.firstName,
                details.lastName, details.company, details.timeZone,
                details.properties.isEmpty ? "{}" : JSONText.encoded(details.properties), now.milliseconds)
            != nil
        if !isNew { _ = try upsert(details, at: now) }
        return isNew
    }
}
