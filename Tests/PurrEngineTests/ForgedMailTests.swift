import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("R3.f: forged mail")
struct ForgedMailTests {
    var world: InboundWorld

    init() async throws { world = try await InboundWorld() }

    @Test("R3.f: a forged bounce in words ends and silences nobody")
    mutating func forgedBounce() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        try world.receive(
            "Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@north.test>\nTo: sam@example.org\nSubject: Undelivered Mail Returned to Sender\n\nThe following addresses failed: kari@north.test, ola@south.test\n550 5.1.1 User unknown\nSign in to see the message: https://evil.test\n"
        )
        #expect(try world.standing(kari) == "active")
        #expect(try world.standing(ola) == "active")
        #expect(try world.suppressed().isEmpty)
    }

    @Test("R3.f: a forged report with the id of one's own mail harms nobody else")
    mutating func forgedReport() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        try world.receive(Mails.report(about: "ola@south.test", returning: "kari.1@example.org"))
        #expect(try world.standing(ola) == "active")
        #expect(try world.standing(kari) == "unenrolled bounced")
        #expect(try world.suppressed().isEmpty)
    }

    @Test("R3.f: a forged report that lists many addresses holds none of them")
    mutating func forgedList() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        let list = Mails.report(about: "kari@north.test")
            .replacing(
                "\nReporting-MTA: dns; mx.example.net\n",
                with:
                    "\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ola@south.test\nAction: failed\nStatus: 5.1.1\n"
            )
        try world.receive(list)
        #expect(try world.standing(kari) == "active")
        #expect(try world.standing(ola) == "active")
    }

    @Test("R3.f: a forged complaint in somebody's name silences only whose mail it returns")
    mutating func forgedComplaint() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        try world.receive(Mails.complaint(returning: "kari.1@example.org", from: "ola@south.test"))
        #expect(try world.standing(kari) == "unenrolled markedAsSpam")
        #expect(try world.standing(ola) == "active")
        #expect(try world.suppressed() == ["kari@north.test"])
    }

    @Test("R3.f: an opt-out in somebody's name with another's token silences only the token's owner")
    mutating func forgedOptOut() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        let (mailbox, sender, recipient) = (world.mailbox, world.base.sender, world.base.kari)
        try world.store.write { transaction in
            let mail = PreparedMail(
                messageID: try #require(MessageID("kari.2@example.org")), inReplyTo: nil, references: [],
                threadRoot: try #require(MessageID("\(EffectRulesTests.token)@example.org")),
                subject: "A question",
                sender: sender, recipient: recipient, bytes: [])
            _ = try transaction.prepare(
                mail, enrollment: kari, step: StepID(rawValue: "nudge"), mailbox: mailbox)
        }
        try world.receive("From: ola@south.test\nSubject: unsubscribe \(EffectRulesTests.token)\n\n")
        #expect(try world.standing(kari) == "unenrolled unsubscribed")
        #expect(try world.suppressed() == ["kari@north.test"])
        #expect(try world.standing(ola).hasPrefix("unenrolled"))
    }

    @Test(
        "R3.f: a wish in one's own thread, under another's name, silences that name and not the owner of the thread"
    )
    mutating func forgedWish() throws {
        try world.enroll("kari@north.test")
        try world.enroll("ola@south.test")
        try world.receive(
            "From: ola@south.test\nIn-Reply-To: <kari.1@example.org>\n\nPlease remove me from your list.\n")
        #expect(try world.suppressed() == ["ola@south.test"])
    }

    @Test("R3.f: a colleague's wish ends the sequence and silences nobody")
    mutating func colleaguesWish() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: anne@north.test\nCc: kari@north.test\nSubject: Re: A question\n\nPlease remove us from your list.\n"
        )
        #expect(try world.standing(kari) == "unenrolled unsubscribed")
        #expect(try world.suppressed().isEmpty)
    }

    @Test("R3.f: a second address that is a contact too is tied to nobody")
    mutating func secondAddressOfAContact() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive("From: ola@south.test\nIn-Reply-To: <kari.1@example.org>\n\nYes.\n")
        let contact = try world.enrollment(kari).contact
        #expect(try world.store.read { try $0.secondAddresses(of: contact) }.isEmpty)
    }

    @Test("R3.5, R3.f: a calendar answer ends its sender's sequence and no other")
    mutating func calendar() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        try world.receive(
            "From: kari@north.test\nSubject: Accepted: Talk\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REPLY; charset=utf-8\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1@north.test\nDTSTAMP:20261123T090000Z\nDTSTART:20261125T090000Z\nDTEND:20261125T093000Z\nORGANIZER:mailto:sam@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ola@south.test\nSUMMARY:Talk\nEND:VEVENT\nEND:VCALENDAR\n"
        )
        #expect(try world.standing(kari).hasPrefix("unenrolled"))
        #expect(try world.standing(ola) == "active")
        #expect(try world.suppressed().isEmpty)
    }
}
