import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Reports")
struct CommandsReportTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func object(_ value: some Encodable) throws -> [String: Any] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        return try #require(try JSONSerialization.jsonObject(with: encoder.encode(value)) as? [String: Any])
    }

    @Test("an enrollment has every key of the contract, null where there is nothing")
    func shape() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        let json = try object(try world.report(world.commands(later: 60)))
        #expect(json["contact"] as? String == "kari@north.test")
        #expect(json["sequence"] as? String == "intro")
        #expect(json["state"] as? String == "waiting")
        #expect(json["reason"] as? String == "delay")
        #expect(json["nextStep"] as? Int == 2)
        #expect(json["nextAt"] as? String == "2026-11-26T09:00:00Z")
        let sent = try #require((json["sent"] as? [[String: Any]])?.first)
        #expect(sent["step"] as? Int == 1)
        #expect(sent["messageId"] as? String == "<one@example.org>")
        #expect(sent["subject"] as? String == "A question")
        #expect(sent["at"] as? String == "2026-11-23T09:00:00Z")
        #expect(sent["wireId"] is NSNull)
        #expect(sent["inReplyTo"] is NSNull)
        #expect(json["endedAt"] is NSNull)
    }

    @Test("the wire id is known once a copy was seen")
    func wireID() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.store.write { transaction in
            let entry = try #require(try transaction.journal(of: id).first)
            try transaction.setFiling(.seen, of: entry.id)
        }
        #expect(try world.report(world.commands()).sent.first?.wireId == "<one@example.org>")
        try world.store.write { transaction in
            let entry = try #require(try transaction.journal(of: id).first)
            try transaction.learn(wireID: try #require(MessageID("other@provider.test")), of: entry)
        }
        #expect(try world.report(world.commands()).sent.first?.wireId == "<other@provider.test>")
    }

    struct Standing: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let change: @Sendable (Transaction, EnrollmentID, MailboxID, Date) throws -> Void
        let state: EnrollmentReport.State
        let reason: String?
    }

    @Test(
        "S4.5: what the database calls active is due, or waits for something",
        arguments: [
            Standing(testDescription: "due", change: { _, _, _, _ in }, state: .active, reason: nil),
            Standing(
                testDescription: "in doubt",
                change: { transaction, id, _, _ in try transaction.setInDoubt(true, id) },
                state: .waiting, reason: "outcome"),
            Standing(
                testDescription: "put off until the window opens",
                change: { transaction, id, _, now in
                    try transaction.postpone(id, to: now.addingTimeInterval(60), because: .window)
                }, state: .waiting, reason: "window"),
            Standing(
                testDescription: "its mailbox fails",
                change: { transaction, _, mailbox, now in
                    try transaction.setFailure("no route", since: now, of: mailbox)
                },
                state: .waiting, reason: "mailboxUnreachable"),
            Standing(
                testDescription: "its mailbox is paused",
                change: { transaction, _, mailbox, _ in
                    try transaction.pauseMailbox(mailbox, because: "by hand")
                },
                state: .waiting, reason: "mailboxUnreachable"),
            Standing(
                testDescription: "its mailbox has sent enough for today",
                change: { transaction, _, mailbox, now in
                    try transaction.setFree(
                        at: now.addingTimeInterval(600), why: "500 in 24 hours", of: mailbox)
                }, state: .waiting, reason: "limit"),
            Standing(
                testDescription: "the limit is over",
                change: { transaction, _, mailbox, now in
                    try transaction.setFree(
                        at: now.addingTimeInterval(-1), why: "500 in 24 hours", of: mailbox)
                }, state: .active, reason: nil),
        ])
    func standing(_ example: Standing) throws {
        let id = try world.enrollKari()
        let mailbox = try world.commands().mailbox(world.sender).id
        try world.store.write { try example.change($0, id, mailbox, world.start) }
        let report = try world.report(world.commands())
        #expect(report.state == example.state)
        #expect(report.reason == example.reason)
        // Whatever waits says until when.
        #expect(report.nextAt != nil)
        #expect(try !world.commands().explain(world.kari)[0].next.isEmpty)
    }

    @Test("S4.5: what is held says what to do, with the contact's own address")
    func advice() throws {
        let id = try world.enrollKari()
        _ = try world.store.write { try $0.hold(id, because: .tooLate, detail: "late", at: world.start) }
        let advice = try #require(try world.commands().held().first?.advice)
        #expect(advice.contains("purr release kari@north.test"))
    }

    @Test("S7.3: explain tells everything that happened, in order, with evidence")
    func explanation() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands(later: 60).pause([world.kari])
        let explanation = try #require(try world.commands(later: 120).explain(world.kari).first)
        #expect(explanation.events.map(\.kind) == [.enrolled, .paused])
        #expect(explanation.events.first?.evidence["zone"] == "Europe/Oslo")
        #expect(explanation.next.contains("purr resume kari@north.test"))
    }

    @Test("S7.3: upcoming is in the order of time, over all mailboxes")
    func upcoming() throws {
        var later = world.request("ola@south.test")
        later.start = world.start.addingTimeInterval(60)
        _ = try world.commands().enroll(later)
        try world.enrollKari()
        #expect(
            try world.commands().upcoming(limit: 10).map(\.contact) == [
                "kari@north.test", "ola@south.test",
            ])
        #expect(try world.commands().upcoming(limit: 1).map(\.contact) == ["kari@north.test"])
    }

    // MARK: Status

    private func status(later: TimeInterval = 0, isDaemonRunning: Bool = true, clock: VirtualClock = .real)
        throws -> StatusReport
    {
        try world.commands(later: later).status(clock: clock, isDaemonRunning: isDaemonRunning)
    }

    @Test("counts what is due apart from what waits")
    func counts() throws {
        try world.enrollKari()
        var later = world.request("ola@south.test")
        later.start = world.start.addingTimeInterval(600)
        _ = try world.commands().enroll(later)
        let counts = try status().counts
        #expect(counts.active == 1)
        #expect(counts.waiting == 1)
        #expect(counts.held == 0)
    }

    @Test("raises no alarm over what has just begun")
    func noAlarm() throws {
        try world.enrollKari()
        #expect(try status(isDaemonRunning: false).alarms.isEmpty)
        #expect(try status(later: 599, isDaemonRunning: false).alarms.isEmpty)
        #expect(try status(later: 599).alarms.isEmpty)
    }

    @Test("raises an alarm over mail that is overdue while no daemon runs")
    func overdue() throws {
        #expect(try status(later: 3_600, isDaemonRunning: false).alarms.isEmpty, "nothing is due")
        try world.enrollKari()
        #expect(try status(later: 601, isDaemonRunning: false).alarms.count == 1)
        let fast = VirtualClock(anchorReal: world.start, anchorVirtual: world.start, rate: 3_600)
        #expect(
            try status(later: 601, isDaemonRunning: false, clock: fast).alarms.isEmpty,
            "a sixth of a real second")
    }

    @Test("raises an alarm over a mailbox that fails for long, was paused by Purr, or is not read any more")
    func mailboxAlarms() throws {
        let id = try world.commands().mailbox(world.sender).id
        try world.store.write { try $0.setFailure("no route", since: world.start, of: id) }
        #expect(try status(later: 60).alarms.isEmpty)
        #expect(try status(later: 60).mailboxes.map(\.state) == [.failing])
        #expect(try status(later: 601).alarms.count == 1)
        try world.store.write { transaction in
            try transaction.setFailure(nil, since: world.start, of: id)
            try transaction.setProven(at: world.start, of: id)
        }
        #expect(try status(later: 60).alarms.isEmpty)
        #expect(try status(later: 60).mailboxes.map(\.state) == [.watching])
        #expect(try status(later: 601).alarms.count == 1)
        try world.store.write { try $0.pauseMailbox(id, because: "The server refused a mail") }
        #expect(try status().alarms.count == 1)
        _ = try world.commands().resumeMailbox(world.sender)
        #expect(try world.commands().pauseMailbox(world.sender))
        #expect(try status().alarms.isEmpty, "a pause by hand is no accident")
    }

    @Test("shows the clock of a demo alone")
    func clock() throws {
        #expect(try object(status())["clock"] is NSNull)
        let fast = VirtualClock(anchorReal: world.start, anchorVirtual: world.start, rate: 60)
        let clock = try #require(try object(status(clock: fast))["clock"] as? [String: Double])
        #expect(clock == ["anchorReal": 1_795_424_400, "anchorVirtual": 1_795_424_400, "rate": 60])
    }
}
