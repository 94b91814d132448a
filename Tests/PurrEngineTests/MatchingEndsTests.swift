import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("R2: everything of a contact's ends, and nothing counts twice")
struct MatchingEndsTests {
    var world: InboundWorld

    init() async throws { world = try await InboundWorld() }

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

    @Test("S4.3: mail after the end counts on no sequence but the one that it answers")
    mutating func afterTheEndElsewhere() throws {
        let address = try #require(EmailAddress("kari@north.test"))
        // One that wrote, one that wrote later, and one that ended before it wrote.
        let first = try world.enroll("kari@north.test")
        _ = try world.base.commands().unenroll([address])
        let second = try world.enroll("kari@north.test", later: 60, isAgain: true)
        _ = try world.base.commands(later: 120).unenroll([address])
        var request = world.base.request("kari@north.test")
        (request.isAgain, request.isRecentWelcome) = (true, true)
        let results = try world.base.commands(later: 180).enroll(request)
        guard case .enrolled(let third, _, _) = try #require(results.first?.result) else {
            Issue.record("\(results)")
            return
        }
        _ = try world.base.commands(later: 240).unenroll([address])
        func replied() throws -> [Bool] {
            try [first, second, third].map { one in
                try world.store.read { try $0.facts(of: one) }.contains { $0.fact == .replied }
            }
        }
        try world.receive("From: kari@north.test\nSubject: Lunch?\n\nOn Friday?\n")
        #expect(try replied() == [false, true, false])
        try world.receive("From: kari@north.test\nIn-Reply-To: <kari.1@example.org>\n\nNo.\n")
        #expect(try replied() == [true, true, false])
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

    /// A second mailbox of the account.
    private func connectSecond() throws -> MailboxID {
        let server = MailboxSettings.Server(host: "mail.example.org", port: 993, security: .tls)
        let address = try #require(EmailAddress("sam@second.test"))
        try world.base.commands().connect(
            MailboxConnection(
                address: address, name: "Sam Sender",
                settings: MailboxSettings(imap: server, smtp: server, user: "sam"), credential: [1]),
            isUpdate: false)
        return try #require(
            try world.store.read { try $0.mailboxes() }.first { $0.address.key == address.key }?.id)
    }

    @Test("R2.b: an answer in one mailbox ends what another mailbox sends")
    mutating func otherMailbox() throws {
        let kari = try world.enroll("kari@north.test")
        let second = try connectSecond()
        let first = try world.enrollment(kari)
        let start = world.base.start
        let other = try world.store.write { transaction in
            let step = Step(
                id: StepID(rawValue: "hello"), delay: 0, action: .email(EmailStep(template: "hello")))
            let draft = EnrollmentDraft(
                contact: first.contact, sequence: first.sequence, version: first.version, mailbox: second,
                sender: try #require(EmailAddress("sam@second.test")), zone: first.zone, firstStep: step,
                start: start.addingTimeInterval(86_400), threadRoot: "other@example.org")
            return try #require(try transaction.insert(draft, at: start))
        }
        try world.receive("From: kari@north.test\nIn-Reply-To: <kari.1@example.org>\n\nYes.\n")
        #expect(try world.standing(other) == "unenrolled replied")
    }

    @Test("R2.c: mail from another mailbox of the account is own mail")
    mutating func otherOwnAddress() throws {
        let kari = try world.enroll("kari@north.test")
        _ = try connectSecond()
        try world.receive("From: sam@second.test\nIn-Reply-To: <kari.1@example.org>\n\nLook at this.\n")
        #expect(try world.standing(kari) == "active")
    }
}
