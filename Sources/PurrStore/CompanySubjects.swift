package import Foundation
package import PurrMail
package import PurrSequences

/// A mail of ours to somebody of a company, by what it was about.
package struct KnownSubjectRow: Sendable, Hashable {
    package let enrollment: EnrollmentID
    /// To whom the company was written.
    package let contact: EmailAddress
    package let isOpen: Bool
    package let createdAt: Date
    /// The last mail with that subject.
    package let sentAt: Date
}

// What a company was written, so that a colleague's answer is known by its subject (spec replies R2.7).
extension Transaction {
    /// Notes what somebody was written about.
    ///
    /// A provider's domain is noted like a company's: nobody looks it up.
    func noteSubject(_ subject: String, to recipient: String, of enrollment: EnrollmentID, at instant: Date)
        throws
    {
        let base = baseSubject(subject).lowercased()
        guard !base.isEmpty, let address = EmailAddress(recipient) else { return }
        try execute(
            """
            INSERT INTO company_subject (company, subject, enrollment_id, sent_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (company, subject, enrollment_id) DO UPDATE SET sent_at = excluded.sent_at
             WHERE excluded.sent_at > company_subject.sent_at
            """, "@\(address.domain)", base, enrollment.rawValue, instant.milliseconds)
    }

    /// Which of these companies were ever written to.
    ///
    /// - Parameter companies: Domains with an `@` before them.
    package func known(companies: [String]) throws -> Set<String> {
        var found: Set<String> = []
        for chunk in Chunks(companies) {
            let rows = try rows(
                "SELECT DISTINCT company FROM company_subject WHERE company IN (\(chunk.placeholders))",
                list: chunk.values)
            found.formUnion(rows.map { $0.text(0) })
        }
        return found
    }

    /// Who of a company was written to about something, the latest first.
    ///
    /// - Parameters:
    ///   - company: A domain with an `@` before it.
    ///   - subject: Without what clients put around it, in small letters.
    package func known(subject: String, at company: String, limit: Int = 200) throws -> [KnownSubjectRow] {
        try rows(
            """
            SELECT s.enrollment_id, c.email, e.state, e.created_at, s.sent_at
              FROM company_subject s
              JOIN enrollment e ON e.id = s.enrollment_id
              JOIN contact c ON c.id = e.contact_id
             WHERE s.company = ?1 AND s.subject = ?2
             ORDER BY s.sent_at DESC
             LIMIT ?3
            """, company, subject, limit
        ).compactMap { row in
            EmailAddress(row.text(1)).map {
                KnownSubjectRow(
                    enrollment: EnrollmentID(rawValue: row.integer(0)), contact: $0,
                    isOpen: EnrollmentState(rawValue: row.text(2))?.isOpen ?? false,
                    createdAt: row.instant(3), sentAt: row.instant(4))
            }
        }
    }

    /// Learns by which `Thread-Index` Exchange carries an enrollment's thread (spec replies R2.5).
    ///
    /// - Parameter key: As replies are looked up by.
    package func learn(threadIndex key: String, of enrollment: EnrollmentID) throws {
        try execute(
            """
            INSERT INTO message_id (id_key, enrollment_id, journal_id, kind) VALUES (?1, ?2, 0, 'index')
            ON CONFLICT (id_key, enrollment_id, journal_id) DO NOTHING
            """, key, enrollment.rawValue)
    }
}
