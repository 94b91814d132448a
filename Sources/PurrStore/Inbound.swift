package import Foundation
package import PurrMail
package import PurrSequences

/// A message that concerns us: kept so that reading it twice changes nothing, and as evidence.
package struct InboundRecord: Sendable {
    package let id: InboundID
    package let folder: FolderName
    package let uidValidity: UIDValidity
    package let uid: UID
    /// As fetched: the fields that judging and matching read.
    package let header: [UInt8]
    package let receivedAt: Date
}

/// What is stored of a message when its header was read.
package struct InboundDraft: Sendable {
    package let key: String
    package let folder: FolderName
    package let uidValidity: UIDValidity
    package let uid: UID
    package let header: [UInt8]
    package let sender: String
    package let subject: String
    package let messageID: String
    package let receivedAt: Date

    package init(
        key: String, folder: FolderName, uidValidity: UIDValidity, uid: UID, header: [UInt8],
        sender: String,
        subject: String, messageID: String, receivedAt: Date
    ) {
        self.key = key
        self.folder = folder
        self.uidValidity = uidValidity
        self.uid = uid
        self.header = header
        self.sender = sender
        self.subject = subject
        self.messageID = messageID
        self.receivedAt = receivedAt
    }
}

/// What the database says of one id of ours.
package struct KnownIDRow: Sendable, Hashable {
    package let enrollment: EnrollmentID
    package let journal: JournalID?
    package let isThreadRoot: Bool
}

/// What the database says of one sender.
package struct KnownSenderRow: Sendable, Hashable {
    package let enrollment: EnrollmentID
    package let isOpen: Bool
    package let createdAt: Date
    package let contactKey: String
}

extension Transaction {
    /// Stores a message whose body is still to be read.
    ///
    /// - Returns: False when the same message was stored before, from whichever folder: then at most its
    ///   place is renewed, if its body is still wanted.
    @discardableResult
    package func insertPending(_ draft: InboundDraft, of mailbox: MailboxID) throws -> Bool {
        let inserted = try row(
            """
            INSERT INTO inbound
                   (mailbox_id, message_key, state, folder, uid_validity, uid, header, sender, subject, message_id,
                    received_at)
            VALUES (?1, ?2, 'pending', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (mailbox_id, message_key) DO NOTHING
            RETURNING id
            """, mailbox.rawValue, draft.key, draft.folder.wire, Int64(draft.uidValidity.rawValue),
            Int64(draft.uid.rawValue), Data(draft.header), draft.sender, draft.subject, draft.messageID,
            draft.receivedAt.milliseconds)
        if inserted != nil { return true }
        try execute(
            """
            UPDATE inbound SET state = 'pending', folder = ?3, uid_validity = ?4, uid = ?5
             WHERE mailbox_id = ?1 AND message_key = ?2 AND state IN ('pending', 'gone')
            """, mailbox.rawValue, draft.key, draft.folder.wire, Int64(draft.uidValidity.rawValue),
            Int64(draft.uid.rawValue))
        return false
    }

    /// Messages of one mailbox whose body is still to be read.
    package func pendingInbound(of mailbox: MailboxID, limit: Int) throws -> [InboundRecord] {
        try rows(
            """
            SELECT id, folder, uid_validity, uid, header, received_at
              FROM inbound
             WHERE mailbox_id = ?1 AND state = 'pending'
             ORDER BY folder, uid
             LIMIT ?2
            """, mailbox.rawValue, limit
        ).map(InboundRecord.init(columns:))
    }

    /// Those of these messages whose body is still to be read.
    package func pendingInbound(
        of mailbox: MailboxID, in folder: FolderName, _ validity: UIDValidity, _ uids: [UID]
    ) throws -> [InboundRecord] {
        var found: [InboundRecord] = []
        for uid in uids {
            found += try rows(
                """
                SELECT id, folder, uid_validity, uid, header, received_at
                  FROM inbound
                 WHERE mailbox_id = ?1 AND state = 'pending' AND folder = ?2 AND uid_validity = ?3 AND uid = ?4
                """, mailbox.rawValue, folder.wire, Int64(validity.rawValue), Int64(uid.rawValue)
            ).map(InboundRecord.init(columns:))
        }
        return found
    }

    package func pendingCount(of mailbox: MailboxID) throws -> Int {
        try row(
            "SELECT count(*) FROM inbound WHERE mailbox_id = ?1 AND state = 'pending'", mailbox.rawValue)?
            .int(0) ?? 0
    }

    /// Records how a message was judged.
    ///
    /// - Parameter judgement: All of it, as a document.
    package func recordJudgement(
        _ id: InboundID, kind: String, rule: String, excerpt: String, judgement: String, at now: Date
    ) throws {
        try execute(
            """
            UPDATE inbound
               SET state = 'judged', kind = ?2, rule = ?3, excerpt = ?4, judgement = ?5, judged_at = ?6
             WHERE id = ?1
            """, id.rawValue, kind, rule, excerpt, judgement, now.milliseconds)
    }

    /// Records that a message left its folder before its body could be read.
    package func recordGone(_ id: InboundID) throws {
        try execute("UPDATE inbound SET state = 'gone' WHERE id = ?1 AND state = 'pending'", id.rawValue)
    }

    /// How many automatic mails of an address came in that time (spec R3.d).
    package func automaticCount(
        from sender: String, of mailbox: MailboxID, since: Date, through: Date
    ) throws -> Int {
        try row(
            """
            SELECT count(*)
              FROM inbound
             WHERE sender = ?1 AND mailbox_id = ?2 AND received_at >= ?3
               AND received_at <= ?4 AND kind IN ('outOfOffice', 'automatic', 'ticket', 'challenge')
            """, sender, mailbox.rawValue, since.milliseconds, through.milliseconds
        )?.int(0) ?? 0
    }

    // MARK: Looking up whose a message is, a few hundred at a time

    /// What is known of these id keys.
    package func known(ids keys: [String]) throws -> [String: [KnownIDRow]] {
        var found: [String: [KnownIDRow]] = [:]
        for chunk in Chunks(keys) {
            let rows = try rows(
                "SELECT id_key, enrollment_id, journal_id FROM message_id WHERE id_key IN (\(chunk.placeholders))",
                list: chunk.values)
            for row in rows {
                let journal = row.integer(2)
                found[row.text(0), default: []].append(
                    KnownIDRow(
                        enrollment: EnrollmentID(rawValue: row.integer(1)),
                        journal: journal == 0 ? nil : JournalID(rawValue: journal),
                        isThreadRoot: journal == 0))
            }
        }
        return found
    }

    /// The enrollments of the contacts that have these addresses: as given, canonical, or answered from before.
    ///
    /// - Parameter keys: Address keys and canonical keys.
    package func known(senders keys: [String]) throws -> [String: [KnownSenderRow]] {
        var found: [String: [KnownSenderRow]] = [:]
        for chunk in Chunks(keys) {
            let places = chunk.placeholders
            let rows = try rows(
                """
                SELECT hit.address_key, e.id, e.state, e.created_at, c.email_key
                  FROM (SELECT email_key AS address_key, id AS contact_id FROM contact WHERE email_key IN (\(places))
                         UNION
                        SELECT canonical_key, id FROM contact WHERE canonical_key IN (\(places))
                         UNION
                        SELECT address_key, contact_id FROM contact_address WHERE address_key IN (\(places))) AS hit
                  JOIN contact c ON c.id = hit.contact_id
                  JOIN enrollment e ON e.contact_id = hit.contact_id
                """, list: chunk.values)
            for row in rows {
                found[row.text(0), default: []].append(
                    KnownSenderRow(
                        enrollment: EnrollmentID(rawValue: row.integer(1)),
                        isOpen: EnrollmentState(rawValue: row.text(2))?.isOpen ?? false,
                        createdAt: row.instant(3),
                        contactKey: row.text(4)))
            }
        }
        return found
    }

    /// The mail of ours that a copy in the mailbox is, by the thread root it carries, newest first.
    package func entries(ofThreadRoot key: String) throws -> [JournalEntry] {
        let ids = try rows("SELECT enrollment_id FROM message_id WHERE id_key = ?1 AND journal_id = 0", key)
        return try ids.flatMap { try journal(of: EnrollmentID(rawValue: $0.integer(0))) }.reversed()
    }
}

/// Keys in portions that a statement can bind, padded to few sizes so that statements are reused.
struct Chunks: Sequence, IteratorProtocol {
    private var rest: ArraySlice<String>

    init(_ keys: [String]) {
        var seen: Set<String> = []
        rest = keys.filter { seen.insert($0).inserted }[...]
    }

    mutating func next() -> (placeholders: String, values: [(any Bindable)?])? {
        guard let last = rest.first else { return nil }
        let taken = rest.prefix(256)
        rest = rest.dropFirst(taken.count)
        let size = taken.count <= 4 ? 4 : taken.count <= 32 ? 32 : 256
        let padded = taken + Array(repeating: last, count: size - taken.count)
        return (Self.placeholders[size] ?? "", padded.map { $0 as (any Bindable)? })
    }

    private static let placeholders = [4, 32, 256].reduce(into: [:]) { texts, size in
        texts[size] = (1...size).map { "?\($0)" }.joined(separator: ", ")
    }
}

extension InboundRecord {
    init(columns: Columns) {
        self.init(
            id: InboundID(rawValue: columns.integer(0)), folder: FolderName(wire: columns.text(1)),
            uidValidity: UIDValidity(rawValue: UInt32(clamping: columns.integer(2))),
            uid: UID(rawValue: UInt32(clamping: columns.integer(3))), header: columns.bytes(4),
            receivedAt: columns.instant(5))
    }
}

extension Transaction {
    /// The enrollments whose thread root begins with that token.
    package func enrollments(withThreadToken token: String) throws -> [EnrollmentID] {
        try rows(
            """
            SELECT DISTINCT enrollment_id
              FROM message_id
             WHERE id_key >= ?1 AND id_key < ?2 AND journal_id = 0
            """, token + "@", token + "A"
        ).map { EnrollmentID(rawValue: $0.integer(0)) }
    }
}
