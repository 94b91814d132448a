package import Foundation
package import PurrMail
package import PurrSequences

/// A connected mailbox as the database keeps it.
package struct MailboxRecord: Sendable {
    package let id: MailboxID
    package let address: EmailAddress
    package let name: String
    /// JSON, opaque here: servers, user name, private CA, limits.
    package let settings: String
    /// Sealed; the key is not in the database (spec M7.2).
    package let credential: [UInt8]
    package let isPaused: Bool
    /// Why it is paused, for a person.
    package let pauseReason: String
    /// Whether the server files sent mail by itself; nil when nobody has looked.
    package let filesSent: Bool?
    package let failingSince: Date?
    package let failure: String
    /// The last whole pass over all watched folders.
    package let provenAt: Date?
    package let freeAt: Date?
    package let freeWhy: String
    package let leaseEpoch: Int64
    /// The slower pace that the provider asked for; nil while nothing slows the mailbox down.
    package let slowdown: Slowdown?

    /// A slower pace (spec S8.1).
    package struct Slowdown: Sendable, Hashable {
        /// Halvings of the usual pace, at least 1.
        package let level: Int
        /// What the server said when it last asked for it.
        package let why: String
        /// Before then nothing is tried.
        package let until: Date

        package init(level: Int, why: String, until: Date) {
            self.level = level
            self.why = why
            self.until = until
        }
    }

    /// The slowdown whose wait is not over, and that is why the mailbox does not send.
    package func patience(at now: Date) -> Slowdown? {
        slowdown.flatMap { $0.until > now && failure == $0.why ? $0 : nil }
    }
}

/// What is remembered of one folder.
package struct FolderRecord: Sendable, Hashable {
    package let name: FolderName
    package var role: FolderRole
    package var isListed: Bool
    package var isExcluded: Bool
    /// Nil until the folder was first read.
    package var uidValidity: UIDValidity?
    /// The cursor: every UID up to it is accounted for.
    package var readThrough: UID
    /// Why it cannot be read, in the server's words; empty when it can.
    package var refusal: String

    package init(
        name: FolderName, role: FolderRole, isListed: Bool = true, isExcluded: Bool = false,
        uidValidity: UIDValidity? = nil, readThrough: UID = UID(rawValue: 0), refusal: String = ""
    ) {
        self.name = name
        self.role = role
        self.isListed = isListed
        self.isExcluded = isExcluded
        self.uidValidity = uidValidity
        self.readThrough = readThrough
        self.refusal = refusal
    }

    /// Drafts hold nothing that anybody sent; levels without mail are never listed here.
    package var isWatched: Bool { isListed && !isExcluded && role != .drafts }
}

extension Transaction {
    private static let mailboxColumns = """
        id, address, name, settings, credential, state, reason, files_sent, failing_since, failure,
        proven_at, free_at, free_why, lease_epoch, slow_level, slow_why, slow_until
        """

    package func mailboxes() throws -> [MailboxRecord] {
        try rows("SELECT \(Self.mailboxColumns) FROM mailbox ORDER BY id").compactMap(
            MailboxRecord.init(columns:))
    }

    package func mailbox(_ id: MailboxID) throws -> MailboxRecord? {
        try row("SELECT \(Self.mailboxColumns) FROM mailbox WHERE id = ?1", id.rawValue)
            .flatMap(MailboxRecord.init(columns:))
    }

    /// The mailbox that has this address, as its own or as an alias.
    package func mailbox(sending address: EmailAddress) throws -> MailboxRecord? {
        try row(
            """
            SELECT \(Self.mailboxColumns)
              FROM mailbox
             WHERE address_key = ?1
                OR id IN (SELECT mailbox_id FROM mailbox_alias WHERE address_key = ?1)
            """, address.key
        ).flatMap(MailboxRecord.init(columns:))
    }

    package func insertMailbox(
        address: EmailAddress, name: String, settings: String, credential: [UInt8], at now: Date
    ) throws -> MailboxID? {
        try row(
            """
            INSERT INTO mailbox (address, address_key, name, settings, credential, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (address_key) DO NOTHING
            RETURNING id
            """, address.text, address.key, name, settings, Data(credential), now.milliseconds
        ).map { MailboxID(rawValue: $0.integer(0)) }
    }

    package func updateMailbox(_ id: MailboxID, name: String, settings: String, credential: [UInt8]) throws
    {
        try execute(
            "UPDATE mailbox SET name = ?2, settings = ?3, credential = ?4 WHERE id = ?1",
            id.rawValue, name, settings, Data(credential))
    }

    /// Forgets a mailbox's credential, folders and lease; its enrollments and their history stay.
    package func retireMailbox(_ id: MailboxID) throws {
        try execute(
            """
            UPDATE mailbox
               SET state = 'removed', credential = ?2, address_key = address_key || '#' || id,
                   lease_epoch = lease_epoch + 1, lease_owner = ''
             WHERE id = ?1
            """, id.rawValue, Data())
        try execute("DELETE FROM folder WHERE mailbox_id = ?1", id.rawValue)
        try execute("DELETE FROM mailbox_alias WHERE mailbox_id = ?1", id.rawValue)
    }

    package func pauseMailbox(_ id: MailboxID, because reason: String) throws {
        try execute("UPDATE mailbox SET state = 'paused', reason = ?2 WHERE id = ?1", id.rawValue, reason)
    }

    package func resumeMailbox(_ id: MailboxID) throws {
        try execute("UPDATE mailbox SET state = 'on', reason = '' WHERE id = ?1", id.rawValue)
    }

    package func setFilesSent(_ filesSent: Bool, of id: MailboxID) throws {
        try execute(
            "UPDATE mailbox SET files_sent = ?2 WHERE id = ?1", id.rawValue, filesSent ? "yes" : "no")
    }

    /// Notes that the mailbox's servers cannot be used, or (nil) that they can again.
    ///
    /// - Parameter reason: What kind of failure it is; nil where the machine has no name for it.
    package func setFailure(
        _ text: String?, _ reason: MailServerFailure.Reason? = nil, since: Date, of id: MailboxID
    ) throws {
        try execute(
            "UPDATE mailbox SET failing_since = ?2, failure = ?3, failure_reason = ?4 WHERE id = ?1",
            id.rawValue, text == nil ? 0 : since.milliseconds, text ?? "",
            text == nil ? "" : reason?.rawValue ?? "")
    }

    package func setProven(at instant: Date, of id: MailboxID) throws {
        try execute("UPDATE mailbox SET proven_at = ?2 WHERE id = ?1", id.rawValue, instant.milliseconds)
    }

    package func setFree(at instant: Date?, why: String, of id: MailboxID) throws {
        try execute(
            "UPDATE mailbox SET free_at = ?2, free_why = ?3 WHERE id = ?1 AND free_at <> ?2",
            id.rawValue, instant?.milliseconds ?? 0, why)
    }

    /// Notes how much slower the provider wants the mailbox to be; nil for not at all.
    package func setSlowdown(_ slowdown: MailboxRecord.Slowdown?, of id: MailboxID) throws {
        try execute(
            "UPDATE mailbox SET slow_level = ?2, slow_why = ?3, slow_until = ?4 WHERE id = ?1",
            id.rawValue, slowdown?.level ?? 0, slowdown?.why ?? "", slowdown?.until.milliseconds ?? 0)
    }

    /// All addresses of all our mailboxes: mail from them is never a reply (spec R2.c).
    package func ownAddressKeys() throws -> Set<String> {
        Set(
            try rows("SELECT address_key FROM mailbox UNION SELECT address_key FROM mailbox_alias").map {
                $0.text(0)
            })
    }

    package func addAlias(_ address: EmailAddress, to id: MailboxID) throws {
        try execute(
            "INSERT INTO mailbox_alias (address_key, mailbox_id) VALUES (?1, ?2) ON CONFLICT (address_key) DO NOTHING",
            address.key, id.rawValue)
    }

    // MARK: The lease

    /// Takes a mailbox over for one worker, whoever had it, and returns the epoch that its writes must carry.
    package func takeLease(of id: MailboxID, owner: String) throws -> Int64? {
        try row(
            """
            UPDATE mailbox SET lease_owner = ?2, lease_epoch = lease_epoch + 1
             WHERE id = ?1 AND state <> 'removed'
            RETURNING lease_epoch
            """, id.rawValue, owner
        )?.integer(0)
    }

    /// Stops a worker whose mailbox another one has taken over.
    package func checkLease(of id: MailboxID, epoch: Int64) throws {
        let current = try row("SELECT lease_epoch FROM mailbox WHERE id = ?1", id.rawValue)?.integer(0)
        guard current == epoch else {
            throw StoreError(.leaseLost, "Another worker has taken the mailbox over.")
        }
    }

    // MARK: Folders

    package func folders(of mailbox: MailboxID) throws -> [FolderRecord] {
        try rows(
            """
            SELECT wire, role, is_listed, is_excluded, uid_validity, read_through, refusal
              FROM folder
             WHERE mailbox_id = ?1
             ORDER BY wire
            """, mailbox.rawValue
        ).map(FolderRecord.init(columns:))
    }

    /// Stores what is remembered of a folder, but never the user's choice to exclude it.
    package func save(_ folder: FolderRecord, of mailbox: MailboxID) throws {
        try execute(
            """
            INSERT INTO folder (mailbox_id, wire, role, is_listed, uid_validity, read_through, refusal)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (mailbox_id, wire) DO UPDATE
               SET role = excluded.role, is_listed = excluded.is_listed, uid_validity = excluded.uid_validity,
                   read_through = excluded.read_through, refusal = excluded.refusal
            """, mailbox.rawValue, folder.name.wire, folder.role.rawValue, folder.isListed ? 1 : 0,
            Int64(folder.uidValidity?.rawValue ?? 0), Int64(folder.readThrough.rawValue), folder.refusal)
    }

    /// The user's choice to leave a folder out of the watch, or to take it in again.
    ///
    /// - Returns: Whether there is such a folder.
    package func setExcluded(_ isExcluded: Bool, folder: FolderName, of mailbox: MailboxID) throws -> Bool {
        try row(
            "UPDATE folder SET is_excluded = ?3 WHERE mailbox_id = ?1 AND wire = ?2 RETURNING wire",
            mailbox.rawValue, folder.wire, isExcluded ? 1 : 0) != nil
    }
}

extension MailboxRecord {
    fileprivate init?(columns: Columns) {
        guard let address = EmailAddress(columns.text(1)), columns.text(5) != "removed" else { return nil }
        self.init(
            id: MailboxID(rawValue: columns.integer(0)), address: address, name: columns.text(2),
            settings: columns.text(3), credential: columns.bytes(4), isPaused: columns.text(5) == "paused",
            pauseReason: columns.text(6),
            filesSent: columns.text(7).isEmpty ? nil : columns.text(7) == "yes",
            failingSince: columns.optionalInstant(8), failure: columns.text(9),
            provenAt: columns.optionalInstant(10), freeAt: columns.optionalInstant(11),
            freeWhy: columns.text(12),
            leaseEpoch: columns.integer(13),
            slowdown: columns.int(14) == 0
                ? nil
                : Slowdown(
                    level: columns.int(14), why: columns.text(15), until: columns.instant(16)))
    }
}

extension FolderRecord {
    fileprivate init(columns: Columns) {
        let validity = UInt32(clamping: columns.integer(4))
        self.init(
            name: FolderName(wire: columns.text(0)), role: FolderRole(rawValue: columns.text(1)) ?? .other,
            isListed: columns.flag(2), isExcluded: columns.flag(3),
            uidValidity: validity == 0 ? nil : UIDValidity(rawValue: validity),
            readThrough: UID(rawValue: UInt32(clamping: columns.integer(5))), refusal: columns.text(6))
    }
}
