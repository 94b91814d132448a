import Foundation
import PurrMail
import PurrSequences
import PurrStore
import Testing

@testable import PurrEngine

@Suite("After a restored backup")
struct RecoveryTests {
    private let world: CommandsWorld
    private let day: TimeInterval = 86_400

    init() async throws { world = try await CommandsWorld() }

    private func enrollment(_ id: EnrollmentID) throws -> EnrollmentRecord {
        try #require(try world.store.read { try $0.enrollment(id) })
    }

    private func restore() throws {
        try world.store.write { try $0.markRestored("From a backup.", at: world.start) }
    }

    private func recover(later: TimeInterval) throws {
        let commands = world.commands(later: later)
        let request = RecoveryRequest(mailbox: world.sender)
        _ = try commands.settle(request, commands.place(request).report)
    }

    @Test("M5.4: a step that the backup has as paused is asked about when it goes on, and once")
    func paused() throws {
        let id = try world.enrollKari()
        var machine = try RunningMachine(world)
        try machine.run(until: world.start.addingTimeInterval(600))
        try #require(machine.sent.count == 1)
        _ = try world.commands(later: day).pause([world.kari])
        try restore()
        try recover(later: 10 * day)
        #expect(try enrollment(id).state == .paused)
        machine.restart(at: world.start.addingTimeInterval(10 * day))
        _ = try world.commands(later: 10 * day).resume([world.kari])
        try machine.run(until: world.start.addingTimeInterval(15 * day))
        #expect(machine.sent.count == 1)
        #expect(try enrollment(id).reason == HoldReason.recovered.rawValue)
        _ = try world.commands(later: 15 * day).release([world.kari])
        try machine.run(until: world.start.addingTimeInterval(40 * day))
        #expect(machine.sent.count == 3)
    }

    @Test("M5.4: what was held for another reason is asked about as well", arguments: [false, true])
    func held(isDue: Bool) throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.store.write { _ = try $0.hold(id, because: .challenge, detail: "", at: world.start) }
        try restore()
        try recover(later: isDue ? 5 * day : day)
        #expect(try enrollment(id).reason == HoldReason.challenge.rawValue)
        _ = try world.commands(later: 10 * day).release([world.kari])
        #expect(try enrollment(id).mayHaveLeft)
    }

    @Test("M5.4: a step that an automatic answer has put off since may have left before it")
    func putOff() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        let back = world.start.addingTimeInterval(20 * day)
        try world.store.write { try $0.replan(id, to: back, because: .returnDate) }
        try restore()
        try recover(later: 5 * day)
        #expect(try enrollment(id).state == .active)
        #expect(try enrollment(id).mayHaveLeft)
    }

    @Test("M5.4: nobody is released before the mailbox has been read for what was sent")
    func tooEarly() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try restore()
        let commands = world.commands(later: 5 * day)
        let request = RecoveryRequest(mailbox: world.sender)
        let (report, _) = try commands.place(request)
        #expect(try enrollment(id).reason == HoldReason.recovered.rawValue)
        #expect(throws: CommandError.self) { try commands.release([world.kari]) }
        _ = try commands.settle(request, report)
        _ = try commands.release([world.kari])
        #expect(try enrollment(id).state == .active)
        #expect(try !enrollment(id).mayHaveLeft)
    }

    @Test("M5.4: counted as sent by hand, the step after it is asked about still")
    func countedAsSent() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id, outcome: .held)
        try restore()
        try recover(later: 5 * day)
        _ = try world.commands(later: 5 * day).release([world.kari], answer: .asSent)
        #expect(try enrollment(id).mayHaveLeft)
        #expect(try enrollment(id).nextStep == StepID(rawValue: "nudge"))
    }

    @Test("M5.1: a mail that is to go once more and that lies in Sent is not sent again")
    func evidence() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id, outcome: .held)
        var machine = try RunningMachine(world)
        try machine.run(until: world.start.addingTimeInterval(600))
        _ = try world.commands(later: 600).release([world.kari], answer: .sendAgain)
        machine.findInSent(
            Array(
                "From: sam@example.org\r\nTo: kari@north.test\r\nMessage-ID: <one@example.org>\r\nReferences: <root@example.org>\r\nSubject: A question\r\n\r\nHello\r\n"
                    .utf8))
        try machine.run(until: world.start.addingTimeInterval(day))
        #expect(machine.sent.isEmpty)
        #expect(try world.store.read { try $0.journal(of: id).map(\.state) } == [.sent])
        #expect(try enrollment(id).nextStep == StepID(rawValue: "nudge"))
    }

    @Test(
        "M5.4: of two enrollments of one person only the later one goes on, whichever the backup knew",
        arguments: [true, false])
    func oneAtATime(isLater: Bool) throws {
        let known = try world.enrollKari()
        try restore()
        let root = try #require(MessageID("other@example.org"))
        let sentAt = world.start.addingTimeInterval(isLater ? day : -day)
        let stray = StraySend(
            messageID: try #require(MessageID("stray@example.org")), threadRoot: root,
            mark: StepMark(number: 1, version: 1, sequence: "intro", step: "hello", root: root).unsigned
                + " m=0",
            isSigned: true, sender: world.sender, recipient: world.kari, recipientName: "Kari",
            subject: "A question", inReplyTo: nil, references: [root], sentAt: sentAt)
        try world.store.write { transaction in
            let mailbox = try #require(try transaction.mailboxes().first)
            _ = try transaction.insert(stray, of: mailbox.id)
        }
        try recover(later: 2 * day)
        let all = try world.store.read { try $0.enrollments(limit: 10) }
        try #require(all.count == 2)
        let open = all.filter(\.state.isOpen)
        #expect(open.map { $0.id == known } == [!isLater])
        #expect(all.first { !$0.state.isOpen }?.reason == EndReason.manual.rawValue)
    }
}
