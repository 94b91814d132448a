package import Foundation

// What a look at the installation asks of the database.
extension Transaction {
    /// The newest time that was noted of anything; nil in an empty database.
    package func newestNote() throws -> Date? {
        try row(
            """
            SELECT max((SELECT coalesce(max(at), 0) FROM event), (SELECT coalesce(max(proven_at), 0) FROM mailbox))
            """
        ).flatMap { $0.integer(0) > 0 ? $0.instant(0) : nil }
    }

    /// Whether anything is under way that only a daemon carries on.
    package func hasOpenEnrollments() throws -> Bool {
        try row("SELECT id FROM enrollment WHERE state = 'active' LIMIT 1") != nil
    }
}

extension Store {
    /// The number of the schema that this Purr writes, and every open database has.
    package static var schemaVersion: Int { Schema.version }
}
