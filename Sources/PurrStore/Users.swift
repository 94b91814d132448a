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

/// How much belongs to a user.
package struct Belongings: Sendable, Hashable {
    package let mailboxes: Int
    package let sequences: Int
    /// Those that are not over.
    package let enrollments: Int
    /// Those that are not done.
    package let tasks: Int
}

extension Transaction {
    private static let userColumns = "id, name, mailbox_id, zone, meeting_link, digest_minute, digest_at"

    package func users() throws -> [UserRecord] {
        try rows("SELECT \(Self.userColumns) FROM account ORDER BY name").map(UserRecord.init(columns:))
    }

    package func user(_ id: UserID) throws -> UserRecord? {
        try row("SELECT \(Self.userColumns) FROM account WHERE id = ?1", id.rawValue).map(
            UserRecord.init(columns:))
    }

    package func user(named name: String) throws -> UserRecord? {
        try row("SELECT \(Self.userColumns) FROM account WHERE name = ?1", name).map(
            UserRecord.init(columns:))
    }

    package func users(of mailbox: MailboxID) throws -> [UserRecord] {
        try rows(
            "SELECT \(Self.userColumns) FROM account WHERE mailbox_id = ?1 ORDER BY id", mailbox.rawValue
        )
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

    /// What belongs to a user and is still of use.
    package func belongings(of user: UserID) throws -> Belongings {
        func count(_ sql: String) throws -> Int { try row(sql, user.rawValue)?.int(0) ?? 0 }
        return Belongings(
            mailboxes: try count("SELECT count(*) FROM mailbox WHERE owner_id = ?1 AND state <> 'removed'"),
            sequences: try count("SELECT count(*) FROM sequence WHERE owner_id = ?1 AND deleted_at = 0"),
            enrollments: try count(
                "SELECT count(*) FROM enrollment WHERE owner_id = ?1 AND state IN ('active', 'paused', 'held')"
            ),
            tasks: try count(
                "SELECT count(*) FROM task WHERE owner_id = ?1 AND state IN ('open', 'started')"))
    }

    /// Gives all that belongs to a user to another one, what has ended included.
    package func handOver(from user: UserID, to other: UserID) throws {
        for table in ["mailbox", "sequence", "enrollment", "task"] {
            try execute(
                "UPDATE \(table) SET owner_id = ?2 WHERE owner_id = ?1", user.rawValue, other.rawValue)
        }
        try execute(
            """
            INSERT INTO sequence_share (sequence_id, account_id)
            SELECT sequence_id, ?2 FROM sequence_share WHERE account_id = ?1
            ON CONFLICT (sequence_id, account_id) DO NOTHING
            """, user.rawValue, other.rawValue)
    }

    /// Forgets a user, to whom nothing belongs any more.
    package func deleteUser(_ user: UserID) throws {
        try execute("DELETE FROM account WHERE id = ?1", user.rawValue)
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
            id: id, name: name, mailbox: mailbox, zone: zone, meetingLink: meetingLink,
            digestMinute: digestMinute,
            digestAt: nil)
    }

    fileprivate init(columns: Columns) {
        self.init(
            id: UserID(rawValue: columns.integer(0)), name: columns.text(1),
            mailbox: columns.integer(2) == 0 ? nil : MailboxID(rawValue: columns.integer(2)),
            zone: Zone(identifier: columns.text(3)), meetingLink: columns.text(4),
            digestMinute: columns.integer(5) < 0 ? nil : columns.int(5),
            digestAt: columns.optionalInstant(6))
    }
}
