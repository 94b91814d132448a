package import Foundation
package import PurrMail

/// What alarms are decided from: the state of everything that may need a person.
package struct AlarmFacts: Sendable, Hashable {
    package var now: Date
    package var mailboxes: [Mailbox] = []
    package var held: [Held] = []
    /// When the last backup was made; nil where none is known of.
    package var lastBackup: Date?
    /// Bytes left on the disk that holds the data; nil where that cannot be seen.
    package var freeBytes: Int64?

    package init(now: Date) { self.now = now }

    /// One connected mailbox.
    package struct Mailbox: Sendable, Hashable {
        package let address: String
        package var pause = Pause.none
        package var failure: Failure?
        /// When the first mail that is due was due.
        package var oldestDue: Date?
        /// Until when its limits let nothing leave.
        package var freeAt: Date?
        /// When all of its folders were last known to be read to their end.
        package var provenAt: Date?

        package init(_ address: String) { self.address = address }
    }

    package enum Pause: Sendable, Hashable {
        case none
        /// A pause by hand is no accident.
        case byUser
        /// Purr stopped the mailbox; why, for a person.
        case byPurr(String)
        /// The data may not be the only or the latest ones (spec M5.4); why, for a person.
        case byGuard(String)
    }

    /// Why a mailbox's servers cannot be used.
    package struct Failure: Sendable, Hashable {
        package let since: Date
        package let reason: MailServerFailure.Reason?
        package let text: String
        /// Whether the mailbox signs in with an identity provider, so that only its user can renew the consent.
        package let isSignIn: Bool

        package init(since: Date, reason: MailServerFailure.Reason?, text: String, isSignIn: Bool) {
            self.since = since
            self.reason = reason
            self.text = text
            self.isSignIn = isSignIn
        }
    }

    /// Enrollments of one mailbox that wait for a person for one reason.
    package struct Held: Sendable, Hashable {
        package let address: String
        package let reason: String
        package let count: Int

        package init(address: String, reason: String, count: Int) {
            self.address = address
            self.reason = reason
            self.count = count
        }
    }
}

/// How long a thing may be wrong before it is an alarm; all in seconds but the disk's bytes.
package struct AlarmLimits: Sendable, Hashable, Codable {
    /// A mailbox whose servers cannot be reached.
    package var unreachable: TimeInterval = 30 * 60
    /// A login that is refused: providers refuse some in passing.
    package var loginRefused: TimeInterval = 2 * 60
    /// Work that should have happened.
    package var overdue: TimeInterval = 15 * 60
    /// A backup, where one was made before.
    package var backup: TimeInterval = 7 * 86_400
    /// Bytes of the data's disk that should be free.
    package var freeBytes: Int64 = 500 << 20

    package init() {}

    /// The limits where time runs fast: servers fail in real time.
    ///
    /// Backups are made by the data's own.
    package func scaled(by rate: Double) -> AlarmLimits {
        var limits = self
        limits.unreachable *= rate
        limits.loginRefused *= rate
        limits.overdue *= rate
        return limits
    }
}
