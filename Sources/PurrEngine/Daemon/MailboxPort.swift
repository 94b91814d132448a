package import Foundation
package import PurrStore

/// The outside of one mailbox: performs what its machine decides, and waits for news.
///
/// Connections, heartbeats and reconnects are its own affair.
package protocol MailboxPort: Sendable {
    /// Performs one effect; blocks no thread of the shared pool.
    func perform(_ effect: Effect) async -> Outcome

    /// Waits until the mailbox may hold something new, somebody rings, or the time has come.
    ///
    /// - Parameters:
    ///   - isWatching: Whether the mailbox can be read just now; if not, only the time and the bell count.
    ///   - instant: In the engine's time; nil for as long as it takes.
    func wait(until instant: Date?, isWatching: Bool) async -> MailboxNews

    /// Ends the wait under way, or the next one.
    func ring()

    /// Says goodbye to the servers.
    func close() async
}

/// Why a wait ended.
package enum MailboxNews: Hashable, Sendable {
    /// The server said something: look.
    case mail
    /// The time came, or something changed elsewhere.
    case wake
    /// The service is asked to stop.
    case cancelled
}

/// Makes the port of a mailbox from what the database keeps of it.
package protocol MailboxPorts: Sendable {
    func port(for mailbox: MailboxRecord) throws -> any MailboxPort
}
