package import Foundation
package import PurrSequences

/// One line of the append-only record of what happened and why (spec S7.3).
package struct Event: Sendable, Hashable {
    /// What happened, in the words that operators search for.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case enrolled, scheduled, prepared, attempted, accepted, delayed, failed, unknown, found, suppressed
        case answered, automatic, bounced, optedOut, complained, noted
        case waiting, held, released, paused, resumed, canceled, finished
        case mailboxAdded, mailboxPaused, mailboxResumed, mailboxFailing, mailboxRecovered
        case folderUnreadable, folderRenumbered, messageUnreadable, filed
        case taskCreated, taskStarted, taskDone, taskSkipped, taskReopened, taskCanceled, sentByHand
        case approved, edited, moved, meetingBooked, noticed, triggered, reclassified
        case copyFound, recovered
    }

    package let at: Date
    package let kind: Kind
    package let mailbox: MailboxID?
    package let enrollment: EnrollmentID?
    /// One sentence for a person.
    package let text: String
    /// Which message, which header, which rule.
    ///
    /// Never a body, never a secret.
    package let evidence: [String: String]

    package init(
        at: Date, _ kind: Kind, mailbox: MailboxID? = nil, enrollment: EnrollmentID? = nil, _ text: String,
        evidence: [String: String] = [:]
    ) {
        self.at = at
        self.kind = kind
        self.mailbox = mailbox
        self.enrollment = enrollment
        self.text = text
        self.evidence = evidence
    }
}

extension Transaction {
    /// Appends one event.
    package func append(_ event: Event) throws {
        try execute(
            """
            INSERT INTO event (at, kind, mailbox_id, enrollment_id, text, evidence)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, event.at.milliseconds, event.kind.rawValue, event.mailbox?.rawValue ?? 0,
            event.enrollment?.rawValue ?? 0, event.text, JSONText.encoded(event.evidence))
    }

    /// Everything that happened to one enrollment, oldest first.
    package func events(of enrollment: EnrollmentID) throws -> [Event] {
        try rows(
            """
            SELECT at, kind, mailbox_id, enrollment_id, text, evidence
              FROM event
             WHERE enrollment_id = ?1
             ORDER BY id
            """, enrollment.rawValue
        ).compactMap(Event.init(columns:))
    }

    /// All events from a time on, oldest first, a page at a time.
    ///
    /// - Parameters:
    ///   - id: The last one seen, 0 at first.
    ///   - contact: Nil for everybody's and what is nobody's.
    package func events(
        after id: Int64, since: Date, contact: ContactID? = nil, limit: Int
    ) throws -> [(id: Int64, event: Event)] {
        try rows(
            """
            SELECT at, kind, mailbox_id, enrollment_id, text, evidence, id
              FROM event
             WHERE id > ?1 AND at >= ?2
               AND (?4 = 0 OR enrollment_id IN (SELECT id FROM enrollment WHERE contact_id = ?4))
             ORDER BY id
             LIMIT ?3
            """, id, since.milliseconds, limit, contact?.rawValue ?? 0
        ).compactMap { row in Event(columns: row).map { (row.integer(6), $0) } }
    }

    /// The latest events, oldest first.
    package func latestEvents(limit: Int) throws -> [Event] {
        try rows(
            """
            SELECT at, kind, mailbox_id, enrollment_id, text, evidence
              FROM event
             ORDER BY id DESC
             LIMIT ?1
            """, limit
        ).compactMap(Event.init(columns:)).reversed()
    }
}

extension Event {
    fileprivate init?(columns: Columns) {
        guard let kind = Kind(rawValue: columns.text(1)) else { return nil }
        self.init(
            at: columns.instant(0), kind,
            mailbox: columns.integer(2) == 0 ? nil : MailboxID(rawValue: columns.integer(2)),
            enrollment: columns.integer(3) == 0 ? nil : EnrollmentID(rawValue: columns.integer(3)),
            columns.text(4), evidence: JSONText.decoded([String: String].self, columns.text(5)) ?? [:])
    }
}

/// JSON as the database keeps it: opaque text with sorted keys.
enum JSONText {
    static func encoded(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    static func decoded<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
        try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
