import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

/// What `purr mailbox set` changes, on the engine with SQLite (spec S8.1, M1.4).
@Suite("A mailbox's settings")
struct MailboxSettingsTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func set(_ change: (inout MailboxChange) -> Void) throws {
        var wish = MailboxChange()
        change(&wish)
        try world.commands().setUp(world.sender, wish)
    }

    private func after(_ seconds: TimeInterval) -> Date { world.start.addingTimeInterval(seconds) }

    @Test("S8.1: a mailbox that warms up sends more each day, and says so")
    func rampUp() async throws {
        var machine = try RunningMachine(
            world, limits: SendingLimits(perMinute: 100, bulkPerMinute: 100, minimumGap: 0, maximumGap: 0))
        try set { $0.rampUp = "2..6/2d" }
        try await machine.enroll(20)
        try machine.run(until: after(86_399))
        #expect(machine.sent.count == 2)
        #expect(
            try machine.mailbox.freeWhy == "2 mails in 24 hours, warming up to 6 until 2026-11-25")
        let commands = Commands(store: world.store, now: machine.now)
        let mailbox = try #require(try commands.status(clock: .real, isDaemonRunning: true).mailboxes.first)
        #expect(mailbox.limitPerDay == 2)
        #expect(mailbox.warmingUp?.toPerDay == 6)
        let waiting = try commands.explain(try #require(EmailAddress("p19@prospects.test")))
        #expect(try #require(waiting.first).next.contains("warming up to 6"))
        // Each limit holds for the 24 hours before a mail, whatever day it is.
        try machine.run(until: after(2 * 86_400 - 1))
        #expect(machine.sent.count { $0.at >= after(86_400) } == 4)
        try machine.run(until: after(3 * 86_400 - 1))
        #expect(machine.sent.count { $0.at >= after(2 * 86_400) } == 6)
        let later = Commands(store: world.store, now: machine.now)
        #expect(try later.status(clock: .real, isDaemonRunning: true).mailboxes.first?.warmingUp == nil)
    }

    @Test("S8.1: a ramp-up is the limit it ends at, until it is taken away")
    func rampUpIsALimit() throws {
        try set { $0.rampUp = "5..40/1w" }
        try set { $0.rampUp = "none" }
        let settings = try world.commands().setUp(world.sender, MailboxChange())
        #expect(settings.limits.perDay == 40 && settings.limits.rampUp == nil)
        for wrong in ["", "40", "40..5/1w", "5..40/99w"] {
            #expect(throws: CommandError.self) { try set { $0.rampUp = wrong } }
        }
        #expect(throws: CommandError.self) {
            try set {
                $0.rampUp = "5..40/1w"
                $0.limitPerDay = 30
            }
        }
    }

    @Test(
        "M1.4: a signature stands below the text after its delimiter, and in the HTML, before the way to opt out"
    )
    func signature() async throws {
        var machine = try RunningMachine(world)
        try set {
            $0.signature = "**{{sender.name}}**\nNord AS, <https://example.org/>\n"
            $0.identity = "Nord AS, org. no. 912 345 678"
        }
        try world.commands().setAccountSetting("postalAddress", to: "Storgata 1, Oslo")
        try world.commands().setAccountSetting("identity", to: "Somebody else")
        try world.enrollKari()
        try machine.run(until: after(600))
        let mail = IncomingMessage.read(Array(try #require(machine.texts.first).utf8))
        let text = try #require(mail.plainText).replacing("\r\n", with: "\n")
        let parts = text.components(separatedBy: "\n-- \n")
        #expect(parts.count == 2)
        #expect(parts.first == "Hello Kari.\n")
        let below = try #require(parts.last)
        #expect(below.hasPrefix("Sam Sender\nNord AS, https://example.org/\n"))
        #expect(
            below.contains(
                "\nNord AS, org. no. 912 345 678\nStorgata 1, Oslo\nIf you would rather not hear from me again"
            ))
        #expect(!below.contains("Somebody else"))
        let html = try #require(machine.texts.first).replacing("=\r\n", with: "")
        #expect(html.contains("class=3D\"signature\""))
        #expect(html.contains("<strong>Sam Sender</strong>"))
    }

    @Test("M1.4: a signature that could not be filled is refused, with what to do")
    func wrongSignatures() throws {
        for (text, word) in [
            ("{{contact.firstName}}", "contact.firstName"), ("{{sender.meetingLink}}", "no value"),
            ("{{sender.name", "cannot be used"), (String(repeating: "x", count: 10_001), "10,000"),
        ] {
            let error = #expect(throws: CommandError.self) { try set { $0.signature = text } }
            #expect(error?.text.contains(word) == true, "\(error?.text ?? "")")
        }
        try set { $0.signature = "Sam" }
        try set { $0.signature = "" }
        #expect(try world.commands().setUp(world.sender, MailboxChange()).signature == nil)
    }

    @Test("M1.4: texts of the account are one line, and stand beside its limits")
    func accountTexts() throws {
        let commands = world.commands()
        #expect(throws: CommandError.self) { try commands.setAccountSetting("identity", to: "two\nlines") }
        try commands.setAccountSetting("identity", to: "Nord AS")
        let settings = try commands.accountSettings()
        #expect(settings.map(\.key) == ["templateLimit", "sequenceLimit", "identity", "postalAddress"])
        #expect(settings.map(\.value) == [.number(10), .number(5_000), .text("Nord AS"), .text("")])
    }
}
