package import Foundation
package import PurrSequences

/// The times and sizes a mailbox machine works with, in seconds unless said otherwise.
package struct MachineSettings: Sendable {
    /// Between two passes over all folders while nothing happens (spec R1.3).
    package var pollInterval: TimeInterval = 60
    /// How old the proof that nobody answered may be when a transaction is opened or handed over.
    package var proofLifetime: TimeInterval = 10
    /// How long a server is kept waiting after its 354 while new mail is read.
    package var patience: TimeInterval = 30
    /// Days read back when a folder is first seen (spec R1.4).
    package var readBackDays = 90
    /// Headers fetched at once; 2,000 cost about 15 MB.
    package var sliceSize: UInt32 = 2_000
    /// Messages fetched at once.
    package var bodyBatch = 20
    /// After a failure of the mailbox's servers: the first wait, and the longest.
    package var retryFirst: TimeInterval = 15
    package var retryLongest: TimeInterval = 1_800
    /// When evidence of an unknown outcome is looked for, counted from the send (spec M5.1).
    package var looks: [TimeInterval] = [120, 300, 600, 900]
    /// How long a copy made by the server itself is waited for before we file our own.
    package var filingPatience: TimeInterval = 120
    /// A message is new to an enrollment when it came at most so long before it: clocks differ.
    package var clockSkew: TimeInterval = 600
    /// How old the durable note of the last proof may grow.
    package var heartbeat: TimeInterval = 30
    package var backOff = BackOff()
    /// Makes the links of ours in mails; nil for mails without any.
    package var linkTokens: LinkTokens?
    /// Signs what Purr leaves in the mailbox to know itself by; nil for a machine that leaves nothing and does not
    /// ask whether it is the only one.
    package var marks: MailMarks?
    /// Reads the mailbox to its end, and does nothing else.
    package var isReadingOnly = false

    package init() {}

    /// The same for time that runs faster: real waiting stays what it is, so its virtual length grows.
    ///
    /// - Parameter rate: Virtual seconds in a real one.
    package func scaled(by rate: Double) -> MachineSettings {
        var scaled = self
        scaled.pollInterval = max(pollInterval, rate)
        scaled.proofLifetime = max(proofLifetime, 10 * rate)
        scaled.patience = max(patience, 30 * rate)
        scaled.retryFirst = max(retryFirst, rate)
        scaled.filingPatience = max(filingPatience, 2 * rate)
        scaled.clockSkew = max(clockSkew, 10 * rate)
        scaled.heartbeat = max(heartbeat, rate)
        scaled.looks = looks.enumerated().map { max($1, Double($0 + 1) * rate) }
        return scaled
    }
}

/// What a mailbox is connected with, kept as JSON.
package struct MailboxSettings: Sendable, Hashable, Codable {
    /// One server of the account.
    package struct Server: Sendable, Hashable, Codable {
        package enum Security: String, Sendable, Codable, CaseIterable { case tls, starttls }
        package var host: String
        package var port: Int
        package var security: Security

        package init(host: String, port: Int, security: Security) {
            self.host = host
            self.port = port
            self.security = security
        }
    }

    /// How the login proves itself.
    package enum Authentication: String, Sendable, Codable, CaseIterable {
        case password, xoauth2, oauthbearer
    }

    package var imap: Server
    package var smtp: Server
    package var user: String
    package var authentication = Authentication.password
    /// The private CA that signs the servers' certificates, as PEM; nil for the system's.
    package var certificateAuthority: String?
    package var limits = SendingLimits.standard
    /// Sends once more what stayed unknown, where the server is known to file sent mail (spec M5.2).
    package var sendsUnknownAgain = false
    /// The sender's postal address, for the foot of each mail (spec M1.4).
    package var postalAddress = ""
    /// Who writes, for the foot of each mail, such as a company with its number (spec M1.4).
    package var identity: String?
    /// Below each mail, as Markdown with tokens of the sender; nil for none.
    package var signature: String?

    package init(imap: Server, smtp: Server, user: String) {
        self.imap = imap
        self.smtp = smtp
        self.user = user
    }
}
