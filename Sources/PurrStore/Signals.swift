package import Foundation
package import PurrSequences

/// A form, a page view or a meeting, as it came in.
package struct SignalRecord: Sendable, Hashable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case form, page, meeting }

    package let id: SignalID
    /// What makes it the same signal.
    package let key: String
    package let at: Date
    package let kind: Kind
    package let contact: ContactID?
    /// JSON, opaque here.
    package let document: String
}

extension Transaction {
    private static let signalColumns = "id, key, at, kind, contact_id, document"

    /// Keeps a signal.
    ///
    /// - Returns: Nil when one with this key was kept before.
    package func insertSignal(
        _ kind: SignalRecord.Kind, key: String, at instant: Date, contact: ContactID?, document: String
    ) throws -> SignalID? {
        try row(
            """
            INSERT INTO signal (key, at, kind, contact_id, document) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (key) DO NOTHING
            RETURNING id
            """, key, instant.milliseconds, kind.rawValue, contact?.rawValue ?? 0, document
        ).map { SignalID(rawValue: $0.integer(0)) }
    }

    package func signal(key: String) throws -> SignalRecord? {
        try row("SELECT \(Self.signalColumns) FROM signal WHERE key = ?1", key).flatMap(
            SignalRecord.init(columns:))
    }

    package func signal(_ id: SignalID) throws -> SignalRecord? {
        try row("SELECT \(Self.signalColumns) FROM signal WHERE id = ?1", id.rawValue).flatMap(
            SignalRecord.init(columns:))
    }

    /// A contact's signals, the latest first.
    package func signals(of contact: ContactID, limit: Int = 1_000) throws -> [SignalRecord] {
        try rows(
            """
            SELECT \(Self.signalColumns)
              FROM signal
             WHERE contact_id = ?1
             ORDER BY at DESC, id DESC
             LIMIT ?2
            """, contact.rawValue, limit
        ).compactMap(SignalRecord.init(columns:))
    }
}

extension SignalRecord {
    fileprivate init?(columns: Columns) {
        guard let kind = Kind(rawValue: columns.text(3)) else { return nil }
        self.init(
            id: SignalID(rawValue: columns.integer(0)), key: columns.text(1), at: columns.instant(2),
            kind: kind, contact: columns.integer(4) == 0 ? nil : ContactID(rawValue: columns.integer(4)),
            document: columns.text(5))
    }
}
