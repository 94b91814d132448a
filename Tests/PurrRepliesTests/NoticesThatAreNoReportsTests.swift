import Foundation
import PurrMail
import PurrReplies
import Testing

/// R3.3: mail systems, their administrators and statistics write other things than reports.
@Suite("Notices that are no reports")
struct NoticesThatAreNoReportsTests {
    struct Notice: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var from: String
        var subject: String
        var text: String
        var fields = "Return-Path: <notices@mail.customer.example.org>\n"
    }

    static func judged(_ notice: Notice) -> Judgement {
        let message = IncomingMessage.read(
            Array(
                "\(notice.fields)From: \(notice.from)\nTo: anna@example.org\nSubject: \(notice.subject)\n\n\(notice.text)"
                    .utf8))
        return judgement(
            of: message,
            in: Circumstances(alone: message, receivedAt: Date(timeIntervalSince1970: 1_786_435_200)))
    }

    @Test(
        "are no bounces",
        arguments: [
            Notice(
                testDescription: "a full mailbox of one's own",
                from: "System Administrator <postmaster@example.org>", subject: "Mailbox size",
                text: "Your mailbox is over its size limit. You will be unable to send when over quota."),
            Notice(
                testDescription: "the same with an empty return path",
                from: "Mail System <postmaster@example.org>",
                subject: "Quota warning", text: "Ihr Postfach ist zu 95 % voll. Quota exceeded soon.",
                fields: "Return-Path: <>\n"),
            Notice(
                testDescription: "figures of a gateway",
                from: "Mail Gateway <reports@mail.customer.example.org>",
                subject: "Daily delivery report",
                text: "Inbound 120, rejected 12: user unknown 7, spam 5. Two could not be delivered."),
            Notice(
                testDescription: "a list of what a filter held",
                from: "Mail Gateway <spam@mail.customer.example.org>", subject: "Quarantine of yesterday",
                text:
                    "From per@customer.example.org: an offer. Two mails were not delivered to your folder."),
            Notice(
                testDescription: "an administrator's sentence",
                from: "Mail Server Team <it@example.org>", subject: "Ticket 12",
                text:
                    "We saw 550 5.7.1 rejected by policy for per@customer.example.org. Use the portal please."
            ),
            Notice(
                testDescription: "a newsletter about codes",
                from: "Postmaster News <postmaster@news.example.org>", subject: "What 550 5.1.1 means",
                text: "User unknown, and other reasons why mail could not be delivered.",
                fields: "List-Unsubscribe: <https://news.example.org/u>\n"),
        ])
    func others(notice: Notice) {
        let kind = Self.judged(notice).kind
        #expect(kind != .bounce && kind != .delay && kind != .complaint)
    }

    @Test("a report of success in words is one")
    func success() {
        let notice = Notice(
            testDescription: "", from: "Mail Delivery System <MAILER-DAEMON@example.org>",
            subject: "Successful Mail Delivery Report",
            text:
                "Your message was successfully delivered to the destinations below.\n\n<kari@customer.example.org>: 250 OK"
        )
        #expect(Self.judged(notice).kind == .delivered)
    }

    @Test(
        "a notice about somebody else still is a report",
        arguments: [
            Notice(
                testDescription: "an address in a sentence, by a daemon",
                from: "MAILER-DAEMON@mx.customer.example.org", subject: "Message rejected",
                text: "Your message to kari@customer.example.org was rejected: 552 5.3.4 too large.",
                fields: "Return-Path: <>\n"),
            Notice(
                testDescription: "an address on its own line, under a return path",
                from: "Postmaster <postmaster@mx.customer.example.org>", subject: "Returned mail",
                text: "It could not be delivered to\n\n   kari@customer.example.org\n\n550 no such user"),
        ])
    func reports(notice: Notice) { #expect(Self.judged(notice).kind == .bounce) }
}
