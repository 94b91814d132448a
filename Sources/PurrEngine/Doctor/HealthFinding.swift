/// One thing that was looked at in an installation, and what to do about it.
package struct HealthFinding: Sendable, Hashable, Encodable {
    /// What was looked at.
    package enum Check: String, Sendable, Hashable, Encodable, CaseIterable {
        case clock, timeZones, disk, folder, key, database, daemon, mailbox, imap, smtp, folders, publicURL
        case mx, spf, dkim, dmarc, delivery

        /// As people call it.
        package var title: String {
            switch self {
            case .clock: "clock"
            case .timeZones: "time zones"
            case .disk: "disk"
            case .folder: "data folder"
            case .key: "key"
            case .database: "database"
            case .daemon: "daemon"
            case .mailbox: "mailbox"
            case .imap: "IMAP"
            case .smtp: "SMTP"
            case .folders: "folders"
            case .publicURL: "public URL"
            case .mx: "MX"
            case .spf: "SPF"
            case .dkim: "DKIM"
            case .dmarc: "DMARC"
            case .delivery: "test mail"
            }
        }
    }

    package enum State: String, Sendable, Hashable, Encodable, CaseIterable {
        case ok, warning, wrong, skipped
    }

    package let check: Check
    /// The mailbox or domain that is meant; empty for the installation.
    package let subject: String
    package let state: State
    /// What was found, in a sentence.
    package let what: String
    /// What to do about it, in a sentence; empty where there is nothing to do.
    package let fix: String

    package init(_ check: Check, _ subject: String = "", _ state: State, _ what: String, fix: String = "") {
        self.check = check
        self.subject = subject
        self.state = state
        self.what = what
        self.fix = fix
    }
}
