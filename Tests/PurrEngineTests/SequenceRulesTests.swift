import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import Testing

/// Rules of sequences that need the engine and the database together, each named by its number.
@Suite("The rules of sequences")
struct SequenceRulesTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func after(_ seconds: TimeInterval) -> Date { world.start.addingTimeInterval(seconds) }
    private static let day: TimeInterval = 86_400

    private func enroll(
        _ email: String = "kari@north.test", at now: Date? = nil,
        change: (inout EnrollmentRequest) throws -> Void = { _ in }
    ) throws -> EnrollmentResult {
        var request = world.request(email)
        try change(&request)
        let commands = Commands(store: world.store, now: now ?? world.start)
        return try #require(try commands.enroll(request).first?.result)
    }

    private func report(at now: Date) throws -> EnrollmentReport {
        try world.report(Commands(store: world.store, now: now))
    }

    @Test("S1.7: a step that was sent is never sent again, whatever is moved and edited meanwhile")
    func sentOnce() throws {
        let id = try world.enrollKari()
        var machine = try RunningMachine(world)
        try machine.run(until: after(60), count: 1)
        try world.apply(
            """
            name: intro
            steps:
              - { email: nudge, id: opening }
              - { email: hello, id: hello, after: 1 }
              - { email: goodbye, after: 1 }
            """)
        // Put back to what was sent, as an editing mistake or a second process might.
        try world.store.write { transaction in
            let step = Step(
                id: StepID(rawValue: "hello"), delay: 0, action: .email(EmailStep(template: "hello")))
            try transaction.setNext(step, of: id)
            try transaction.postpone(id, to: after(120), because: .delay)
        }
        try machine.run(until: after(30 * Self.day))
        let steps = try world.store.read { try $0.journal(of: id).filter { $0.state == .sent }.map(\.step) }
        #expect(steps.map(\.rawValue) == ["hello", "nudge", "goodbye"])
        #expect(machine.sent.count == 3)
    }

    @Test("S2.6: open tasks are in the owner's daily digest, and it is sent once a day")
    func digest() throws {
        try world.apply("name: intro\nsteps: [{ call: Call them }, { email: hello, after: 5 }]\n")
        try world.enrollKari()
        var machine = try RunningMachine(world)
        try machine.run(until: after(2 * Self.day))
        #expect(machine.posted.map(\.to) == ["sam@example.org", "sam@example.org"])
        #expect(machine.posted.allSatisfy { $0.text.contains("Call them") })
    }

    @Test("S2.6: where the sequence says so, each task is mentioned once more at the time of day")
    func reminder() throws {
        try world.apply(
            "name: intro\nsettings: { taskReminder: \"15:30\" }\nsteps: [{ call: Call them }, { email: hello, after: 5 }]\n"
        )
        try world.enrollKari()
        var machine = try RunningMachine(world)
        try machine.run(until: after(12 * 3_600))
        let reminders = machine.posted.filter { $0.at == after(5.5 * 3_600) }
        #expect(reminders.count == 1, "15:30 in Oslo, once")
    }

    @Test("S3.1: an alias, a later first step and a mail changed for one person are what goes out")
    func choices() throws {
        let alias = try #require(EmailAddress("sales@example.org"))
        let mailbox = try world.commands().mailbox(world.sender)
        try world.store.write { try $0.setAliases([alias], of: mailbox.id) }
        let result = try enroll(change: { request in
            request.sender = alias
            request.firstStep = 3
            request.edits = [3: try world.template("goodbye", body: "Goodbye, dear Kari.")]
        })
        guard case .enrolled = result else {
            Issue.record("\(result)")
            return
        }
        var machine = try RunningMachine(world)
        try world.store.write { try $0.setAliases([alias], of: mailbox.id) }
        try machine.run(until: after(60), count: 1)
        let text = try #require(machine.texts.first)
        #expect(MessageHeader(Array(text.utf8)).from.first?.address == alias)
        #expect(text.contains("Goodbye, dear Kari."))
        #expect(try report(at: after(60)).state == .finished)
    }

    @Test("S3.6: an exchange that the mailbox holds is a warning, which the user may override")
    func recentConversation() throws {
        var machine = try RunningMachine(world)
        try machine.run(until: after(1))
        machine.sendByHand(to: "kari@north.test", id: 1)
        machine.receive(
            "From: kari@north.test\nTo: sam@example.org\nMessage-ID: <old@north.test>\nSubject: Lunch\n\nAt noon?\n"
        )
        try machine.run(until: after(30))
        guard case .refused(.recentConversation, _) = try enroll(at: after(60)) else {
            Issue.record("no warning")
            return
        }
        guard case .enrolled = try enroll(at: after(60), change: { $0.isRecentWelcome = true }) else {
            Issue.record("not overridden")
            return
        }
        try machine.run(until: after(120), count: 1)
        #expect(machine.sent.map(\.to) == ["kari@north.test"])
    }

    @Test("S4.5: an outage ends by itself and leaves nothing to release by hand")
    func outage() async throws {
        var machine = try RunningMachine(world)
        try await machine.enroll(30)
        let down = MailServerFailure(.unreachable, "Connection refused")
        machine.openings = (0..<6).map { _ in .failed(down) }
        try machine.run(until: after(30))
        #expect(machine.sent.isEmpty)
        #expect(try report(at: machine.now).state == .waiting)
        try machine.run(until: after(4 * 3_600), count: 30)
        #expect(machine.sent.count == 30)
        #expect(try world.commands().held().isEmpty)
    }

    @Test("S4.6: when the user writes to them by hand the sequence asks before it goes on")
    func senderTookOver() throws {
        try world.enrollKari()
        var machine = try RunningMachine(world)
        try machine.run(until: after(60), count: 1)
        machine.now = after(Self.day)
        machine.sendByHand(to: "kari@north.test", id: 1)
        try machine.run(until: after(20 * Self.day))
        #expect(machine.sent.count == 1)
        let report = try report(at: machine.now)
        #expect(report.state == .held)
        #expect(report.reason == "senderTookOver")
    }

    @Test(
        "S4.2, S6.1: an answer always unenrolls, and the whole company where the switch is on",
        arguments: [true, false])
    func answer(isCompanyWide: Bool) async throws {
        try await world.importing("email,firstName\nper@north.test,Per\n")
        try world.apply(
            "name: intro\nsettings: { companyReplyStops: \(isCompanyWide) }\nsteps: [{ email: hello }, { email: nudge, after: 3 }]\n"
        )
        _ = try enroll("per@north.test")
        try world.enrollKari()
        var machine = try RunningMachine(world)
        try machine.run(until: after(60), count: 2)
        machine.now = after(3_600)
        let last = try #require(machine.sent.last?.to)
        try machine.reply(from: last)
        try machine.run(until: after(20 * Self.day))
        #expect(machine.sent.count == (isCompanyWide ? 2 : 3))
        var reasons: Set<String> = []
        try world.commands().enrollments { reasons.insert($0.reason ?? "\($0.state)") }
        #expect(reasons == (isCompanyWide ? ["replied", "companyReplied"] : ["replied", "finished"]))
    }

    @Test("S4.3, S7.1: an answer after the end counts on the mail that it answers")
    func lateAnswer() throws {
        try world.apply("name: intro\nsteps: [{ email: hello }]\n")
        try world.enrollKari()
        var machine = try RunningMachine(world)
        try machine.run(until: after(60), count: 1)
        #expect(try report(at: machine.now).state == .finished)
        machine.now = after(10 * Self.day)
        try machine.reply(from: "kari@north.test")
        try machine.run(until: after(11 * Self.day))
        var request = ReportRequest(zone: .utc)
        request.sequence = "intro"
        let report = try world.commands().report(request)
        #expect(report.totals.finished.count == 1)
        #expect(report.totals.replied.count == 1)
        #expect(report.totals.noResponse.count == 0)
        #expect(report.steps.first?.replied.count == 1)
    }

    @Test("S7.3: upcoming holds the tasks that are to be done, and says what waits for them")
    func upcomingTasks() throws {
        try world.apply(
            "name: intro\nsteps: [{ call: Call them, hold: true }, { email: hello, after: 1 }]\n")
        try world.enrollKari()
        func planned(_ later: TimeInterval) throws -> [PlannedStep] {
            try world.commands(later: later).upcoming(limit: 10).compactMap { one in
                if case .step(let step) = one { step } else { nil }
            }
        }
        #expect(try planned(0).map(\.kind) == [.call])
        #expect(try planned(0).map(\.task) == [nil])
        var machine = try RunningMachine(world)
        try machine.run(until: after(60))
        let task = try #require(try planned(60).first)
        #expect(try planned(60).count == 1)
        #expect(task.task != nil)
        #expect(task.enrollment.nextAt == after(7 * 3_600), "17:00 in Oslo")
        #expect(task.why.contains("the sequence waits for it"))
        #expect(try planned(Self.day).first?.why.contains("has been due since") ?? false)
    }

    @Test(
        "S7.3: what tasks hold takes no place in upcoming from a mail that goes sooner; status says the same"
    )
    func upcomingBesideTasks() async throws {
        try await world.importing(
            "email,firstName,timeZone\n"
                + (1...6).map { "p\($0)@north.test,Pia,Europe/Oslo\n" }.joined())
        try world.apply(
            "name: calls\nsteps: [{ call: Call them, hold: true }, { email: hello, after: 1 }]\n")
        for number in 1...6 {
            var request = world.request("p\(number)@north.test")
            request.sequence = "calls"
            _ = try world.commands().enroll(request)
        }
        var machine = try RunningMachine(world)
        try machine.run(until: after(60))
        var request = world.request("kari@north.test")
        request.start = after(3_600)
        _ = try world.commands(later: 60).enroll(request)
        let planned = try world.commands(later: 120).upcoming(limit: 5)
        #expect(planned.count == 5)
        #expect(planned.first?.contact == "kari@north.test", "at 11:00, before the tasks are due at 17:00")
        let status = try world.commands(later: 120).status(clock: .real, isDaemonRunning: true)
        #expect(status.upcoming.map(\.contact) == planned.map(\.contact))
        #expect(status.upcoming.map(\.at) == planned.map(\.at))
        let last = try #require(status.upcoming.last)
        guard case .step(let task) = last else { return #expect(Bool(false), "a task") }
        #expect(task.task != nil && task.enrollment.nextAt == after(7 * 3_600), "17:00 in Oslo")
    }

    @Test("S7.3: a mail to a user that is to leave is upcoming, with the keys of all others")
    func upcomingNotice() throws {
        try world.enrollKari()
        try world.store.write { transaction in
            let mailbox = try #require(try transaction.mailboxes().first)
            try transaction.insertNotice(
                .digest, key: "k", mailbox: mailbox.id, to: mailbox.address, subject: "1 task", bytes: [1],
                dueAt: after(600))
        }
        let planned = try world.commands().upcoming(limit: 10)
        #expect(planned.map(\.contact) == ["kari@north.test", world.sender.text])
        #expect(planned.last?.at == after(600))
        let json = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(planned)) as? [[String: Any]])
        #expect(Set(json[0].keys) == Set(json[1].keys))
        #expect(json[0]["notice"] is NSNull && json[1]["contact"] is NSNull)
        #expect((json[1]["notice"] as? [String: String])?["kind"] == "digest")
    }

    @Test("S7.3: a mail that left late keeps when it was planned, and a closed window is told")
    func explained() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        var machine = try RunningMachine(world)
        // Thursday 10:00 was missed until after the window.
        machine.restart(at: after(3 * Self.day + 10 * 3_600))
        try machine.run(until: after(4 * Self.day + 3_600), count: 1)
        let events = try #require(
            try Commands(store: world.store, now: machine.now).explain(world.kari).first?.events)
        let accepted = try #require(events.last { $0.kind == .accepted })
        #expect(accepted.evidence["planned"] == "2026-11-26T09:00:00Z")
        #expect(events.contains { $0.kind == .waiting && $0.text.contains("window") })
    }
}
