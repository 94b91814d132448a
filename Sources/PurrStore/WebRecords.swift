package import Foundation
package import PurrSequences

/// What a ``WebMailID`` identifies: a step's mail as its links name it.
package enum WebMailSubject {}
package typealias WebMailID = Identifier<WebMailSubject>

/// Whose mail a link stands in.
package struct WebMail: Sendable, Hashable {
    package let id: WebMailID
    package let enrollment: EnrollmentID
    package let step: StepID
    package let contact: ContactID
}

/// One fetch of a picture or a link of ours, whoever or whatever fetched it.
package struct WebVisit: Sendable, Hashable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case open, click }

    package let mail: WebMailID
    package let kind: Kind
    /// Of the link in its mail; 0 for an open.
    package let position: Int
    package let at: Date
    /// What the client calls itself; at most 300 bytes.
    package let agent: String

    package init(mail: WebMailID, kind: Kind, position: Int, at: Date, agent: String) {
        self.mail = mail
        self.kind = kind
        self.position = position
        self.at = at
        self.agent = agent
    }
}

/// Who may report meetings.
package struct WebSource: Sendable, Hashable {
    package let name: String
    /// Whose payloads and signatures they are.
    package let kind: String
    package let secret: [UInt8]
    package let createdAt: Date

    package init(name: String, kind: String, secret: [UInt8], createdAt: Date) {
        self.name = name
        self.kind = kind
        self.secret = secret
        self.createdAt = createdAt
    }
}

extension Transaction {
    /// The number that a step's links name; the same one for every try of the step.
    package func webMail(of enrollment: EnrollmentID, step: StepID) throws -> WebMailID? {
        try execute(
            """
            INSERT INTO web_mail (enrollment_id, step_id) VALUES (?1, ?2)
            ON CONFLICT (enrollment_id, step_id) DO NOTHING
            """, enrollment.rawValue, step.rawValue)
        return try row(
            "SELECT id FROM web_mail WHERE enrollment_id = ?1 AND step_id = ?2", enrollment.rawValue,
            step.rawValue
        ).map { WebMailID(rawValue: $0.integer(0)) }
    }

    /// Nil for a number that was never given.
    package func webMail(_ id: WebMailID) throws -> WebMail? {
        try row(
            """
            SELECT w.enrollment_id, w.step_id, e.contact_id
              FROM web_mail w
              JOIN enrollment e ON e.id = w.enrollment_id
             WHERE w.id = ?1
            """, id.rawValue
        ).map { row in
            WebMail(
                id: id, enrollment: EnrollmentID(rawValue: row.integer(0)),
                step: StepID(rawValue: row.text(1)), contact: ContactID(rawValue: row.integer(2)))
        }
    }

    /// Where a mail's tracked links lead, by position.
    package func linkTargets(of mail: WebMailID) throws -> [String] {
        try rows("SELECT target FROM web_link WHERE web_mail_id = ?1 ORDER BY position", mail.rawValue)
            .map { $0.text(0) }
    }

    package func linkTarget(of mail: WebMailID, position: Int) throws -> String? {
        try row(
            "SELECT target FROM web_link WHERE web_mail_id = ?1 AND position = ?2", mail.rawValue, position
        ).map { $0.text(0) }
    }

    /// Appends targets; positions that are there keep theirs.
    package func setLinkTargets(_ targets: [String], of mail: WebMailID) throws {
        for (position, target) in targets.enumerated() {
            try execute(
                """
                INSERT INTO web_link (web_mail_id, position, target) VALUES (?1, ?2, ?3)
                ON CONFLICT (web_mail_id, position) DO NOTHING
                """, mail.rawValue, position, target)
        }
    }

    package func append(_ visit: WebVisit) throws {
        try execute(
            "INSERT INTO web_visit (web_mail_id, kind, position, at, agent) VALUES (?1, ?2, ?3, ?4, ?5)",
            visit.mail.rawValue, visit.kind.rawValue, visit.position, visit.at.milliseconds, visit.agent)
    }

    /// How often pictures and links were fetched in all.
    package func visitCount(_ kind: WebVisit.Kind) throws -> Int {
        try row("SELECT count(*) FROM web_visit WHERE kind = ?1", kind.rawValue)?.int(0) ?? 0
    }

    /// What was fetched of one mail, oldest first.
    package func visits(of mail: WebMailID, limit: Int) throws -> [WebVisit] {
        try rows(
            """
            SELECT kind, position, at, agent
              FROM web_visit
             WHERE web_mail_id = ?1
             ORDER BY at, id
             LIMIT ?2
            """, mail.rawValue, limit
        ).compactMap { row in
            WebVisit.Kind(rawValue: row.text(0)).map {
                WebVisit(mail: mail, kind: $0, position: row.int(1), at: row.instant(2), agent: row.text(3))
            }
        }
    }

    /// Adds a source, or gives it another kind and secret.
    package func setWebSource(_ source: WebSource) throws {
        try execute(
            """
            INSERT INTO web_source (name, kind, secret, created_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, secret = excluded.secret
            """, source.name, source.kind, Data(source.secret), source.createdAt.milliseconds)
    }

    package func webSources() throws -> [WebSource] {
        try rows("SELECT name, kind, secret, created_at FROM web_source ORDER BY name").map { row in
            WebSource(
                name: row.text(0), kind: row.text(1), secret: row.bytes(2), createdAt: row.instant(3))
        }
    }

    /// - Returns: Whether there was one of that name.
    package func removeWebSource(_ name: String) throws -> Bool {
        try row("DELETE FROM web_source WHERE name = ?1 RETURNING name", name) != nil
    }
}
