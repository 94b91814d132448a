import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("R2: whose message it is, by the engine on SQLite")
struct MatchingRulesTests {
    var world: InboundWorld

    init() async throws { world = try await InboundWorld() }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var header: String
        var rung: Int?
        var standing = "unenrolled replied"
    }

    @Test(
        "finds Kari's enrollment by the first rung that fits",
        arguments: [
            Example(
                testDescription: "R2.1: In-Reply-To",
                header: "From: kari@north.test\nIn-Reply-To: <kari.1@example.org>", rung: 1),
            Example(
                testDescription: "R2.2: References, at any place",
                header: "From: kari@north.test\nReferences: <a@b.test> <kari.1@example.org> <c@d.test>",
                rung: 2),
            Example(
                testDescription: "R2.3: Exchange's parent id",
                header: "From: kari@home.test\nX-MS-Exchange-Parent-Message-Id: <kari.1@example.org>",
                rung: 3),
            Example(
                testDescription: "R2.3: Microsoft's original id",
                header: "From: kari@home.test\nX-Microsoft-Original-Message-ID: <kari.1@example.org>",
                rung: 3),
            Example(
                testDescription: "R2.3: the original id",
                header: "From: kari@home.test\nOriginal-Message-ID: <kari.1@example.org>", rung: 3),
            Example(
                testDescription: "R2.4: only the root of the thread is left",
                header: "From: kari@home.test\nReferences: <kari@example.org>", rung: 4),
            Example(
                testDescription: "R2.6: the address alone", header: "From: Kari <kari@north.test>", rung: 6),
            Example(
                testDescription: "R2.6: the address with a tag", header: "From: kari+work@north.test",
                rung: 6),
            Example(
                testDescription: "R2.6: a stranger is nobody's", header: "From: kari@other.test", rung: nil,
                standing: "active"),
            Example(
                testDescription: "R2.6: their newsletter is no answer",
                header: "From: kari@north.test\nList-Id: <news.north.test>", rung: nil, standing: "active"),
            Example(
                testDescription: "R2.6: what has a List-Unsubscribe is no answer",
                header: "From: kari@north.test\nList-Unsubscribe: <https://north.test/u>", rung: nil,
                standing: "active"),
            Example(
                testDescription: "R2.1: an answer through a list is one",
                header: "From: kari@north.test\nList-Id: <x.test>\nIn-Reply-To: <kari.1@example.org>",
                rung: 1),
            Example(
                testDescription: "R2.7: a colleague, with Kari among the recipients",
                header:
                    "From: anne@north.test\nTo: sam@example.org\nCc: kari@north.test\nSubject: SV: a question",
                rung: 7),
            Example(
                testDescription: "R2.7: a colleague without Kari is only noted",
                header: "From: anne@north.test\nTo: sam@example.org\nSubject: Re: A question", rung: 7,
                standing: "active"),
            Example(
                testDescription: "R2.7: a colleague about something else is nobody's",
                header: "From: anne@north.test\nCc: kari@north.test\nSubject: Invoice", rung: nil,
                standing: "active"),
            Example(
                testDescription: "R2.7: their list with our subject is no answer",
                header:
                    "From: anne@north.test\nCc: kari@north.test\nSubject: A question\nList-Id: <x.test>",
                rung: nil, standing: "active"),
            Example(
                testDescription: "R2.d: without brackets, quoted, folded, among others",
                header: "From: kari@home.test\nIn-Reply-To: \"kari.1@example.org\",\n <x@y.test>", rung: 1),
            Example(
                testDescription: "R2.d: several References fields and a loop",
                header:
                    "From: kari@home.test\nReferences: <x@y.test>\nReferences: <x@y.test> <KARI.1@example.org>\n\t<x@y.test>",
                rung: 2),
        ])
    mutating func rungs(_ example: Example) throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(example.header + "\n\nTuesday suits me well.\n")
        #expect(try world.rung(kari) == example.rung)
        #expect(try world.standing(kari) == example.standing)
        if example.rung != nil {
            #expect(
                try world.events(kari).contains { $0.evidence["rung"] == example.rung.map(String.init) })
        }
    }

    @Test("R2.3: a report names our mail in the header it returns")
    mutating func returnedHeader() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(Mails.report(about: "kari@north.test", returning: "kari.1@example.org"))
        #expect(try world.rung(kari) == 3)
        #expect(try world.standing(kari) == "unenrolled bounced")
    }

    @Test("R2.3: a receipt names our mail among its own fields")
    mutating func receipt() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: mdn@elsewhere.test\nSubject: Read: A question\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: text/plain\n\nYour message was read.\n\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; kari@north.test\nOriginal-Message-ID: <kari.1@example.org>\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n"
        )
        #expect(try world.rung(kari) == 3)
        #expect(try world.standing(kari) == "active")
    }

    static let index = "AQHbP3vUjkq1c0m6Qk2bq1vYxgq8Zw=="

    @Test("R2.5: Exchange's conversation is learnt from an earlier answer")
    mutating func threadIndexFromAnswer() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: kari@north.test\nSubject: Automatic reply: A question\nAuto-Submitted: auto-replied\nIn-Reply-To: <kari.1@example.org>\nThread-Index: \(Self.index)\n\nThank you for your mail.\n"
        )
        #expect(try world.standing(kari) == "active")
        try world.receive(
            "From: assistant@elsewhere.test\nSubject: Re: A question\nThread-Index: \(Self.index)\n\nShe says yes.\n"
        )
        #expect(try world.rung(kari) == 5)
        #expect(try world.standing(kari) == "unenrolled replied")
    }

    @Test("R2.5: Exchange's conversation is learnt from our copy in Sent")
    mutating func threadIndexFromSent() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: sam@example.org\nTo: kari@north.test\nMessage-ID: <kari.1@example.org>\nSubject: A question\nThread-Index: \(Self.index)\n\nHello.\n",
            in: "Sent")
        try world.receive(
            "From: assistant@elsewhere.test\nSubject: Re: A question\nThread-Index: \(Self.index)\n\nShe says yes.\n"
        )
        #expect(try world.rung(kari) == 5)
    }

    @Test("R2.6: dots do not count where the provider ignores them")
    mutating func dots() throws {
        let eva = try world.enroll("eva@gmail.com")
        try world.receive("From: e.v.a+x@googlemail.com\n\nTuesday suits me well.\n")
        #expect(try world.rung(eva) == 6)
        #expect(try world.standing(eva) == "unenrolled replied")
    }

    @Test("R2.7: a subject older than sixty days tells nothing")
    mutating func oldSubject() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: anne@north.test\nCc: kari@north.test\nSubject: Re: A question\n\nYes.\n",
            minute: 61 * 1_440)
        #expect(try world.rung(kari) == nil)
    }

    @Test("R2.7: a provider's domain is no company")
    mutating func providers() throws {
        let eva = try world.enroll("eva@gmail.com")
        try world.receive("From: other@gmail.com\nCc: eva@gmail.com\nSubject: Re: A question\n\nYes.\n")
        #expect(try world.standing(eva) == "active")
    }

    @Test("R2.7: a colleague's automatic answer is not the contact's")
    mutating func colleagueAway() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: anne@north.test\nTo: sam@example.org, kari@north.test\nSubject: A question\nAuto-Submitted: auto-replied\n\nI am out of office until 20 December 2026.\n"
        )
        let enrollment = try world.enrollment(kari)
        #expect(enrollment.nextAt == world.base.start.addingTimeInterval(3 * 86_400))
    }

    @Test("R2.8: a mail of the contact in no thread ends all their enrollments, whichever it answers")
    mutating func anyMail() throws {
        let kari = try world.enroll("kari@north.test")
        try world.base.apply(CommandsWorld.sequence.replacing("name: intro", with: "name: other"))
        let (mailbox, start) = (world.mailbox, world.base.start)
        let first = try world.enrollment(kari)
        // By the database, because commands let a contact be in one sequence at a time.
        let other = try world.store.write { transaction in
            let sequence = try #require(try transaction.sequence(named: "other"))
            let step = Step(
                id: StepID(rawValue: "hello"), delay: 0, action: .email(EmailStep(template: "hello")))
            let draft = EnrollmentDraft(
                contact: first.contact, sequence: sequence.id, version: sequence.version, mailbox: mailbox,
                sender: first.sender, zone: first.zone, firstStep: step,
                start: start.addingTimeInterval(86_400), threadRoot: "other@example.org")
            return try #require(try transaction.insert(draft, at: start))
        }
        try world.receive("From: kari@north.test\nSubject: Lunch?\n\nAre you free on Friday?\n")
        #expect(try world.standing(kari) == "unenrolled replied")
        #expect(try world.standing(other) == "unenrolled replied")
    }

    @Test("R2.8: mail after the end is recorded on the step it answers")
    mutating func afterTheEnd() throws {
        let kari = try world.enroll("kari@north.test")
        _ = try world.base.commands().unenroll([try #require(EmailAddress("kari@north.test"))])
        try world.receive("From: kari@north.test\nSubject: Lunch?\n\nAre you free on Friday?\n")
        #expect(try world.rung(kari) == 8)
        #expect(try world.standing(kari) == "unenrolled manual")
        let facts = try world.store.read { try $0.facts(of: kari) }
        #expect(facts.map(\.fact) == [.replied])
        #expect(facts.first?.step == StepID(rawValue: "hello"))
        #expect(try world.events(kari).contains { $0.kind == .noted })
    }

    @Test("R2.8: mail from before an enrollment does not end it, unless it stands in its thread")
    mutating func olderMail() throws {
        try world.enroll("kari@north.test")
        _ = try world.base.commands().unenroll([try #require(EmailAddress("kari@north.test"))])
        let again = try world.enroll("kari@north.test", later: 5 * 86_400, isAgain: true)
        try world.receive(
            "From: kari@north.test\nIn-Reply-To: <kari.1@example.org>\n\nNo, thank you.\n", in: "Clients")
        #expect(try world.standing(again) == "active")
    }

    @Test("R2.a: the id that the server gave our mail is learnt from Sent")
    mutating func wireID() throws {
        let kari = try world.enroll("kari@north.test", filing: .due)
        try world.receive(
            "From: sam@example.org\nTo: kari@north.test\nMessage-ID: <0100@ses.test>\nReferences: <kari@example.org>\nSubject: A question\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n\nHello.\n",
            in: "Sent", minute: 0)
        try world.receive("From: x@elsewhere.test\nIn-Reply-To: <0100@ses.test>\n\nYes.\n")
        #expect(try world.rung(kari) == 1)
    }

    @Test("R2.b: an answer from another address ends the enrollment, and the address is remembered")
    mutating func secondAddress() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive("From: kari@home.test\nIn-Reply-To: <kari.1@example.org>\n\nYes.\n")
        #expect(try world.standing(kari) == "unenrolled replied")
        let contact = try world.enrollment(kari).contact
        #expect(try world.store.read { try $0.secondAddresses(of: contact) } == ["kari@home.test"])
        let again = try world.enroll("kari@north.test", later: 7_200, isAgain: true)
        try world.receive("From: kari@home.test\nSubject: Hi\n\nAnother thing.\n", minute: 180)
        #expect(try world.rung(again) == 6)
        #expect(try world.standing(again) == "unenrolled replied")
    }

    @Test("R2.b: one mail that answers two sequences ends both")
    mutating func several() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        try world.receive(
            "From: boss@elsewhere.test\nIn-Reply-To: <kari.1@example.org>\nReferences: <ola.1@example.org>\n\nNo to both.\n"
        )
        #expect(try world.standing(kari) == "unenrolled replied")
        #expect(try world.standing(ola) == "unenrolled replied")
    }

    @Test(
        "R2.c: own mail is no answer, in whichever folder it lies", arguments: ["Sent", "INBOX", "Clients"])
    mutating func ownMail(folder: String) throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: Sam <SAM@example.org>\nTo: kari@north.test\nMessage-ID: <kari.1@example.org>\nReferences: <kari@example.org>\nSubject: A question\n\nHello.\n",
            in: folder)
        #expect(try world.standing(kari) == "active")
    }

    @Test("R2.d: one message seen in two folders counts once")
    mutating func twice() throws {
        let kari = try world.enroll("kari@north.test")
        let text =
            "From: kari@north.test\nMessage-ID: <same@north.test>\nIn-Reply-To: <kari.1@example.org>\n\nYes.\n"
        try world.receive(text)
        try world.receive(text, in: "Clients")
        #expect(try world.events(kari).filter { $0.kind == .answered }.count == 1)
        #expect(try world.store.read { try $0.inboundMessages(InboundFilter(), limit: 10) }.count == 1)
    }

    @Test("R2.e: an answer without any id is found by its sender")
    mutating func withoutIds() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive("From: kari@north.test\nSubject: Our talk\n\nLet us meet.\n")
        #expect(try world.standing(kari) == "unenrolled replied")
    }
}

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
