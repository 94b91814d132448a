internal import Foundation
internal import PurrMail

/// A person written to, and how they behave.
struct Prospect: Sendable {
    enum Behaviour: String, CaseIterable, Sendable {
        case silent
        case repliesInThread
        case repliesByReferencesOnly
        case repliesWithNewSubject
        case repliesFromElsewhere
        case repliesIntoFolder
        case repliesThenMoved
        case repliesToTrash
        case ambushesNextStep
        case outOfOfficeThenReplies
        case outOfOffice
        case doesNotExist
        case refusedAtOnce
        case delayed
        case reusesMessageID
        case optsOut
        case twoMailsOfOneID
    }

    let address: EmailAddress
    let behaviour: Behaviour
    /// The step whose mail they react to, from 1.
    let reactsTo: Int
    /// How long they take.
    let reactsAfter: TimeInterval

    /// What the mailbox has received from or about them that must stop the sequence, by arrival.
    var stops: [Date] = []
    /// Persons' replies alone.
    var replies: [Date] = []
    var hasBounced = false
    var hasOptedOut = false
    var isRefused: Bool { behaviour == .refusedAtOnce }
}

/// A mail as its recipient sees it.
struct ReceivedMail: Sendable {
    let messageID: MessageID
    let references: [MessageID]
    let subject: String
    let sender: EmailAddress
    let recipient: EmailAddress
    let step: Int
    let bytes: [UInt8]
}

/// What prospects and their servers write.
enum Correspondence {
    static func reply(
        to mail: ReceivedMail, from: String, id: String, at date: Date, threaded: Threading, text: String,
        extra: [String] = [], subject: String? = nil
    ) -> [UInt8] {
        var lines = [
            "From: Somebody <\(from)>", "To: <\(mail.sender)>", "Date: \(stamp(date))",
            "Message-ID: <\(id)>",
            "Subject: \(subject ?? "Re: \(mail.subject)")", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
        ]
        if threaded == .full { lines.append("In-Reply-To: \(mail.messageID)") }
        if threaded != .none {
            lines.append(
                "References: "
                    + (mail.references + [mail.messageID]).map(\.description).joined(separator: "\r\n "))
        }
        lines += extra
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + text + "\r\n").utf8)
    }

    enum Threading: Sendable { case full, referencesOnly, none }

    /// RFC 3464, as Postfix writes it.
    static func report(about mail: ReceivedMail, action: String, status: String, id: String, at date: Date)
        -> [UInt8]
    {
        let header = String(decoding: SimulatedAccount.header(of: mail.bytes), as: UTF8.self)
        let text = """
            From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
            To: \(mail.sender)
            Date: \(stamp(date))
            Message-ID: <\(id)>
            Subject: Undelivered Mail Returned to Sender
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

            --b1
            Content-Type: text/plain; charset=us-ascii

            I'm sorry to have to inform you that your message could not be delivered.

            --b1
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.net

            Final-Recipient: rfc822; \(mail.recipient)
            Action: \(action)
            Status: \(status)
            Diagnostic-Code: smtp; \(action == "failed" ? "550" : "450") \(status) <\(mail.recipient)>: no such user

            --b1
            Content-Type: text/rfc822-headers


            """
        let rest = header + "\r\n--b1--\r\n"
        return Array((text.replacing("\n", with: "\r\n") + rest).utf8)
    }

    static func stamp(_ date: Date) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let day = seconds / 86_400
        let clock = seconds % 86_400
        var year = 1970
        var left = day
        func length(_ year: Int) -> Int {
            year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365
        }
        while left >= length(year) {
            left -= length(year)
            year += 1
        }
        let lengths = [31, length(year) == 366 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var month = 0
        while left >= lengths[month] {
            left -= lengths[month]
            month += 1
        }
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return
            "\(days[day % 7]), \(two(left + 1)) \(months[month]) \(year) \(two(clock / 3600)):\(two(clock / 60 % 60)):\(two(clock % 60)) +0000"
    }
}
