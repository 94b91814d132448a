internal import Foundation
internal import PurrMail
internal import PurrSequences

/// What prospects and their servers write.
enum Correspondence {
    enum Threading: Sendable { case full, referencesOnly, rootOnly, folded, none }

    static func reply(
        to mail: ReceivedMail, from: String, id: String, at date: Date, threaded: Threading, text: String,
        extra: [String] = [], subject: String? = nil
    ) -> [UInt8] {
        var lines = [
            "From: Somebody <\(from)>", "To: <\(mail.sender)>", "Date: \(stamp(date))",
            "Message-ID: <\(id)>",
            "Subject: \(subject ?? "Re: \(mail.subject)")", "MIME-Version: 1.0",
        ]
        if !extra.contains(where: { $0.hasPrefix("Content-Type:") }) {
            lines.append("Content-Type: text/plain; charset=utf-8")
        }
        let all = (mail.references + [mail.messageID]).map(\.description)
        switch threaded {
        case .none: break
        case .full:
            lines.append("In-Reply-To: \(mail.messageID)")
            lines.append("References: " + all.joined(separator: "\r\n "))
        case .referencesOnly: lines.append("References: " + all.joined(separator: "\r\n "))
        case .rootOnly: lines.append("References: \(all[0])")
        case .folded:
            // The thread's first id too: where a server on the way changed ours, nothing else is known here.
            lines.append("In-Reply-To: \(mail.messageID.description.lowercased())")
            lines.append("References: " + all.joined(separator: "\r\n ").lowercased())
        }
        lines += extra
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + text + "\r\n").utf8)
    }

    /// A calendar's mail (RFC 5546 §3.2), as calendars send it.
    static func calendar(
        _ method: String, partstat: String? = nil, to mail: ReceivedMail, id: String, at date: Date
    ) -> [UInt8] {
        let isAnswer = method == "REPLY"
        let (organizer, attendee) = isAnswer ? (mail.sender, mail.recipient) : (mail.recipient, mail.sender)
        let status = partstat.map { ";PARTSTAT=\($0)" } ?? ""
        let text = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//EN", "METHOD:\(method)", "BEGIN:VEVENT",
            "UID:\(id)", "DTSTAMP:20260101T000000Z", "DTSTART:20300102T090000Z", "DTEND:20300102T093000Z",
            "ORGANIZER:mailto:\(organizer)", "ATTENDEE\(status):mailto:\(attendee)", "SUMMARY:A talk",
            "END:VEVENT", "END:VCALENDAR",
        ].joined(separator: "\r\n")
        return reply(
            to: mail, from: mail.recipient.text, id: id, at: date, threaded: isAnswer ? .none : .full,
            text: text, extra: ["Content-Type: text/calendar; method=\(method); charset=utf-8"],
            subject: isAnswer ? "Accepted: a talk" : "Invitation: \(mail.subject)")
    }

    /// An invitation from the recipient.
    static func invitation(to mail: ReceivedMail, id: String, at date: Date) -> [UInt8] {
        calendar("REQUEST", to: mail, id: id, at: date)
    }

    /// RFC 3464, as Postfix writes it.
    ///
    /// - Parameter returned: The header of the mail that is sent back; what a forger cannot know.
    static func report(
        about mail: ReceivedMail, action: String, status: String, id: String, at date: Date,
        returned: String? = nil
    ) -> [UInt8] {
        let header = returned ?? String(decoding: SimulatedAccount.header(of: mail.bytes), as: UTF8.self)
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
        return Array((text.replacing("\n", with: "\r\n") + header + "\r\n--b1--\r\n").utf8)
    }

    /// RFC 5965: the recipient pressed "this is spam".
    static func complaint(about mail: ReceivedMail, id: String, at date: Date, returned: String? = nil)
        -> [UInt8]
    {
        let header = returned ?? String(decoding: SimulatedAccount.header(of: mail.bytes), as: UTF8.self)
        let text = """
            From: <feedback@isp.example.net>
            To: \(mail.sender)
            Date: \(stamp(date))
            Message-ID: <\(id)>
            Subject: FW: \(mail.subject)
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

            --b1
            Content-Type: text/plain; charset=us-ascii

            This is an email abuse report.

            --b1
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: SomeGenerator/1.0
            Version: 1
            Original-Rcpt-To: <\(mail.recipient)>

            --b1
            Content-Type: text/rfc822-headers


            """
        return Array((text.replacing("\n", with: "\r\n") + header + "\r\n--b1--\r\n").utf8)
    }

    /// The header of a mail that was never sent, as a forger makes it up.
    static func inventedHeader(to mail: ReceivedMail, serial: Int, at date: Date) -> String {
        """
        From: <\(mail.sender)>
        To: <\(mail.recipient)>
        Date: \(stamp(date))
        Message-ID: <invented\(serial)@example.org>
        Subject: Something else

        """.replacing("\n", with: "\r\n")
    }

    /// RFC 8098: they have read it.
    static func receipt(for mail: ReceivedMail, id: String, at date: Date) -> [UInt8] {
        let body = [
            "--b1", "Content-Type: text/plain", "", "Your message was displayed.", "", "--b1",
            "Content-Type: message/disposition-notification", "",
            "Final-Recipient: rfc822;\(mail.recipient)", "Original-Message-ID: \(mail.messageID)",
            "Disposition: manual-action/MDN-sent-manually; displayed", "", "--b1--",
        ]
        return reply(
            to: mail, from: mail.recipient.text, id: id, at: date, threaded: .full,
            text: body.joined(separator: "\r\n"),
            extra: [
                "Content-Type: multipart/report; report-type=disposition-notification; boundary=\"b1\""
            ],
            subject: "Read: \(mail.subject)")
    }

    static func stamp(_ date: Date) -> String {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let wall = Zone.utc.wall(of: date)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let clock = "\(two(wall.second / 3600)):\(two(wall.second / 60 % 60)):\(two(wall.second % 60))"
        return
            "\(days[wall.day.weekday.rawValue - 1]), \(two(wall.day.day)) \(months[wall.day.month - 1]) \(wall.day.year) \(clock) +0000"
    }

    /// A day as people write it: `20 December 2026`.
    static func words(for day: LocalDay) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December",
        ]
        return "\(day.day) \(months[day.month - 1]) \(day.year)"
    }
}
