import Crypto
import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("The alarm desk")
struct AlarmDeskTests {
    let world: CommandsWorld
    let vault = Vault(key: SymmetricKey(size: .bits256))
    let hook = AlarmTarget.Webhook(
        url: "https://alarms.example.org/purr", allowsPrivate: false, authority: nil)
    let secret = "0123456789abcdef"

    init() async throws { world = try await CommandsWorld() }

    private var desk: AlarmDesk {
        AlarmDesk(store: world.store, vault: vault, rate: 1, freeBytes: { 1 << 40 })
    }

    private func at(_ minutes: Double) -> Date { world.start.addingTimeInterval(minutes * 60) }

    private func look(_ minutes: Double) throws -> (raised: Int, cleared: Int) {
        try desk.look(at: at(minutes), since: world.start)
    }

    private func fail(_ text: String?, _ reason: MailServerFailure.Reason = .unreachable) throws {
        try world.store.write { transaction in
            let id = try #require(try transaction.mailboxes().first?.id)
            try transaction.setFailure(text, reason, since: world.start, of: id)
        }
    }

    private func addHook(_ name: String = "chat") throws {
        try world.commands().addAlarmWebhook(name, hook, secret: secret, vault: vault)
    }

    private func states() throws -> [String] {
        try world.commands().alarmHistory(limit: 100).reversed().flatMap(\.deliveries).map {
            "\($0.event) \($0.target) \($0.state)"
        }
    }

    @Test("raises once, says so once, and says when it is over")
    func onceEach() throws {
        try addHook()
        try fail("no route")
        #expect(try look(29) == (0, 0))
        #expect(try desk.errands(at: at(29)).isEmpty)
        #expect(try look(31) == (1, 0))
        #expect(try look(32) == (0, 0))
        let errand = try #require(try desk.errands(at: at(32)).first)
        #expect(errand.message.event == "alarm.raised")
        #expect(errand.message.alarm.kind == "mailbox.unreachable")
        #expect(errand.message.alarm.text.contains("no route"))
        #expect(errand.secret == secret)
        // Written down as begun before anything leaves; nobody takes it a second time.
        #expect(try states() == ["raised chat sending"])
        #expect(try desk.errands(at: at(32)).isEmpty)
        #expect(try desk.record(.delivered("200"), of: errand, at: at(32)) == .delivered)
        try fail(nil)
        #expect(try look(33) == (0, 1))
        let end = try #require(try desk.errands(at: at(33)).first)
        #expect(end.message.event == "alarm.cleared")
        #expect(end.message.id != errand.message.id)
        try desk.record(.delivered("200"), of: end, at: at(33))
        #expect(try look(34) == (0, 0))
        #expect(try states() == ["raised chat delivered", "cleared chat delivered"])
        #expect(try world.commands().openAlarms().isEmpty)
        // The same condition again is another alarm.
        try world.store.write { transaction in
            let id = try #require(try transaction.mailboxes().first?.id)
            try transaction.setFailure("no route", .unreachable, since: at(40), of: id)
        }
        #expect(try look(71) == (1, 0))
    }

    @Test("tries again later, with the same id, and says the end after the beginning")
    func order() throws {
        try addHook()
        try fail("no route")
        #expect(try look(31) == (1, 0))
        let first = try #require(try desk.errands(at: at(31)).first)
        #expect(try desk.record(.failed("it answered 500"), of: first, at: at(31)) == .due)
        #expect(try desk.errands(at: at(31.1)).isEmpty, "tried again before its time")
        try fail(nil)
        #expect(try look(31.2) == (0, 1))
        #expect(try desk.errands(at: at(31.2)).isEmpty, "the end was said before the beginning")
        let again = try #require(try desk.errands(at: at(32)).first)
        #expect(again.message.id == first.message.id && again.message.event == "alarm.raised")
        try desk.record(.delivered("200"), of: again, at: at(32))
        #expect(try desk.errands(at: at(32)).map(\.message.event) == ["alarm.cleared"])
        #expect(try states() == ["raised chat delivered", "cleared chat sending"])
    }

    @Test("says again what a process was saying when it stopped")
    func restart() throws {
        try addHook()
        try fail("no route")
        #expect(try look(31) == (1, 0))
        #expect(try desk.errands(at: at(31)).count == 1)
        try desk.start(at: at(40))
        #expect(try desk.errands(at: at(40)).count == 1)
    }

    @Test("gives up after a day, and not before")
    func givesUp() throws {
        try addHook()
        try fail("no route")
        #expect(try look(31) == (1, 0))
        var state = AlarmDeliveryRecord.State.due
        var minutes = 31.0
        while state == .due, minutes < 10_000 {
            for errand in try desk.errands(at: at(minutes)) {
                state = try desk.record(.failed("no answer"), of: errand, at: at(minutes))
            }
            minutes += 30
        }
        #expect(state == .failed)
        #expect((22 * 60...26 * 60).contains(Int(minutes)))
    }

    @Test("hands mail to the mailbox, and learns what became of it")
    func mail() throws {
        try world.commands().addAlarmMail("me", from: world.sender, to: world.kari)
        try fail("no", .loginRefused)
        #expect(try look(3) == (1, 0))
        #expect(try desk.errands(at: at(3)).isEmpty)
        #expect(try states() == ["raised me queued"])
        let mailbox = try #require(try world.store.read { try $0.mailboxes() }.first?.id)
        let notice = try #require(try world.store.read { try $0.notices(of: mailbox) }.first)
        #expect(notice.recipient == world.kari)
        #expect(notice.kind == .alarm)
        let bytes = try world.store.read { try $0.bytes(of: notice.id) }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("Auto-Submitted: auto-generated"))
        #expect(text.contains("purr mailbox add sam@example.org --update"))
        try world.store.write { try $0.setNotice(notice.id, .sent, reply: "250 Ok", at: at(4)) }
        _ = try desk.errands(at: at(5))
        #expect(try states() == ["raised me delivered"])
    }

    @Test("takes a refused sign-in for a consent that was revoked")
    func consent() throws {
        try fail("invalid_grant", .loginRefused)
        try world.store.write { transaction in
            let id = try #require(try transaction.mailboxes().first?.id)
            try transaction.setTokens([1], of: id, at: world.start)
        }
        #expect(try look(3) == (1, 0))
        #expect(try world.commands().openAlarms().map(\.kind) == ["mailbox.consentRevoked"])
    }

    @Test("sees what is held, what is overdue and what was never backed up again")
    func others() throws {
        let id = try world.enrollKari()
        // Due for long, and this process has only begun to watch.
        #expect(try desk.look(at: at(60), since: at(50)).raised == 0)
        #expect(try desk.look(at: at(66), since: at(50)).raised == 1)
        #expect(try world.commands().openAlarms().map(\.kind) == ["work.overdue"])
        try world.sendFirstStep(of: id, outcome: .unknown)
        try world.store.write { try $0.noteBackup(at: at(-8 * 1_440)) }
        #expect(try desk.look(at: at(70), since: at(50)) == (2, 1))
        #expect(
            try world.commands().openAlarms().map(\.kind) == ["enrollment.held", "backup.overdue"])
    }

    @Test("seals a webhook's secret, and shows it nowhere")
    func sealed() throws {
        try addHook()
        let stored = try #require(try world.store.read { try $0.alarmTarget("chat") })
        #expect(!stored.document.contains(secret))
        #expect(stored.secret.count > secret.utf8.count)
        #expect(Data(stored.secret).range(of: Data(secret.utf8)) == nil)
        #expect(throws: CommandError.self) {
            try world.commands().addAlarmWebhook("weak", hook, secret: "short", vault: vault)
        }
    }

    @Test("drops what was to be said to a target that is gone, and tells a new one what holds")
    func targets() throws {
        try addHook("one")
        try fail("no route")
        #expect(try look(31) == (1, 0))
        try addHook("two")
        try world.commands().removeAlarmTarget("one")
        #expect(try desk.errands(at: at(31)).count == 1)
        #expect(try states() == ["raised one dropped", "raised two sending"])
        #expect(throws: CommandError.self) { try world.commands().removeAlarmTarget("one") }
        #expect(throws: CommandError.self) { try addHook("two") }
        #expect(throws: CommandError.self) { try addHook("Two!") }
    }

    @Test("tries a target when asked")
    func test() throws {
        try addHook()
        let errand = try #require(try desk.test("chat", at: at(1)))
        #expect(errand.message.event == "alarm.test")
        try desk.recordTest(.failed("it answered 500"), of: errand, at: at(1))
        #expect(try states() == ["test chat failed"])
        #expect(try world.commands().openAlarms().isEmpty)
        #expect { try desk.test("nobody", at: at(2)) } throws: { ($0 as? CommandError)?.kind == .badData }
    }

    @Test("signs so that the other side can check it")
    func signature() {
        let body = Array("{}".utf8)
        let field = WebhookSignature.field(of: body, secret: secret, now: world.start)
        func isValid(_ body: [UInt8], later: TimeInterval = 0, secret: String? = nil) -> Bool {
            WebhookSignature.isValid(
                field, of: body, from: .calendly, secret: secret ?? self.secret,
                now: world.start.addingTimeInterval(later))
        }
        #expect(isValid(body))
        #expect(!isValid(Array("[]".utf8)))
        #expect(!isValid(body, secret: "another one, of 16"))
        #expect(!isValid(body, later: 301))
    }
}
