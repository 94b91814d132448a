import Foundation
import PurrEngine
import PurrMail
import PurrReplies
import PurrSequences
import PurrStore
import Testing

@Suite("R3.e: a person reads a message otherwise")
struct ReclassifyingTests {
    var world: InboundWorld

    init() async throws { world = try await InboundWorld() }

    static let answer = EffectRulesTests.inThread + "\nTuesday suits me well.\n"
    static let automatic = EffectRulesTests.automatic + "\nThank you for your mail.\n"

    static let invitation =
        "From: kari@north.test\nSubject: Invitation\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@north.test\nDTSTAMP:20261123T090000Z\nDTSTART:20261125T090000Z\nDTEND:20261125T093000Z\nORGANIZER:mailto:kari@north.test\nATTENDEE:mailto:sam@example.org\nSUMMARY:Talk\nEND:VEVENT\nEND:VCALENDAR\n"

    func commands(hours: Double) -> Commands { world.base.commands(later: hours * 3_600) }

    @Test("R3.e: an automatic mail that was read as a person's: it goes on with what was left of the delay")
    mutating func goesOn() throws {
        let kari = try world.enroll("kari@north.test")
        let planned = try #require(try world.enrollment(kari).nextAt)
        let id = try world.receive(Self.answer, minute: 60)
        #expect(try world.standing(kari) == "unenrolled replied")
        let done = try commands(hours: 25).reclassify(id, as: .automatic)
        #expect(done.from == "human" && done.to == "automatic")
        #expect(try world.standing(kari) == "active")
        // One hour of the three days had gone when it ended; a day later the rest of them is waited for.
        let next = try #require(try world.enrollment(kari).nextAt)
        #expect(abs(next.timeIntervalSince(planned) - 86_400) < 120)
        #expect(try world.enrollment(kari).nextStep == StepID(rawValue: "nudge"))
        #expect(try world.store.read { try $0.facts(of: kari) }.isEmpty)
    }

    @Test("R3.e: a person's mail that was read as automatic: it stops")
    mutating func stops() throws {
        let kari = try world.enroll("kari@north.test")
        let id = try world.receive(Self.automatic)
        #expect(try world.standing(kari) == "active")
        _ = try commands(hours: 2).reclassify(id, as: .human)
        #expect(try world.standing(kari) == "unenrolled replied")
        #expect(try world.events(kari).contains { $0.kind == .reclassified && $0.evidence["by"] == "hand" })
    }

    @Test(
        "R3.e: --undo brings the first judgement back, with what it did",
        arguments: [answer, automatic, invitation])
    mutating func undo(mail: String) throws {
        let kari = try world.enroll("kari@north.test")
        let id = try world.receive(mail)
        let before = try world.standing(kari)
        let first = try #require(try world.newest())
        let other: Judgement.Kind = first.kind == "human" ? .automatic : .human
        _ = try commands(hours: 2).reclassify(id, as: other)
        #expect(try world.standing(kari) != before)
        let undone = try commands(hours: 3).undoReclassification(of: id)
        #expect(undone.to == first.kind)
        #expect(try world.standing(kari) == before)
        #expect(try world.newest()?.rule == first.rule)
        #expect(throws: CommandError.self) { try commands(hours: 4).undoReclassification(of: id) }
    }

    @Test("R3.e: a suppression is lifted when it came from this message, and no other")
    mutating func suppression() throws {
        let kari = try world.enroll("kari@north.test")
        let ola = try world.enroll("ola@south.test")
        _ = try commands(hours: 0.5).suppress(.address(try #require(EmailAddress("ola@south.test"))))
        let first = try world.receive(EffectRulesTests.inThread + "\nPlease unsubscribe me.\n")
        let second = try world.receive("From: ola@south.test\n\nPlease unsubscribe me.\n")
        #expect(try world.suppressed().sorted() == ["kari@north.test", "ola@south.test"])
        _ = try commands(hours: 2).reclassify(first, as: .automatic)
        _ = try commands(hours: 2).reclassify(second, as: .automatic)
        #expect(try world.suppressed() == ["ola@south.test"])
        #expect(try world.standing(kari) == "active")
        #expect(try world.standing(ola) == "unenrolled unsubscribed")
    }

    @Test("R3.e: another answer that came after the end still counts")
    mutating func otherAnswer() throws {
        let kari = try world.enroll("kari@north.test")
        let first = try world.receive(Self.answer)
        try world.receive(EffectRulesTests.inThread + "\nOne more thing.\n")
        _ = try commands(hours: 3).reclassify(first, as: .automatic)
        #expect(try world.standing(kari) == "unenrolled replied")
    }

    @Test("R3.e: what has ended for another reason since stays ended")
    mutating func endedByHand() throws {
        let kari = try world.enroll("kari@north.test")
        let id = try world.receive(EffectRulesTests.automatic + "\nI am out of office.\n")
        _ = try commands(hours: 2).unenroll([world.base.kari])
        _ = try commands(hours: 3).reclassify(id, as: .automatic)
        #expect(try world.standing(kari) == "unenrolled manual")
    }

    @Test("R3.e: what could not go on any more stays ended: its mailbox is gone")
    mutating func mailboxGone() throws {
        let kari = try world.enroll("kari@north.test")
        let id = try world.receive(Self.answer)
        _ = try commands(hours: 2).removeMailbox(world.base.sender)
        _ = try commands(hours: 3).reclassify(id, as: .automatic)
        #expect(try world.standing(kari) == "unenrolled replied")
    }

    @Test("R3.e: a wait is taken back, and a return date can be given")
    mutating func wait() throws {
        let kari = try world.enroll("kari@north.test")
        let planned = try world.enrollment(kari).nextAt
        let id = try world.receive(
            EffectRulesTests.automatic + "\nI am out of office until 11 December 2026.\n")
        #expect(try world.enrollment(kari).nextAt != planned)
        _ = try commands(hours: 2).reclassify(id, as: .automatic)
        #expect(try world.enrollment(kari).nextAt == planned)
        let back = try #require(ReturnDate(year: 2026, month: 12, day: 1))
        _ = try commands(hours: 3).reclassify(id, as: .outOfOffice, returnDate: back)
        let enrollment = try world.enrollment(kari)
        #expect(enrollment.nextAt.map { enrollment.zone.wall(of: $0).day.description } == "2026-12-02")
    }

    @Test("R3.e: a held enrollment goes on, and a made task is withdrawn")
    mutating func heldAndTask() throws {
        let kari = try world.enroll("kari@north.test")
        let id = try world.receive(
            EffectRulesTests.automatic
                + "\nI am on leave until 1 March 2027. Please contact anne@north.test instead.\n")
        #expect(try world.standing(kari) == "held awayTooLong")
        #expect(try commands(hours: 2).tasks().count == 1)
        _ = try commands(hours: 2).reclassify(id, as: .automatic)
        #expect(try world.standing(kari) == "active")
        #expect(try commands(hours: 2).tasks().isEmpty)
    }

    @Test("R3.e: whose sequence a company's answer ended goes on too")
    mutating func company() throws {
        try world.base.apply(
            CommandsWorld.sequence.replacing("followUpDays", with: "companyReplyStops: true, followUpDays"))
        let kari = try world.enroll("kari@north.test")
        let per = try world.enroll("per@north.test")
        let id = try world.receive(Self.answer)
        #expect(try world.standing(per) == "unenrolled companyReplied")
        _ = try commands(hours: 2).reclassify(id, as: .automatic)
        #expect(try world.standing(kari) == "active")
        #expect(try world.standing(per) == "active")
    }

    @Test("R3.e: says what is listed, shown and refused")
    mutating func looks() throws {
        try world.enroll("kari@north.test")
        let id = try world.receive(Self.answer)
        var filter = ReplyFilter()
        filter.kinds = [.human]
        filter.contact = world.base.kari
        filter.sequence = "intro"
        let listed = try commands(hours: 2).replies(filter)
        #expect(listed.map(\.id) == [id])
        #expect(listed.first?.rung == 1)
        #expect(listed.first?.excerpt == "Tuesday suits me well.")
        #expect(listed.first?.effects == ["kari@north.test was taken out of intro: replied"])
        filter.kinds = [.bounce]
        #expect(try commands(hours: 2).replies(filter).isEmpty)
        #expect(throws: CommandError.self) { try commands(hours: 2).reclassify(id, as: .human) }
        #expect(throws: CommandError.self) { try commands(hours: 2).reclassify(9_999, as: .human) }
        #expect(try commands(hours: 2).reply(id).ownText == "Tuesday suits me well.")
    }
}
