import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

/// The limits of a mailbox (spec S8), on the engine with SQLite: what left, and when.
@Suite("The limits of a mailbox")
struct MailboxLimitsTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func limits(
        perDay: Int = 1_000, perMinute: Int = 1_000, bulk: Int = 1_000, gap: ClosedRange<Double> = 0...0
    ) -> SendingLimits {
        SendingLimits(
            perDay: perDay, perMinute: perMinute, bulkPerMinute: bulk, minimumGap: gap.lowerBound,
            maximumGap: gap.upperBound)
    }

    private func after(_ seconds: TimeInterval) -> Date { world.start.addingTimeInterval(seconds) }

    /// The most in any stretch of that many seconds.
    private func most(_ sent: [(to: String, at: Date)], in span: TimeInterval) -> Int {
        sent.map { one in sent.count { $0.at >= one.at && $0.at < one.at.addingTimeInterval(span) } }.max()
            ?? 0
    }

    @Test("S8.1: no minute and no 24 hours hold more than their limit, and nothing is left behind")
    func rolling() async throws {
        var machine = try RunningMachine(world, limits: limits(perDay: 12, perMinute: 5))
        try await machine.enroll(20)
        try machine.run(until: after(2 * 86_400), count: 20)
        let first = machine.sent.filter { $0.at < after(2 * 86_400) }
        #expect(most(first, in: 60) == 5)
        #expect(most(first, in: 86_400) == 12)
        #expect(Set(first.map(\.to)).count == 20)
    }

    @Test("S8.1: a bulk enrollment's first mails go three a minute; single ones ten")
    func bulk() async throws {
        var machine = try RunningMachine(world, limits: SendingLimits())
        try await machine.enroll(8, bulk: true)
        try machine.run(until: after(600), count: 8)
        #expect(most(machine.sent, in: 60) == 3)
        #expect(machine.sent.count == 8)
    }

    @Test("S8.1: the standard is 350 a day at Gmail, 500 else, ten a minute, three in bulk, with a gap")
    func standard() {
        #expect(SendingLimits.standard(forDomain: "GMAIL.com").perDay == 350)
        #expect(SendingLimits.standard(forDomain: "example.org").perDay == 500)
        #expect(SendingLimits.standard.perMinute == 10)
        #expect(SendingLimits.standard.bulkPerMinute == 3)
        #expect(SendingLimits.standard.minimumGap > 0)
        #expect(SendingLimits.standard.maximumGap > SendingLimits.standard.minimumGap)
        #expect(SendingLimits(perMinute: 2, bulkPerMinute: 5).mostPerMinute(at: .bulk) == 2)
    }

    @Test("S8.1: between two mails lies a gap that differs from one to the next")
    func gaps() async throws {
        var machine = try RunningMachine(world, limits: limits(gap: 1...8))
        try await machine.enroll(12)
        try machine.run(until: after(600), count: 12)
        let gaps = zip(machine.sent.dropFirst(), machine.sent).map { $0.at.timeIntervalSince($1.at) }
        #expect(gaps.count == 11)
        #expect(gaps.allSatisfy { $0 >= 1 && $0 < 9 })
        #expect(Set(gaps.map { Int($0 * 10) }).count > 5)
    }

    @Test("S8.1: mail that the user sends by hand counts towards the day and the minute")
    func byHand() async throws {
        var machine = try RunningMachine(world, limits: limits(perDay: 5))
        try machine.run(until: after(1))
        for id in 0..<4 { machine.sendByHand(to: "friend@home.test", id: id) }
        try await machine.enroll(3)
        try machine.run(until: after(3_600))
        #expect(machine.sent.count == 1)
        // A restart knows of them as well.
        machine.restart(at: after(3_700))
        try machine.run(until: after(20 * 3_600))
        #expect(machine.sent.count == 1)
        #expect(try machine.mailbox.freeWhy.contains("5 mails in 24 hours"))
    }

    @Test("S8.1: a provider's 4xx slows the mailbox down, says why, and is forgotten as mails are taken")
    func slowed() async throws {
        var machine = try RunningMachine(world, limits: limits(perMinute: 8))
        try await machine.enroll(30)
        let busy = ServerReply(code: 421, text: "4.7.0 Too many messages, slow down")
        machine.openings = [.refused(.mail, busy), .refused(.mail, busy)]
        try machine.run(until: after(1))
        #expect(machine.sent.isEmpty)
        #expect(try machine.mailbox.failure.contains("slow down"))
        try machine.run(until: after(86_400), count: 2)
        let one = try #require(machine.sent.first)
        // Halved twice, then once for each mail that is taken.
        #expect(machine.sent.count { $0.at < one.at.addingTimeInterval(60) } <= 4)
        try machine.run(until: after(86_400), count: 30)
        #expect(machine.sent.count == 30)
        #expect(most(machine.sent, in: 60) <= 8)
        #expect(try machine.mailbox.failingSince == nil)
    }

    @Test("S8.1: the wait for a slowed mailbox names what the server said")
    func slowedWords() async throws {
        var machine = try RunningMachine(world, limits: limits(perMinute: 2))
        try await machine.enroll(6)
        let busy = ServerReply(code: 421, text: "4.7.0 Too many messages, slow down")
        machine.openings = (0..<4).map { _ in .refused(.mail, busy) }
        try machine.run(until: after(86_400), count: 1)
        try machine.run(until: machine.now.addingTimeInterval(1))
        #expect(try machine.mailbox.freeWhy.contains("1 a minute, slower because the server said: 421"))
    }

    @Test("S8.1: a slower pace outlives the process, and status says what it waits for")
    func slowedRestart() async throws {
        var machine = try RunningMachine(world, limits: limits(perMinute: 8))
        try await machine.enroll(30)
        let busy = ServerReply(code: 421, text: "4.7.0 Too many messages, slow down")
        machine.openings = [.refused(.mail, busy), .refused(.mail, busy)]
        try machine.run(until: after(400))
        let until = try #require(try machine.mailbox.slowdown?.until)
        #expect(machine.sent.isEmpty)
        #expect(until > after(401))

        machine.restart(at: after(401))
        try machine.run(until: until.addingTimeInterval(-1))
        #expect(machine.sent.isEmpty, "a new worker is as patient as the old one was asked to be")
        let status = try Commands(store: world.store, now: machine.now).status(
            clock: .real, isDaemonRunning: true)
        let mailbox = try #require(status.mailboxes.first)
        #expect(mailbox.state == .waiting)
        #expect(mailbox.reason == "The server asked for patience: 421 4.7.0 Too many messages, slow down")
        #expect(mailbox.freeAt == until)
        #expect(mailbox.slowed?.perMinute == 2)
        #expect(mailbox.slowed?.until == until)
        guard case .step(let next) = try #require(status.upcoming.first) else {
            Issue.record("a mail comes next")
            return
        }
        #expect(next.enrollment.reason == "temporaryFailure")
        #expect(next.enrollment.nextAt == until)

        // One mail, and one more restart: 4 a minute, then 8.
        try machine.run(until: after(86_400), count: 1)
        #expect(try machine.mailbox.slowdown?.level == 1)
        let first = try #require(machine.sent.first?.at)
        #expect(first >= until)
        machine.restart(at: machine.now)
        try machine.run(until: after(86_400), count: 30)
        #expect(machine.sent.count == 30)
        #expect(try machine.mailbox.slowdown == nil)
        #expect(try machine.mailbox.failingSince == nil)
    }

    @Test("S8.1: a mailbox that has nothing to send any more fails no longer, and stays slow")
    func slowedAndIdle() async throws {
        var machine = try RunningMachine(world, limits: limits(perMinute: 8))
        try await machine.enroll(1)
        machine.openings = [.refused(.mail, ServerReply(code: 421, text: "4.7.0 Too many connections"))]
        try machine.run(until: after(1))
        #expect(try machine.mailbox.failingSince != nil)
        _ = try Commands(store: world.store, now: machine.now).unenroll(
            [#require(EmailAddress("p0@prospects.test"))])
        try machine.run(until: after(3_600))
        machine.restart(at: after(3_601))
        try machine.run(until: after(3_700))
        #expect(try machine.mailbox.failingSince == nil)
        let status = try Commands(store: world.store, now: machine.now).status(
            clock: .real, isDaemonRunning: true)
        #expect(status.mailboxes.first?.state == .watching)
        #expect(status.mailboxes.first?.reason?.hasPrefix("4 a minute, slower because") ?? false)
        #expect(status.mailboxes.first?.slowed?.until == nil)
    }

    @Test("S8.1: a pace that one server asked for does not bind another")
    func slowedElsewhere() async throws {
        let machine = try RunningMachine(world)
        let mailbox = try machine.mailbox
        try world.store.write {
            try $0.setSlowdown(.init(level: 2, why: "421 no", until: after(60)), of: mailbox.id)
        }
        var settings = try JSONDecoder().decode(MailboxSettings.self, from: Data(mailbox.settings.utf8))
        func connect() throws {
            try world.commands().connect(
                MailboxConnection(
                    address: world.sender, name: "Sam Sender", settings: settings, credential: [1]),
                isUpdate: true)
        }
        try connect()
        #expect(try machine.mailbox.slowdown?.level == 2)
        settings.smtp.host = "other.example.org"
        try connect()
        #expect(try machine.mailbox.slowdown == nil)
    }

    @Test("S8.1: due follow-ups go before first mails, however long those have waited")
    func followUpsFirst() async throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        var machine = try RunningMachine(world, limits: limits(perMinute: 1))
        // The follow-up is due on Thursday at 10; five first mails since 09:50.
        machine.now = after(3 * 86_400 - 600)
        try await machine.enroll(15)
        try machine.run(until: after(3 * 86_400 + 65))
        let order = machine.sent.map(\.to)
        let index = try #require(order.firstIndex(of: "kari@north.test"))
        #expect(index < 15, "the others were not all sent when it came due")
        #expect(machine.sent[index].at < after(3 * 86_400 + 61))
        #expect(order.count < 15)
    }

    @Test("S8.2: after downtime overdue steps are spread by the limits")
    func spread() async throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        var machine = try RunningMachine(world, limits: limits(perMinute: 4))
        try await machine.enroll(20)
        machine.restart(at: after(3_000))
        try machine.run(until: after(86_400), count: 20)
        #expect(machine.sent.count == 20)
        #expect(most(machine.sent, in: 60) == 4)
    }

    @Test(
        "S8.2: a follow-up more than three days late is held, one within them goes",
        arguments: [(2.9, true), (3.1, false)])
    func late(days: Double, goes: Bool) throws {
        try world.apply(
            CommandsWorld.sequence.replacing("followUpDays: weekdays", with: "followUpDays: everyday"))
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        // Due on Thursday at 10:00.
        var machine = try RunningMachine(world)
        machine.restart(at: after((3 + days) * 86_400))
        try machine.run(until: after((3 + days) * 86_400 + 3_600 * 4), count: 1)
        let report = try world.report(Commands(store: world.store, now: machine.now))
        #expect(machine.sent.map(\.to) == (goes ? ["kari@north.test"] : []))
        #expect((report.state == .held) == !goes)
        #expect((report.reason == "tooLate") == !goes)
    }

    // MARK: The circuit breaker

    private func machineWithMail(to count: Int) async throws -> RunningMachine {
        try world.apply("name: intro\nsteps: [{ email: hello }]\n")
        var machine = try RunningMachine(world)
        try await machine.enroll(count)
        try machine.run(until: after(600), count: count)
        try #require(machine.sent.count == count)
        return machine
    }

    @Test("S8.3: the fifth bounce among the last hundred mails pauses the mailbox, also after the end")
    func bounces() async throws {
        var machine = try await machineWithMail(to: 100)
        for number in 0..<4 { try machine.bounce(of: "p\(number)@prospects.test") }
        try machine.run(until: after(1_200))
        #expect(try !machine.mailbox.isPaused)
        try machine.bounce(of: "p4@prospects.test")
        try machine.run(until: after(1_800))
        #expect(try machine.mailbox.isPaused)
        #expect(try machine.mailbox.pauseReason == "5 of the last 100 mails bounced")
        // Its user is told: an alarm in status, from now on.
        let status = try Commands(store: world.store, now: machine.now).status(
            clock: .real, isDaemonRunning: true)
        #expect(status.alarms.contains { $0.contains("5 of the last 100") })
    }

    @Test("S8.3: five bounces among few mails pause it; a second report of the same mail counts nothing")
    func fewMails() async throws {
        var machine = try await machineWithMail(to: 8)
        for number in 0..<4 { try machine.bounce(of: "p\(number)@prospects.test") }
        try machine.run(until: after(1_200))
        try machine.bounce(of: "p0@prospects.test", status: "5.1.2")
        try machine.run(until: after(1_800))
        #expect(try !machine.mailbox.isPaused)
        try machine.bounce(of: "p5@prospects.test")
        try machine.run(until: after(2_400))
        #expect(try machine.mailbox.isPaused)
    }

    @Test("S8.3: addresses that the server refuses at once count as bounces")
    func refusedAddresses() async throws {
        var machine = try RunningMachine(world)
        let gone = ServerReply(code: 550, text: "5.1.1 No such user")
        machine.openings = (0..<20).map { _ in .refused(.recipient, gone) }
        try await machine.enroll(20)
        try machine.run(until: after(600))
        #expect(try machine.mailbox.isPaused)
        let report = try world.commands().report(
            {
                var request = ReportRequest(zone: .utc)
                request.sequence = "intro"
                return request
            }())
        #expect(report.totals.bounced.count == 5)
        #expect(report.endReasons == ["sendRejected": 5])
    }

    @Test("S8.3: one complaint pauses the mailbox")
    func complaint() async throws {
        var machine = try await machineWithMail(to: 3)
        try machine.complaint(of: "p1@prospects.test")
        try machine.run(until: after(1_200))
        #expect(try machine.mailbox.isPaused)
        #expect(try machine.mailbox.pauseReason == "A recipient marked a mail as spam")
    }

    @Test("S8.3: three mails refused for reasons of policy pause the mailbox, two do not")
    func policy() async throws {
        var machine = try await machineWithMail(to: 50)
        for number in 0..<2 { try machine.bounce(of: "p\(number)@prospects.test", status: "5.7.1") }
        try machine.run(until: after(1_200))
        #expect(try !machine.mailbox.isPaused)
        try machine.bounce(of: "p2@prospects.test", status: "5.7.26")
        try machine.run(until: after(1_800))
        #expect(try machine.mailbox.isPaused)
        #expect(try machine.mailbox.pauseReason.contains("policy"))
    }

    @Test("a failure that an earlier worker noted is over with the first pass that succeeds")
    func earlierFailure() throws {
        let id = try world.commands().mailbox(world.sender).id
        try world.store.write { try $0.setFailure("no route", since: world.start, of: id) }
        var machine = try RunningMachine(world)
        try world.store.write { try $0.setFailure("no route", since: world.start, of: id) }
        try machine.run(until: after(5))
        #expect(try machine.mailbox.failingSince == nil)
    }
}
