import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import Testing

/// Mails that a person looks at before they leave.
@Suite("Review before trust")
struct ReviewTests {
    let world: CommandsWorld
    private let ola: EmailAddress

    init() async throws {
        world = try await CommandsWorld()
        ola = try #require(EmailAddress("ola@south.test"))
    }

    private static let day: TimeInterval = 86_400
    private func after(_ seconds: TimeInterval) -> Date { world.start.addingTimeInterval(seconds) }

    private func enroll(_ emails: String..., review: Int) throws {
        for email in emails {
            var request = world.request(email)
            request.review = review
            let results = try world.commands().enroll(request)
            guard case .enrolled = try #require(results.first?.result) else {
                throw CommandError(.software, "\(results)")
            }
        }
    }

    @Test("the first mails of an enrollment wait until each is approved, and the rest go by themselves")
    func firstMails() throws {
        try enroll("kari@north.test", review: 2)
        var machine = try RunningMachine(world)
        try machine.run(until: after(2 * Self.day))
        #expect(machine.sent.isEmpty)
        let waiting = try world.commands(later: 2 * Self.day).mailsToApprove()
        #expect(waiting.map(\.step) == [1])
        #expect(waiting.first?.needsApproval ?? false)
        #expect(waiting.first?.text.contains("Hello Kari.") ?? false)

        _ = try Commands(store: world.store, now: machine.now).approve([world.kari])
        machine.machine.notice()
        try machine.run(until: after(20 * Self.day))
        #expect(machine.sent.count == 1, "the second waits for its own word")
        let second = try #require(try world.commands(later: 20 * Self.day).mailsToApprove().first)
        #expect(second.step == 2)
        #expect(second.inReplyTo != nil)

        _ = try Commands(store: world.store, now: machine.now).approve([world.kari])
        machine.machine.notice()
        try machine.run(until: after(60 * Self.day))
        #expect(machine.sent.count == 3, "the third was never to be approved")
    }

    @Test("what is approved before it is due leaves at its time; with all, nothing waits any more")
    func ahead() throws {
        try enroll("kari@north.test", review: 3)
        #expect(try world.commands().plannedMails(to: world.kari).first?.needsApproval ?? false)
        let changes = try world.commands().approve([world.kari], all: true).map(\.change)
        #expect(changes == [.released(world.start)])
        #expect(try world.commands().plannedMails(to: world.kari).first?.needsApproval == false)
        var machine = try RunningMachine(world)
        try machine.run(until: after(30 * Self.day))
        #expect(machine.sent.count == 3)
    }

    @Test("of several contacts, all are approved or none; what waits for nothing stays as it is")
    func several() throws {
        try enroll("kari@north.test", review: 1)
        #expect(throws: CommandError.self) { try world.commands().approve([world.kari, ola]) }
        #expect(try world.commands().plannedMails(to: world.kari).first?.needsApproval ?? false)
        try enroll("ola@south.test", review: 0)
        let changes = try world.commands().approve([world.kari, ola]).map(\.change)
        #expect(changes.first == .released(world.start))
        guard case .unchanged = changes.last else {
            Issue.record("\(changes)")
            return
        }
        #expect(try world.commands().plannedMails(to: world.kari).first?.needsApproval == false)
    }

    @Test("S3.1: a mail changed for one contact leaves so for them alone, also when it was ready to go")
    func changed() throws {
        try enroll("kari@north.test", "ola@south.test", review: 1)
        var machine = try RunningMachine(world)
        // Ola lives by UTC, and both mails are ready by now.
        try machine.run(until: after(2 * Self.day))
        let nicer = try world.template("nicer", body: "Dear {{contact.firstName}}, a word.")
        let commands = Commands(store: world.store, now: machine.now)
        try commands.edit(world.kari, step: 1, to: nicer)
        let mail = try #require(try commands.plannedMails(to: world.kari).first)
        #expect(mail.isEdited && mail.text.contains("Dear Kari, a word."))
        _ = try commands.approve([world.kari, ola])
        machine.machine.notice()
        try machine.run(until: after(4 * Self.day), count: 2)
        let texts = Dictionary(uniqueKeysWithValues: zip(machine.sent.map(\.to), machine.texts))
        #expect(texts["kari@north.test"]?.contains("Dear Kari, a word.") ?? false)
        #expect(texts["ola@south.test"]?.contains("Hello Ola.") ?? false)
        #expect(throws: CommandError.self, "it has left") {
            try Commands(store: world.store, now: machine.now).edit(world.kari, step: 1, to: nicer)
        }
    }

    @Test("a change that names what the contact lacks is refused, and nothing is changed")
    func changedBadly() throws {
        try enroll("kari@north.test", review: 1)
        let wrong = try world.template("wrong", body: "Hello {{contact.company}}.")
        #expect(throws: CommandError.self) { try world.commands().edit(world.kari, step: 1, to: wrong) }
        #expect(throws: CommandError.self) {
            try world.commands().edit(world.kari, step: 4, to: world.template("x"))
        }
        #expect(try world.commands().plannedMails(to: world.kari).first?.isEdited == false)
    }

    @Test("a test mail of any step goes to oneself, filled for the contact, and to nobody else")
    func testMail() throws {
        let own = try world.commands().sendTest(of: "intro", step: 1, as: world.kari, from: world.sender)
        #expect(own == world.sender)
        _ = try world.commands().sendTest(of: "intro", step: 3, as: ola, from: world.sender)
        var machine = try RunningMachine(world)
        try machine.run(until: after(60))
        #expect(machine.sent.isEmpty)
        #expect(machine.posted.map(\.to) == ["sam@example.org", "sam@example.org"])
        let texts = machine.posted.map(\.text)
        #expect(texts.allSatisfy { $0.contains("Subject: [Test] ") && !$0.contains("north.test") })
        #expect(
            texts.contains { $0.contains("Hello Kari.") } && texts.contains { $0.contains("Hello Ola.") })
        #expect(throws: CommandError.self) {
            try world.commands().sendTest(of: "intro", step: 4, as: world.kari, from: world.sender)
        }
    }
}
