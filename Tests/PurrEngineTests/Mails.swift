/// Messages that several tests need.
enum Mails {
    /// RFC 3464.
    static func report(
        about recipient: String, returning id: String? = nil, action: String = "failed",
        status: String = "5.1.1"
    ) -> String {
        let returned = id.map { "\n--b1\nContent-Type: text/rfc822-headers\n\nMessage-ID: <\($0)>\n" } ?? ""
        return """
            Return-Path: <>
            From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
            To: sam@example.org
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

            Final-Recipient: rfc822; \(recipient)
            Action: \(action)
            Status: \(status)
            Diagnostic-Code: smtp; 550 \(status) <\(recipient)>: User unknown
            \(returned)
            --b1--

            """
    }

    /// RFC 5965.
    static func complaint(returning id: String?, from: String = "feedback@mail.example.net") -> String {
        let returned = id.map { "Message-ID: <\($0)>\n" } ?? ""
        return """
            From: <\(from)>
            To: sam@example.org
            Subject: FW: A question
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

            --b1
            Content-Type: text/plain; charset=us-ascii

            This is an email abuse report for a message received on Mon, 23 Nov 2026.

            --b1
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: SomeGenerator/1.0
            Version: 1
            Original-Rcpt-To: kari@north.test

            --b1
            Content-Type: message/rfc822

            From: sam@example.org
            To: kari@north.test
            \(returned)Subject: A question

            Hello.

            --b1--

            """
    }
}
