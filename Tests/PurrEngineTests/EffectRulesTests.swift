import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("R3: what a message does, by the engine on SQLite")
struct EffectRulesTests {
    var world: InboundWorld

    init() async throws { world = try await InboundWorld() }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var mail: String
        var standing: String
        var suppressed: [String] = []
    }

    static let inThread =
        "From: kari@north.test\nSubject: Re: A question\nIn-Reply-To: <kari.1@example.org>\n"
    static let automatic =
        "From: kari@north.test\nSubject: Automatic reply: A question\nAuto-Submitted: auto-replied\n"

    @Test(
        "does to Kari's enrollment what its kind asks for",
        arguments: [
            Example(
                testDescription: "R3.1: own mail is nothing",
                mail: "From: sam@example.org\nTo: x@y.test\nIn-Reply-To: <kari.1@example.org>\n\nHello.\n",
                standing: "active"),
            Example(
                testDescription: "R3.2: a complaint with our id ends and silences",
                mail: Mails.complaint(returning: "kari.1@example.org"), standing: "unenrolled markedAsSpam",
                suppressed: ["kari@north.test"]),
            Example(
                testDescription: "R3.2: a complaint without our id is held",
                mail: Mails.complaint(returning: nil), standing: "held doubtfulComplaint"),
            Example(
                testDescription: "R3.3: an address that does not exist ends and silences",
                mail: Mails.report(about: "kari@north.test", returning: "kari.1@example.org"),
                standing: "unenrolled bounced", suppressed: ["kari@north.test"]),
            Example(
                testDescription:
                    "R3.3: a permanent failure that is not about the address ends and silences nobody",
                mail: Mails.report(
                    about: "kari@north.test", returning: "kari.1@example.org", status: "5.7.1"),
                standing: "unenrolled bounced"),
            Example(
                testDescription: "R3.3: a temporary one is noted",
                mail: Mails.report(
                    about: "kari@north.test", returning: "kari.1@example.org", action: "delayed",
                    status: "4.4.1"), standing: "active"),
            Example(
                testDescription: "R3.3: a delivery is noted",
                mail: Mails.report(
                    about: "kari@north.test", returning: "kari.1@example.org", action: "delivered",
                    status: "2.1.5"), standing: "active"),
            Example(
                testDescription: "R3.3: a report about somebody mailed lately, without our id, is held",
                mail: Mails.report(about: "kari@north.test"), standing: "held doubtfulBounce"),
            Example(
                testDescription: "R3.3: a mere MAILER-DAEMON proves nothing",
                mail:
                    "From: MAILER-DAEMON@mx.test\nSubject: Undelivered mail\n\nYour message to kari@north.test could not be delivered. Click here to release it.\n",
                standing: "active"),
            Example(
                testDescription: "R3.4: a read receipt is noted",
                mail:
                    "From: kari@north.test\nSubject: Read: A question\nIn-Reply-To: <kari.1@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: text/plain\n\nYour message was read.\n\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; kari@north.test\nOriginal-Message-ID: <kari.1@example.org>\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n",
                standing: "active"),
            Example(
                testDescription: "R3.6: mail to the address of our List-Unsubscribe ends and silences",
                mail: "From: kari@north.test\nSubject: unsubscribe \(token)\n\n",
                standing: "unenrolled unsubscribed", suppressed: ["kari@north.test"]),
            Example(
                testDescription: "R3.7: an automatic mail changes nothing",
                mail: automatic + "\nThank you, we have received your mail.\n", standing: "active"),
            Example(
                testDescription: "R3.8: a wish to be left alone, in the thread, ends and silences",
                mail: inThread + "\nPlease remove me from your list.\n",
                standing: "unenrolled unsubscribed", suppressed: ["kari@north.test"]),
            Example(
                testDescription: "R3.8: an answer ends", mail: inThread + "\nTuesday suits me well.\n",
                standing: "unenrolled replied"),
            Example(
                testDescription: "R3.9: out of office by its subject alone waits",
                mail: "From: kari@north.test\nSubject: Out of office: A question\n\nI am out of office.\n",
                standing: "active"),
            Example(
                testDescription: "R3.10: anything else of hers is a person's",
                mail: "From: kari@north.test\nSubject: By the way\n\nDo you know Anne?\n",
                standing: "unenrolled replied"),
            Example(
                testDescription: "R3.a: Precedence: bulk proves nothing",
                mail: inThread
                    + "Precedence: bulk\nX-Auto-Response-Suppress: All\n\nTuesday suits me well.\n",
                standing: "unenrolled replied"),
            Example(
                testDescription: "R3.b: a challenge is held",
                mail: automatic.replacing(
                    "Automatic reply: A question", with: "Please confirm your message")
                    + "\nTo deliver your message, please confirm that you are a human by clicking the link below.\n",
                standing: "held challenge"),
            Example(
                testDescription: "R3.g: quoted words of ours are not hers",
                mail: inThread
                    + "\nTuesday suits me well.\n\nOn Mon, 23 Nov 2026 at 10:00, Sam wrote:\n> Please unsubscribe me, some people write.\n> Sam\n",
                standing: "unenrolled replied"),
        ])
    mutating func effects(_ example: Example) throws {
        let kari = try world.enroll("kari@north.test")
        try world.store.write { transaction in
            let root = try #require(MessageID("\(Self.token)@example.org"))
            let mail = PreparedMail(
                messageID: try #require(MessageID("kari.2@example.org")), inReplyTo: nil, references: [],
                threadRoot: root, subject: "A question", sender: world.base.sender,
                recipient: world.base.kari,
                bytes: [])
            _ = try transaction.prepare(
                mail, enrollment: kari, step: StepID(rawValue: "nudge"), mailbox: world.mailbox)
        }
        try world.receive(example.mail)
        #expect(try world.standing(kari) == example.standing)
        #expect(try world.suppressed() == example.suppressed)
    }

    static let token = "abcdefghijklmnopqrstuvwxyz"

    // MARK: Away

    @Test("R3.c: waits until the first eligible day after the return, at the step's own time")
    mutating func away() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            Self.automatic + "\nI am out of office until 4 December 2026 and will answer then.\n")
        let enrollment = try world.enrollment(kari)
        #expect(enrollment.reason == WaitReason.returnDate.rawValue)
        let wall = try #require(enrollment.nextAt.map { enrollment.zone.wall(of: $0) })
        // Friday the 4th is the last day away or the first one back; Monday the 7th is eligible either way.
        #expect(["2026-12-07", "2026-12-08"].contains(wall.day.description))
        #expect(wall.second == 10 * 3_600)
    }

    @Test("R3.c: without a date waits as many eligible days as the sequence says", arguments: [5, 2])
    mutating func awayWithoutDate(days: Int) throws {
        try world.base.apply(
            CommandsWorld.sequence.replacing("followUpDays", with: "awayDays: \(days), followUpDays"))
        let kari = try world.enroll("kari@north.test")
        try world.receive(Self.automatic + "\nI am out of office.\n")
        let enrollment = try world.enrollment(kari)
        let wall = try #require(enrollment.nextAt.map { enrollment.zone.wall(of: $0) })
        // From Monday 23 November: five weekdays on is Monday the 30th. Two would fall before the step's own day.
        #expect(wall.day.description == (days == 5 ? "2026-11-30" : "2026-11-26"))
    }

    @Test("R3.c: more than thirty days away is held")
    mutating func awayTooLong() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(Self.automatic + "\nI am on leave until 1 March 2027.\n")
        #expect(try world.standing(kari) == "held awayTooLong")
    }

    @Test("R3.c: a pause is not shortened: who resumes it waits for the return")
    mutating func awayWhilePaused() throws {
        let kari = try world.enroll("kari@north.test")
        _ = try world.base.commands().pause([world.base.kari])
        try world.receive(Self.automatic + "\nI am out of office until 11 December 2026.\n")
        #expect(try world.enrollment(kari).remaining > 16 * 86_400)
        #expect(try world.standing(kari) == "paused manual")
    }

    @Test("R3.c: the stand-in is offered as a task, once")
    mutating func standIn() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            Self.automatic
                + "\nI am out of office until 4 December 2026. In urgent cases please contact anne@north.test.\n"
        )
        let tasks = try world.base.commands(later: 7_200).tasks()
        #expect(tasks.count == 1)
        #expect(tasks.first?.title.contains("anne@north.test") == true)
        #expect(try world.standing(kari) == "active")
    }

    @Test("R3.b: who has left is taken out, and a task names the successor")
    mutating func left() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            Self.automatic
                + "\nKari no longer works at North. Please contact anne@north.test from now on.\n")
        #expect(try world.standing(kari) == "unenrolled noLongerThere")
        let tasks = try world.base.commands(later: 7_200).tasks()
        #expect(tasks.map { $0.title.contains("anne@north.test") } == [true])
        #expect(try world.suppressed().isEmpty)
    }

    @Test("R3.b: a ticket's acknowledgement is noted")
    mutating func ticket() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: support@north.test\nSubject: [Ticket #4711] A question\nAuto-Submitted: auto-generated\nIn-Reply-To: <kari.1@example.org>\n\nThank you for contacting us. Your request has been received and a ticket has been created. Ticket number: 4711.\n"
        )
        #expect(try world.standing(kari) == "active")
        #expect(try world.events(kari).contains { $0.kind == .automatic })
    }

    @Test("R3.d: the third automatic mail in a day holds, and one a day does not")
    mutating func loop() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        for number in 1...3 {
            #expect(try world.standing(kari) == "active")
            try world.receive(Self.automatic + "X: \(number)\n\nThank you, mail \(number) has arrived.\n")
            try world.receive(
                "From: ola@south.test\nSubject: Auto: \(number)\nAuto-Submitted: auto-replied\n\nThank you.\n",
                minute: Double(number) * 1_500)
        }
        #expect(try world.standing(kari) == "held loop")
        #expect(try world.standing(ola) == "active")
    }
}
