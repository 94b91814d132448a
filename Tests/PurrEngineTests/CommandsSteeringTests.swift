import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Steering")
struct CommandsSteeringTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private let day: TimeInterval = 86_400

    @Test("S4.4: a pause keeps the rest of the delay, and the end of it lands in the window")
    func pauseAndResume() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        // A day after the first mail two are left; resumed on Saturday 10:00, that is Monday.
        #expect(try world.commands(later: day).pause([world.kari]).map(\.change) == [.paused])
        #expect(try world.report(world.commands(later: day)).state == .paused)
        let saturday = world.commands(later: 5 * day)
        let monday = world.start.addingTimeInterval(7 * day)
        #expect(try saturday.resume([world.kari]).map(\.change) == [.resumed(monday)])
        let report = try world.report(saturday)
        #expect(report.state == .waiting)
        #expect(report.nextStep == 2)
        #expect(report.nextAt == monday)
    }

    @Test("doing it twice changes nothing and says so")
    func twice() throws {
        try world.enrollKari()
        _ = try world.commands().pause([world.kari])
        let events = try world.commands().explain(world.kari).map(\.events.count)
        guard case .unchanged = try #require(try world.commands(later: 60).pause([world.kari]).first).change
        else {
            Issue.record("paused twice")
            return
        }
        #expect(try world.commands().explain(world.kari).map(\.events.count) == events)
    }

    @Test("of several contacts, all are steered or none")
    func allOrNone() throws {
        try world.enrollKari()
        let nobody = try #require(EmailAddress("nobody@north.test"))
        #expect(throws: CommandError.self) { try world.commands().unenroll([world.kari, nobody]) }
        #expect(try world.report(world.commands()).state == .active)
    }

    @Test("what is unenrolled is over, and only an open enrollment can be steered")
    func unenroll() throws {
        try world.enrollKari()
        #expect(try world.commands().unenroll([world.kari]).map(\.change) == [.unenrolled])
        let report = try world.report(world.commands())
        #expect(report.state == .unenrolled)
        #expect(report.reason == "manual")
        #expect(report.nextAt == nil)
        #expect(throws: CommandError.self) { try world.commands().pause([world.kari]) }
    }

    @Test("a mail of unknown outcome needs a word about it")
    func unknownOutcome() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id, outcome: .held)
        #expect(throws: CommandError.self) { try world.commands().release([world.kari]) }
        #expect(try world.report(world.commands()).state == .held)
    }

    @Test("counted as sent, it is followed by the next step; nothing is sent again")
    func asSent() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id, outcome: .held)
        let changes = try world.commands(later: day).release([world.kari], answer: .asSent).map(\.change)
        guard case .countedAsSent(let next?) = try #require(changes.first) else {
            Issue.record("\(changes)")
            return
        }
        // Three weekdays after Monday.
        #expect(Zone(identifier: "Europe/Oslo")?.wall(of: next).day.description == "2026-11-26")
        let report = try world.report(world.commands(later: day))
        #expect(report.state == .waiting)
        #expect(report.nextStep == 2)
        #expect(report.sent.map(\.messageId) == ["<one@example.org>"])
    }

    @Test("sent again, the very same mail becomes due")
    func sendAgain() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id, outcome: .held)
        _ = try world.commands(later: day).release([world.kari], answer: .sendAgain)
        let entry = try #require(try world.store.read { try $0.journal(of: id).first })
        #expect(entry.state == .prepared)
        #expect(entry.messageID.text == "one@example.org")
        let report = try world.report(world.commands(later: day))
        #expect(report.state == .active)
        #expect(report.nextStep == 1)
    }

    @Test("an answer about a doubt where there is none is refused")
    func noDoubt() throws {
        let id = try world.enrollKari()
        _ = try world.store.write { try $0.hold(id, because: .tooLate, detail: "late", at: world.start) }
        #expect(throws: CommandError.self) { try world.commands().release([world.kari], answer: .asSent) }
        #expect(try world.commands().release([world.kari]).map(\.change) == [.released(world.start)])
    }

    @Test("S4.5: everybody held for one reason goes on at once, and nobody else")
    func releaseAll() throws {
        let first = try world.enrollKari()
        _ = try world.commands().enroll(world.request("ola@south.test"))
        let second = try #require(try world.store.read { try $0.enrollments(limit: 10).last }).id
        try world.store.write { transaction in
            try transaction.hold(first, because: .tooLate, detail: "late", at: world.start)
            _ = try transaction.hold(second, because: .loop, detail: "loop", at: world.start)
        }
        #expect(try world.commands().releaseAll(heldFor: .tooLate).map(\.contact) == [world.kari])
        #expect(try world.commands().held().map(\.contact) == ["ola@south.test"])
        #expect(throws: CommandError.self) { try world.commands().releaseAll(heldFor: .unknownOutcome) }
    }

    @Test("S3.4: a missing token is still missing until the contact has it")
    func missingToken() async throws {
        try await world.importing("email\nliv@east.test\n")
        let liv = try #require(EmailAddress("liv@east.test"))
        let sequence = try #require(try world.store.read { try $0.sequence(named: "intro") })
        try world.store.write { transaction in
            let contact = try #require(try transaction.contact(liv))
            let mailbox = try #require(try transaction.mailboxes().first)
            let hello = Step(
                id: StepID(rawValue: "hello"), delay: 0, action: .email(EmailStep(template: "hello")))
            let id = try transaction.insert(
                EnrollmentDraft(
                    contact: contact.id, sequence: sequence.id, version: sequence.version,
                    mailbox: mailbox.id,
                    sender: world.sender, zone: .utc, firstStep: hello, start: world.start,
                    threadRoot: "root@example.org"), at: world.start)
            try transaction.hold(
                try #require(id), because: .missingToken, detail: "No value for contact.firstName",
                at: world.start)
        }
        #expect(throws: CommandError.self) { try world.commands().release([liv]) }
        try await world.importing("email,firstName\nliv@east.test,Liv\n")
        #expect(try world.commands().release([liv]).map(\.change) == [.released(world.start)])
    }

    @Test("a removed mailbox ends what was under way, and can be connected again")
    func removal() throws {
        try world.enrollKari()
        #expect(try world.commands().removeMailbox(world.sender) == 1)
        let report = try world.report(world.commands())
        #expect(report.state == .unenrolled)
        #expect(report.reason == "mailboxRemoved")
        #expect(throws: CommandError.self) { try world.commands().mailbox(world.sender) }
        #expect(try world.commands().checkIsFree(world.sender, aliases: [], isUpdate: false) == nil)
    }
}
