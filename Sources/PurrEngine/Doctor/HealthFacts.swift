package import Foundation
package import PurrMail

/// What was seen of an installation; what it means is ``findings``.
package struct HealthFacts: Sendable {
    /// The machine's clock when the looking began.
    package var now: Date
    /// Nobody else was asked.
    package var isOffline = false
    package var clock = Clock()
    package var zones = Zones()
    package var disk: Disk?
    package var files: [FileRights] = []
    package var key = Key()
    package var database = Database()
    package var daemon = Daemon()
    package var web: Web?
    package var mailboxes: [Mailbox] = []
    package var domains: [Domain] = []

    package init(now: Date) { self.now = now }

    /// What the machine's clock can be held against.
    package struct Clock: Sendable {
        /// A time that somebody else gave, beside ours at that moment.
        package struct Reading: Sendable {
            /// Such as "imap of kari@example.org".
            package let source: String
            package let theirs: Date
            package let ours: Date

            package init(source: String, theirs: Date, ours: Date) {
                self.source = source
                self.theirs = theirs
                self.ours = ours
            }
        }

        package var readings: [Reading] = []
        /// When this program was built.
        package var builtAt: Date?
        /// The newest time that the database has noted, in real time.
        package var newestNote: Date?

        package init() {}
    }

    package struct Zones: Sendable {
        /// Such as `2025b`.
        package var version = ""
        /// Zones whose clocks are known not to be read as they are.
        package var wrong: [String] = []

        package init() {}
    }

    package struct Disk: Sendable {
        /// In bytes, for us.
        package let free: Int64
        /// Files that can still be made; nil where the file system does not count them.
        package let freeFiles: Int64?
        package let databaseSize: Int64
        /// The kind of file system where that matters: `network`, `memory`.
        package let special: Special?

        package enum Special: Sendable { case network, memory }

        package init(free: Int64, freeFiles: Int64?, databaseSize: Int64, special: Special?) {
            self.free = free
            self.freeFiles = freeFiles
            self.databaseSize = databaseSize
            self.special = special
        }
    }

    /// Whose a file is, and who may read it.
    package struct FileRights: Sendable {
        package enum Role: Sendable { case folder, key, database }

        package let role: Role
        package let path: String
        /// The lower nine bits.
        package let mode: Int
        package let isOurs: Bool

        package init(role: Role, path: String, mode: Int, isOurs: Bool) {
            self.role = role
            self.path = path
            self.mode = mode
            self.isOurs = isOurs
        }
    }

    package struct Key: Sendable {
        /// Why it cannot be had; nil when it can.
        package var problem: String?
        /// Mailboxes whose password it does not open.
        package var closed: [String] = []

        package init() {}
    }

    package struct Database: Sendable {
        /// Why it cannot be opened; nil when it can.
        package var problem: String?
        /// Whether there is none yet, so that nothing else can be looked at.
        package var isAbsent = false
        /// What is damaged in it; nil when nothing is.
        package var damage: String?
        package var schema = 0

        package init() {}
    }

    package struct Daemon: Sendable {
        package var isRunning = false
        /// Expected work that did not happen, as `status` has it.
        package var alarms: [String] = []
        /// Mails that wait for a person.
        package var held = 0
        /// Whether anything is under way that needs a daemon.
        package var hasWork = false

        package init() {}
    }

    package struct Web: Sendable {
        package let url: String
        package let isSecure: Bool
        package let isOn: Bool
        /// Whether it passed its self-test the last time, as far as mails go by.
        package let hasPassed: Bool
        /// Why it does not lead here; nil when it does, or was not asked.
        package let problem: String?
        package let wasAsked: Bool

        package init(
            url: String, isSecure: Bool, isOn: Bool, hasPassed: Bool, problem: String?, wasAsked: Bool
        ) {
            self.url = url
            self.isSecure = isSecure
            self.isOn = isOn
            self.hasPassed = hasPassed
            self.problem = problem
            self.wasAsked = wasAsked
        }
    }

    package struct Mailbox: Sendable {
        /// How a login went.
        package enum Login: Sendable {
            case notTried(String)
            case good(String)
            case failed(String, advice: String)
        }

        package let address: String
        package var pauseReason: String?
        package var imap = Login.notTried("")
        package var smtp = Login.notTried("")
        /// What the server lists; nil when it was not asked.
        package var folders: [ListedFolder]?
        /// What the daemon keeps of them: those left out, and those that the server refuses to open.
        package var excluded: [String] = []
        package var refused: [String] = []
        /// When its folders were last known to be read to the end.
        package var provenAt: Date?
        /// The latest mail of ours to itself.
        package var probe: ProbeEvidence?
        /// The sender's postal address, for the foot of each mail.
        package var hasPostalAddress = true

        package init(address: String) { self.address = address }
    }

    /// A domain that mails are sent from, and what name servers say of it.
    package struct Domain: Sendable {
        package let name: String
        /// `TXT` records by the name they were asked for.
        package var texts: [String: NameAnswer<String>] = [:]
        package var exchangers: NameAnswer<MailExchanger>?
        /// The signature of the latest mail of ours from there; nil where none is known.
        package var signature: DKIMSignature?
        /// Whether such a mail was seen at all.
        package var hasProbe = false

        package init(name: String) { self.name = name }
    }
}

/// What a mail to itself showed when it came back.
package struct ProbeEvidence: Sendable, Hashable, Codable {
    /// The `Date` that we gave it.
    package let sentAt: Date
    /// The server's date of receipt; nil where it gave none.
    package let receivedAt: Date?
    /// When the submission server took it, by the lowest `Received` field; nil where there is none.
    package let acceptedAt: Date?
    /// The folder it came into.
    package let folder: String
    package let isJunk: Bool
    package let signatures: [DKIMSignature]
    /// `Authentication-Results` as the receiving server wrote them, the topmost first.
    package let results: [String]

    package init(
        sentAt: Date, receivedAt: Date?, acceptedAt: Date? = nil, folder: String, isJunk: Bool,
        signatures: [DKIMSignature], results: [String]
    ) {
        self.sentAt = sentAt
        self.receivedAt = receivedAt
        self.acceptedAt = acceptedAt
        self.folder = folder
        self.isJunk = isJunk
        self.signatures = signatures
        self.results = results
    }

    /// What the header of a test mail says.
    ///
    /// - Returns: Nil when it has no date.
    package init?(header: MessageHeader, receivedAt: Date?, folder: String, isJunk: Bool) {
        guard let sentAt = header.date else { return nil }
        self.init(
            sentAt: sentAt, receivedAt: receivedAt,
            // RFC 5321 §4.4: each server puts its own on top, and the date stands after the last semicolon.
            acceptedAt: header.allRaw("Received").last.flatMap { field in
                field.lastIndex(of: 0x3B).flatMap { MailDate.date(field[field.index(after: $0)...]) }
            }, folder: folder, isJunk: isJunk,
            signatures: header.all("DKIM-Signature").prefix(8).compactMap { DKIMSignature(field: $0) },
            results: header.all("Authentication-Results").prefix(8).map { String($0.prefix(1_000)) })
    }

    /// The header fields that it is made from.
    package static let fields = [
        "Date", "Message-ID", "References", "Received", "DKIM-Signature", "Authentication-Results",
    ]

    /// Whether a mail is a test mail, by the id that we gave it; Exchange replaces the `Message-ID` and leaves
    /// `References`.
    package static func isOurs(_ header: MessageHeader) -> Bool {
        header.messageID?.text.hasPrefix("probe.") == true
            || header.references.first?.text.hasPrefix("mark.") == true
    }

    /// The signature of the sender's own domain before any other.
    package func signature(for domain: String) -> DKIMSignature? {
        signatures.first { HealthFacts.isAligned($0.domain, with: domain) } ?? signatures.first
    }

    /// What the server that wrote the topmost field found out; fields below may come from anybody.
    package var verdict: AuthenticationResults? {
        results.first.flatMap { AuthenticationResults(field: $0) }
    }
}

extension HealthFacts {
    /// Whether one is the other or a name below it: relaxed alignment without a list of public suffixes.
    static func isAligned(_ name: String, with domain: String) -> Bool {
        let (name, domain) = (name.lowercased(), domain.lowercased())
        return name == domain || name.hasSuffix(".\(domain)")
            || (domain.hasSuffix(".\(name)") && name.contains("."))
    }
}
