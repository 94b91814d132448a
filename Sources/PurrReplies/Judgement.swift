package import Foundation
package import PurrMail

/// What kind of message it is, and which rule says so.
///
/// Source: spec R3.
package struct Judgement: Hashable, Sendable, Codable {
    /// The kinds, each with its own effect.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A person wrote it. When unsure: this.
        case human
        /// Back later, see ``Judgement/returnDate``.
        case outOfOffice
        /// No longer works there.
        case left
        /// Wants us to prove that we are people before it lets mail through.
        case challenge
        /// A helpdesk's acknowledgement.
        case ticket
        /// Any other automatic mail.
        case automatic
        /// Not delivered, and never will be.
        case bounce
        /// Not delivered yet.
        case delay
        /// A report of success.
        case delivered
        /// Marked as spam (RFC 5965).
        case complaint
        /// Opened, or deleted unread (RFC 8098).
        case receipt
        /// An invitation or the answer to one (RFC 5546).
        case calendar
        /// Wants no more mail.
        case unsubscribe
        /// Our own.
        case own
        /// No header that could be read.
        case unreadable

        /// Whether the message is no answer of a person and is about mail rather than about us.
        package var isReport: Bool {
            switch self {
            case .bounce, .delay, .delivered, .complaint, .receipt: true
            default: false
            }
        }
    }

    /// How far a report can be believed: anybody can write one.
    package enum Proof: String, Hashable, Sendable, Codable {
        /// Only words.
        case none
        /// Has the form of a report, and no id of the message it is about.
        case structure
        /// Names ids of the message it is about, in ``Judgement/originalIDs``: to be compared with ours.
        case originalID
    }

    package var kind: Kind
    /// The number of the rule in spec R3 and what it saw: `R3.7 Auto-Submitted: auto-replied`.
    package var rule: String
    /// Of a bounce: whether trying again is useless; nil where it does not say.
    package var permanent: Bool?
    /// Of a report: the enhanced status code (RFC 3463) it gives, or the one its words stand for.
    package var status: String?
    /// Of a bounce: whether it is the address or its domain that does not exist or takes no mail.
    package var isAddressLevel = false
    /// The same where only words say it, against a code that is about something else.
    package var isHard = false
    /// Of a report: the addresses it is about, as far as it names them.
    package var recipients: [EmailAddress] = []
    /// Of a report: the ids of the message it is about.
    package var originalIDs: [MessageID] = []
    package var proof: Proof = .none
    /// Of an out-of-office: the first day back.
    package var returnDate: ReturnDate?
    /// Of an out-of-office or ``Kind/left``: addresses named in the text instead.
    package var standIns: [EmailAddress] = []
    /// What the sender wrote, without quotes and signature; at most 4,000 characters.
    package var ownText = ""

    package init(kind: Kind, rule: String) {
        self.kind = kind
        self.rule = rule
    }
}

/// A day in the sender's calendar.
package struct ReturnDate: Hashable, Sendable, Codable, Comparable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// - Returns: nil when there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        // The day after the last of a month falls into the next.
        guard
            MailDate.civil(MailDate.daysSince1970(year: year, month: month, day: day)) == (year, month, day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1970-01-01.
    var daysSince1970: Int { MailDate.daysSince1970(year: year, month: month, day: day) }

    /// The day that many days after 1970-01-01.
    init?(daysSince1970 days: Int) {
        let civil = MailDate.civil(days)
        self.init(year: civil.year, month: civil.month, day: civil.day)
    }

    package static func < (left: ReturnDate, right: ReturnDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension ReturnDate: CustomStringConvertible {
    /// `2026-08-24`.
    package var description: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day))"
    }
}

/// What is known about a message beyond its bytes.
package struct Circumstances: Hashable, Sendable {
    /// Written by the owner of the mailbox: a copy in Sent, a draft, one of the own addresses.
    package let isOwn: Bool
    /// Matched by an id (rungs 1 to 5).
    package let isInOurThread: Bool
    /// When it came: relative return dates count from here.
    package let receivedAt: Date
    /// Whether we ever wrote to its sender.
    package let weWroteToSender: Bool
    /// Whether it went to the address, or carries the token, of a `List-Unsubscribe` of ours.
    package let isToUnsubscribeAddress: Bool

    package init(
        isOwn: Bool = false, isInOurThread: Bool = false, receivedAt: Date, weWroteToSender: Bool = false,
        isToUnsubscribeAddress: Bool = false
    ) {
        self.isOwn = isOwn
        self.isInOurThread = isInOurThread
        self.receivedAt = receivedAt
        self.weWroteToSender = weWroteToSender
        self.isToUnsubscribeAddress = isToUnsubscribeAddress
    }
}

extension Circumstances {
    /// What a message says of its own circumstances, when nothing is known of what was sent.
    ///
    /// One that names what it answers counts as an answer in our thread: people answer what they got, and a
    /// machine gives itself away by other signs.
    package init(alone message: IncomingMessage, receivedAt: Date) {
        let header = message.header
        let names = header.contains("In-Reply-To") || header.contains("References")
        self.init(
            isInOurThread: names, receivedAt: receivedAt,
            weWroteToSender: names || isReplySubject(header.subject))
    }
}
