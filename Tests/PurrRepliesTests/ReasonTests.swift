import Foundation
import PurrMail
import PurrReplies
import Testing

/// R3.3: what makes a bounce hard, refusal by refusal as servers write them.
@Suite("Reasons of bounces")
struct ReasonTests {
    static func isHard(_ status: String, _ diagnostic: String, command: String = "RCPT TO") -> Bool {
        let message = IncomingMessage.read(
            Array(
                """
                Return-Path: <>
                From: MAILER-DAEMON@mx.example.org
                To: anna@example.org
                Subject: Undelivered Mail Returned to Sender
                Content-Type: multipart/report; report-type=delivery-status; boundary=b

                --b
                Content-Type: text/plain

                <kari@customer.example.org>: host mx said: \(diagnostic) (in reply to \(command) command)

                --b
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.example.org

                Final-Recipient: rfc822; kari@customer.example.org
                Action: failed
                Status: \(status)
                Diagnostic-Code: smtp; \(diagnostic)

                --b--
                """.utf8))
        let received = Date(timeIntervalSince1970: 1_786_435_200)
        return judgement(of: message, in: Circumstances(receivedAt: received)).isHard
    }

    @Test(
        "R3.3: the address or its domain takes no mail",
        arguments: [
            ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
            ("5.1.1", "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found"),
            ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist"),
            ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable"),
            ("5.0.0", "554 delivery error: dd This user doesn't have a yahoo.com account"),
            ("5.3.0", "553 5.3.0 Address unknown"),
            ("5.1.6", "551 5.1.6 recipient no longer on server"),
            ("5.1.6", "550 5.1.6 Recipient has moved, please see http://example.org/"),
            ("5.1.10", "556 5.1.10 Recipient address has null MX"),
            ("5.4.6", "550 5.4.6 Unrouteable mail domain"),
            ("5.4.14", "554 5.4.14 Recipient domain has no MX or A record"),
            ("5.1.3", "550 5.1.3 Bad destination mailbox address syntax"),
        ])
    func hard(status: String, diagnostic: String) { #expect(Self.isHard(status, diagnostic)) }

    @Test(
        "R3.3: everything else is another day's or somebody else's problem",
        arguments: [
            (
                "5.7.1",
                "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"
            ),
            (
                "5.7.26",
                "550 5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy"
            ),
            ("5.3.4", "552 5.3.4 Message size exceeds fixed maximum message size"),
            ("5.7.1", "550 5.7.1 Recipient not authorized to receive mail from external senders"),
            ("5.2.1", "550-5.2.1 The email account that you tried to reach is disabled"),
            ("4.2.2", "452-4.2.2 The email account that you tried to reach is over quota"),
            ("5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"),
            ("5.4.14", "550 5.4.14 Hop count exceeded - possible mail loop"),
            ("4.7.500", "451 4.7.500 Server busy. Please try again later"),
            ("5.1.8", "550 5.1.8 Access denied, bad outbound sender"),
            ("5.7.511", "550 5.7.511 Access denied, banned sender"),
            (
                "5.0.0",
                "550 permanent failure for one or more recipients (kari@customer.example.org:blocked)"
            ),
            ("5.2.1", "521 5.2.1 : (CON:B1) AOL will not accept delivery of this message"),
            (
                "5.2.2",
                "550 5.2.2 <kari@customer.example.org>: Recipient address rejected: Mailbox is over quota"
            ),
            ("5.7.0", "550 5.7.0 Local policy violation"),
            ("5.0.0", "550 Sender verify failed"),
            ("5.1.7", "550 5.1.7 Invalid sender address"),
            ("5.0.0", "550 Mailbox has been suspended"),
            (
                "5.7.1",
                "550 5.7.1 Command rejected, content-filter detected spam: user unknown to whitelist"
            ),
        ])
    func soft(status: String, diagnostic: String) { #expect(!Self.isHard(status, diagnostic)) }

    @Test("R3.3: an address that was taken at RCPT and refused after the text is there")
    func afterTheText() {
        #expect(Self.isHard("5.0.0", "550 User unknown"))
        #expect(!Self.isHard("5.0.0", "550 User unknown", command: "end of DATA"))
        #expect(Self.isHard("5.1.1", "550 5.1.1 User unknown", command: "end of DATA"))
    }

    @Test("R3.3: 5.2.1 is switched off, unless the address was refused")
    func switchedOff() {
        #expect(Self.isHard("5.2.1", "550 5.2.1 User unknown"))
        #expect(!Self.isHard("5.2.1", "550 5.2.1 User unknown", command: "MAIL FROM"))
        #expect(!Self.isHard("5.2.1", "550 5.2.1 The account is disabled"))
    }
}
