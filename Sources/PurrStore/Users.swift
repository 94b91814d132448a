package import Foundation
package import PurrSequences

/// A person who works with Purr.
package struct UserRecord: Sendable, Hashable {
    package let id: UserID
    package let name: String
    /// Where their digest and reminders are sent from and to.
    package let mailbox: MailboxID?
    /// Nil for UTC.
    package let zone: Zone?
    package let meetingLink: String
    /// The minute of the day of the digest; nil for none.
    package let digestMinute: Int?
    package let digestAt: Date?
}

extension Transaction {
    private static let userColumns = "id, name, mailbox_id, zone, meeting_link, digest_minute, digest_at"

    package func users() throws -> [UserRecord] {
        try rows("SELECT \(Self.userColumns) FROM account ORDER BY name").map(UserRecord.init(columns:))
    }

    package func user(_ id: UserID) throws -> UserRecord? {
        try row("SELECT \(Self.userColumns) FROM account WHERE id = ?1", id.rawValue).map(UserRecord.init(columns:))
    }

    package func user(named name: String) throws -> UserRecord? {
        try row("SELECT \(Self.userColumns) FROM account WHERE name = ?1", name).map(UserRecord.init(columns:))
    }

    package func users(of mailbox: MailboxID) throws -> [UserRecord] {
        try rows("SELECT \(Self.userColumns) FROM account WHERE mailbox_id = ?1 ORDER BY id", mailbox.rawValue)
            .map(UserRecord.init(columns:))
    }

    /// The user whom a mailbox belongs to.
    package func owner(of mailbox: MailboxID) throws -> UserRecord? {
        try row(
            """
            SELECT \(Self.userColumns) FROM account WHERE id = (SELECT owner_id FROM mailbox WHERE id = ?1)
            """, mailbox.rawValue
        ).map(UserRecord.init(columns:))
    }

    /// - Returns: Nil when the name is taken.
    package func insertUser(_ name: String, mailbox: MailboxID?, at now: Date) throws -> UserID? {
        try row(
            """
            INSERT INTO account (name, mailbox_id, created_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (name) DO NOTHING
            RETURNING id
            """, name, mailbox?.rawValue ?? 0, now.milliseconds
        ).map { UserID(rawValue: $0.integer(0)) }
    }

    package func update(_ user: UserRecord) throws {
        try execute(
            """
            UPDATE account
               SET name = ?2, mailbox_id = ?3, zone = ?4, meeting_link = ?5, digest_minute = ?6, digest_at = ?7
             WHERE id = ?1
            """, user.id.rawValue, user.name, user.mailbox?.rawValue ?? 0, user.zone?.identifier ?? "",
            user.meetingLink, user.digestMinute ?? -1, user.digestAt?.milliseconds ?? 0)
    }

    package func setDigest(of user: UserID, at instant: Date) throws {
        try execute("UPDATE account SET digest_at = ?2 WHERE id = ?1", user.rawValue, instant.milliseconds)
    }

    package func setOwner(_ user: UserID, of mailbox: MailboxID) throws {
        try execute("UPDATE mailbox SET owner_id = ?2 WHERE id = ?1", mailbox.rawValue, user.rawValue)
    }
}

extension UserRecord {
    package init(
        id: UserID, name: String, mailbox: MailboxID?, zone: Zone?, meetingLink: String, digestMinute: Int?
    ) {
        self.init(
            id: id, name: name, mailbox: mailbox, zone: zone, meetingLink: meetingLink, digestMinute: digestMinute,
            digestAt: nil)
    }

    fileprivate init(columns: Columns) {
        self.init(
            id: UserID(rawValue: columns.integer(0)), name: columns.text(1),
            mailbox: columns.integer(2) == 0 ? nil : MailboxID(rawValue: columns.integer(2)),
            zone: Zone(identifier: columns.text(3)), meetingLink: columns.text(4),
            digestMinute: columns.integer(5) < 0 ? nil : columns.int(5), digestAt: columns.optionalInstant(6))
    }
}
