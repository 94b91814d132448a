/// Why the database could not do what was asked.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        /// Another process holds the write lock for too long.
        case busy
        /// The disk is full.
        case full
        /// The file is damaged, or is no database.
        case damaged
        /// The file was written by a newer Purr.
        case newerSchema
        /// Another worker has taken the mailbox over.
        case leaseLost
        /// The file cannot be opened or written by this user.
        case noAccess
        /// A test stopped the process here.
        case interrupted
        case other
    }

    /// Whether trying again helps.
    package enum Retry: Hashable, Sendable { case later, needsHuman, never }

    package let reason: Reason
    package let text: String

    package init(_ reason: Reason, _ text: String) {
        self.reason = reason
        self.text = text
    }

    package var retry: Retry {
        switch reason {
        case .busy: .later
        case .full, .damaged, .newerSchema, .noAccess, .other: .needsHuman
        case .leaseLost, .interrupted: .never
        }
    }

    package var description: String { text }
}
