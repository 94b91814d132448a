import Foundation
import PurrMail
import PurrReplies
import Testing

@Suite("What kind of message it is")
struct JudgementTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var header: String
        var body: String
        var isInThread = true
        var isOwn = false
        var isToUnsubscribe = false
        var kind: Judgement.Kind
    }

    func judged(_ example: Example) -> Judgement {
        let text = example.header + "\n\n" + example.body
        return judgement(
            of: IncomingMessage.read(Array(text.utf8)),
            in: Circumstances(
                isOwn: example.isOwn, isInOurThread: example.isInThread,
                receivedAt: Date(timeIntervalSince1970: 1_786_435_200), weWroteToSender: example.isInThread,
                isToUnsubscribeAddress: example.isToUnsubscribe))
    }

    @Test(
        "follows the order of the rules",
        arguments: [
            Example(
                testDescription: "our own copy, whatever it says", header: "Auto-Submitted: auto-replied",
                body: "x", isOwn: true,
                kind: .own),
            Example(testDescription: "nothing that can be read", header: "", body: "", kind: .unreadable),
            Example(
                testDescription: "to the unsubscribe address", header: "Subject: x", body: "",
                isToUnsubscribe: true,
                kind: .unsubscribe),
            Example(
                testDescription: "Auto-Submitted: no", header: "From: k@x.test\nAuto-Submitted: no",
                body: "I am on vacation.",
                kind: .human),
            Example(
                testDescription: "Auto-Submitted with comment and parameter",
                header: "From: k@x.test\nAuto-Submitted: (a) auto-replied; x=y", body: "Yes.",
                kind: .automatic),
            Example(
                testDescription: "auto-notified", header: "From: k@x.test\nAuto-Submitted: auto-notified",
                body: "Yes.",
                kind: .automatic),
            Example(
                testDescription: "auto-generated out of our thread",
                header: "From: k@x.test\nAuto-Submitted: auto-generated", body: "Your invoice is ready.",
                isInThread: false,
                kind: .automatic),
            Example(
                testDescription: "auto-generated in our thread, typed by a person",
                header: "From: k@x.test\nSubject: Re: x\nAuto-Submitted: auto-generated",
                body: "Hi, we looked at it and want 25 seats from October.", kind: .human),
            Example(
                testDescription: "X-Autoreply: no", header: "From: k@x.test\nX-Autoreply: no", body: "Yes.",
                kind: .human),
            Example(
                testDescription: "X-Autoreply", header: "From: k@x.test\nX-Autoreply: yes\nSubject: Re: x",
                body: "Yes.",
                kind: .automatic),
            Example(
                testDescription: "Precedence: junk", header: "From: k@x.test\nPrecedence: junk",
                body: "I am on holiday.",
                kind: .outOfOffice),
            Example(
                testDescription: "Precedence: bulk is no sign",
                header: "From: k@x.test\nPrecedence: bulk\nSubject: Re: x",
                body: "Yes.", kind: .human),
            Example(
                testDescription: "X-Auto-Response-Suppress is no sign",
                header: "From: k@x.test\nX-Auto-Response-Suppress: All\nSubject: Re: x", body: "Yes.",
                kind: .human),
            Example(
                testDescription: "an empty return path alone",
                header: "Return-Path: <>\nFrom: k@x.test\nSubject: Thanks",
                body: "We got it.", kind: .automatic),
            Example(
                testDescription: "an answer that speaks of holidays",
                header: "From: k@x.test\nSubject: Re: Out of office",
                body: "I am on vacation, but yes.", kind: .human),
            Example(
                testDescription: "a robot that offers STOP is no wish",
                header: "From: k@x.test\nAuto-Submitted: auto-replied\nSubject: Re: x",
                body: "Reply STOP to unsubscribe.",
                kind: .automatic),
            Example(
                testDescription: "a stranger's wish is only mail", header: "From: k@x.test\nSubject: x",
                body: "Unsubscribe",
                isInThread: false, kind: .human),
            Example(
                testDescription: "a wish in the quoted mail is not theirs",
                header: "From: k@x.test\nSubject: Re: x",
                body: "Thanks!\n\n> Answer STOP to unsubscribe.\n", kind: .human),
            Example(
                testDescription: "a wish below Outlook's header is not theirs",
                header: "From: k@x.test\nSubject: Re: x",
                body: "Thanks!\n\nFrom: Anna\nSent: Monday\nTo: Kari\nSubject: x\n\nunsubscribe here\n",
                kind: .human),
        ])
    func order(_ example: Example) {
        #expect(judged(example).kind == example.kind)
    }

    @Test("of a report gives what it is about")
    func report() throws {
        let text = """
            Return-Path: <>
            From: postmaster@x.test
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; x.test


            Final-Recipient: rfc822;kari@customer.example.org
            Action: failed (no user)
            Status: 5.0.0 (other)
            Diagnostic-Code: smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound
            --b
            Content-Type: text/rfc822-headers

            Message-ID: <1@example.org>
            --b--
            """
        let judgement = judgement(
            of: IncomingMessage.read(Array(text.utf8)),
            in: Circumstances(receivedAt: Date(timeIntervalSince1970: 0)))
        #expect(judgement.kind == .bounce)
        #expect(judgement.status == "5.1.10")
        #expect(judgement.isAddressLevel)
        #expect(judgement.permanent == true)
        #expect(judgement.proof == .originalID)
        #expect(judgement.originalIDs.map(\.text) == ["1@example.org"])
        #expect(judgement.recipients.map(\.text) == ["kari@customer.example.org"])
    }

    struct Reason: CustomTestStringConvertible, Sendable {
        var testDescription: String { "\(status): \(diagnostic)" }
        var status: String
        var diagnostic: String
        var isAddressLevel: Bool
    }

    @Test(
        "suppresses for what is wrong with the address, and for nothing else",
        arguments: [
            Reason(status: "5.1.1", diagnostic: "550 whatever", isAddressLevel: true),
            Reason(status: "5.1.2", diagnostic: "bad system", isAddressLevel: true),
            Reason(status: "5.1.6", diagnostic: "moved", isAddressLevel: true),
            Reason(status: "5.1.10", diagnostic: "null MX", isAddressLevel: true),
            Reason(status: "5.0.0", diagnostic: "550 No such user here", isAddressLevel: true),
            Reason(status: "5.4.4", diagnostic: "Host not found", isAddressLevel: true),
            Reason(status: "5.2.2", diagnostic: "552 mailbox full", isAddressLevel: false),
            Reason(status: "5.2.1", diagnostic: "550 user unknown", isAddressLevel: false),
            Reason(
                status: "5.7.1", diagnostic: "550 user unknown to our spam filter", isAddressLevel: false),
            Reason(status: "5.0.0", diagnostic: "554 blocked, see our policy", isAddressLevel: false),
            Reason(status: "4.1.1", diagnostic: "450 user unknown", isAddressLevel: false),
            Reason(status: "5.4.4", diagnostic: "Unable to route", isAddressLevel: false),
        ])
    func addressLevel(_ reason: Reason) {
        let text = """
            From: MAILER-DAEMON@x.test
            Content-Type: multipart/report; boundary=b

            --b
            Content-Type: message/delivery-status

            Final-Recipient: rfc822; kari@customer.example.org
            Action: failed
            Status: \(reason.status)
            Diagnostic-Code: smtp; \(reason.diagnostic)
            --b--
            """
        let judgement = judgement(
            of: IncomingMessage.read(Array(text.utf8)),
            in: Circumstances(receivedAt: Date(timeIntervalSince1970: 0)))
        #expect(judgement.kind == .bounce)
        #expect(judgement.isAddressLevel == reason.isAddressLevel)
        #expect(judgement.permanent == !reason.status.hasPrefix("4"))
    }

    struct Text: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var body: String
        var own: String
    }

    @Test(
        "keeps the sender's own words",
        arguments: [
            Text(
                testDescription: "before a quote",
                body: "Yes.\n\nOn Mon, 10 Aug 2026, Anna <a@x.test>\nwrote:\n\n> Hi\n> there\n", own: "Yes."
            ),
            Text(testDescription: "between quotes", body: "> One?\nYes.\n> Two?\nNo.\n", own: "Yes.\nNo."),
            Text(
                testDescription: "before a signature", body: "Yes.\n-- \nKari\n+47 22 33 44 55", own: "Yes."
            ),
            Text(
                testDescription: "before Outlook's header in German",
                body: "Ja.\n\nVon: Anna\nGesendet: Montag\nAn: Kari\nBetreff: x\n\nHallo", own: "Ja."),
            Text(
                testDescription: "before Outlook's header in Norwegian, with a rule",
                body: "Ja.\n________________________________\nFra: Anna\nSendt: mandag\n", own: "Ja."),
            Text(
                testDescription: "before an original message", body: "Ja.\n-----Original Message-----\nHei",
                own: "Ja."),
            Text(
                testDescription: "before a quote without marks",
                body: "Ja.\n\nAm 10.08.2026 um 09:00 schrieb Anna:\n\nHallo",
                own: "Ja."),
            Text(
                testDescription: "without the device's line", body: "Ja.\n\nSendt fra min iPhone\n",
                own: "Ja."),
            Text(
                testDescription: "a text that says wrote", body: "I wrote:\nnothing\n",
                own: "I wrote:\nnothing"),
            Text(
                testDescription: "a text that begins with From:", body: "From: tomorrow on I am away\nKari",
                own: "From: tomorrow on I am away\nKari"),
        ])
    func ownText(_ text: Text) {
        let message = IncomingMessage.read(Array(("From: k@x.test\n\n" + text.body).utf8))
        #expect(
            judgement(of: message, in: Circumstances(receivedAt: Date(timeIntervalSince1970: 0))).ownText
                == text.own)
    }

    @Test("survives being stored")
    func coding() throws {
        var judgement = Judgement(kind: .outOfOffice, rule: "R3.7")
        judgement.returnDate = ReturnDate(year: 2026, month: 8, day: 24)
        judgement.originalIDs = [try #require(MessageID("a@x.test"))]
        let data = try JSONEncoder().encode(judgement)
        #expect(try JSONDecoder().decode(Judgement.self, from: data) == judgement)
        #expect(ReturnDate(year: 2026, month: 2, day: 29) == nil)
    }
}
