package import Foundation
package import PurrMail
package import PurrSequences

/// A judged message with all that is kept of it.
package struct InboundMessage: Sendable {
    package let id: InboundID
    package let mailbox: MailboxID
    package let folder: FolderName
    /// The fields that judging and matching read.
    package let header: [UInt8]
    /// An address key; empty where none could be read.
    package let sender: String
    package let subject: String
    package let receivedAt: Date
    package let judgedAt: Date?
    package let kind: String
    package let rule: String
    package let excerpt: String
    /// A document; empty for what an older Purr judged.
    package let judgement: String
}

/// Which messages to list.
package struct InboundFilter: Sendable {
    package var kinds: [String] = []
    package var contact: ContactID?
    package var sequence: SequenceID?
    package var mailbox: MailboxID?
    package var since: Date?
    /// Only those that a person has judged otherwise.
    package var isReclassified = false

    package init() {}
}

/// A person's word against a judgement.
package struct Reclassification: Sendable {
    package let id: Int64
    /// Documents.
    package let from: String
    package let to: String
    package let at: Date
}

extension Transaction {
    private static let inboundColumns = """
        i.id, i.mailbox_id, i.folder, i.header, i.sender, i.subject, i.received_at, i.judged_at, i.kind, i.rule,
        i.excerpt, i.judgement
        """

    /// A message that was judged; nil for one that is not known or not read yet.
    package func inboundMessage(_ id: InboundID) throws -> InboundMessage? {
        try row(
            "SELECT \(Self.inboundColumns) FROM inbound i WHERE i.id = ?1 AND i.state = 'judged'",
            id.rawValue
        ).map(InboundMessage.init(columns:))
    }

    /// Judged messages, the latest first.
    ///
    /// - Parameter before: The last one of the page before.
    package func inboundMessages(
        _ filter: InboundFilter, before: InboundMessage? = nil, limit: Int
    ) throws -> [InboundMessage] {
        let kinds = filter.kinds.filter { $0.allSatisfy(\.isLetter) }.map { "'\($0)'" }
        let ofKind = kinds.isEmpty ? "i.kind <> 'own'" : "i.kind IN (\(kinds.joined(separator: ", ")))"
        return try rows(
            """
            SELECT \(Self.inboundColumns)
              FROM inbound i
             WHERE i.state = 'judged' AND \(ofKind)
               AND (?1 = 0 OR i.mailbox_id = ?1)
               AND i.received_at >= ?2
               AND ((?3 = 0 AND ?4 = 0)
                    OR EXISTS (SELECT 1
                                 FROM inbound_match m
                                 JOIN enrollment e ON e.id = m.enrollment_id
                                WHERE m.inbound_id = i.id AND (?3 = 0 OR e.contact_id = ?3)
                                  AND (?4 = 0 OR e.sequence_id = ?4)))
               AND (?5 = 0 OR EXISTS (SELECT 1 FROM reclassification r WHERE r.inbound_id = i.id AND r.undone_at = 0))
               AND (?6 = 0 OR i.received_at < ?7 OR (i.received_at = ?7 AND i.id < ?6))
             ORDER BY i.received_at DESC, i.id DESC
             LIMIT ?8
            """, filter.mailbox?.rawValue ?? 0, filter.since?.milliseconds ?? 0,
            filter.contact?.rawValue ?? 0, filter.sequence?.rawValue ?? 0, filter.isReclassified ? 1 : 0,
            before?.id.rawValue ?? 0, before?.receivedAt.milliseconds ?? 0, limit
        ).map(InboundMessage.init(columns:))
    }

    // MARK: A person's word

    package func reclassify(_ id: InboundID, from: String, to: String, at now: Date) throws {
        try execute(
            "INSERT INTO reclassification (inbound_id, from_judgement, to_judgement, at) VALUES (?1, ?2, ?3, ?4)",
            id.rawValue, from, to, now.milliseconds)
    }

    /// The word that counts, if a person spoke.
    package func reclassification(of id: InboundID) throws -> Reclassification? {
        try row(
            """
            SELECT id, from_judgement, to_judgement, at
              FROM reclassification
             WHERE inbound_id = ?1 AND undone_at = 0
             ORDER BY id DESC
             LIMIT 1
            """, id.rawValue
        ).map {
            Reclassification(id: $0.integer(0), from: $0.text(1), to: $0.text(2), at: $0.instant(3))
        }
    }

    package func setUndone(_ reclassification: Reclassification, at now: Date) throws {
        try execute(
            "UPDATE reclassification SET undone_at = ?2 WHERE id = ?1", reclassification.id,
            now.milliseconds)
    }

    /// The contacts whose enrollments in a sequence ended for that reason, with the company of each.
    ///
    /// - Parameter since: When the message came in that ended them, at the earliest.
    package func ended(in sequence: SequenceID, because reason: EndReason, since: Date) throws -> [(
        contact: ContactID, company: String, email: String
    )] {
        try rows(
            """
            SELECT c.id, c.company, c.email_key
              FROM enrollment e
              JOIN contact c ON c.id = e.contact_id
             WHERE e.sequence_id = ?1 AND e.state = 'unenrolled' AND e.reason = ?2
               AND (?3 = 0
                    OR EXISTS (SELECT 1
                                 FROM inbound i
                                 JOIN inbound_effect x ON x.inbound_id = i.id
                                WHERE x.enrollment_id = e.id AND x.kind = 'ended' AND x.subject = ?2
                                  AND x.undone_at = 0 AND i.received_at >= ?3))
            """, sequence.rawValue, reason.rawValue, max(0, since.milliseconds)
        ).map { (ContactID(rawValue: $0.integer(0)), $0.text(1), $0.text(2)) }
    }
}

extension InboundMessage {
    fileprivate init(columns: Columns) {
        self.init(
            id: InboundID(rawValue: columns.integer(0)), mailbox: MailboxID(rawValue: columns.integer(1)),
            folder: FolderName(wire: columns.text(2)), header: columns.bytes(3), sender: columns.text(4),
            subject: columns.text(5), receivedAt: columns.instant(6), judgedAt: columns.optionalInstant(7),
            kind: columns.text(8), rule: columns.text(9), excerpt: columns.text(10),
            judgement: columns.text(11))
    }
}
